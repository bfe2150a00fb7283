import type { Chunk } from './chunk.ts';

/** Framework → what an import starts with. The first that matches names it, so the more telling stand first. */
const FRAMEWORKS: readonly (readonly [string, RegExp])[] = [
	['nextjs', /^next(?:\/|$)/],
	['angular', /^@angular\//],
	['react-native', /^react-native(?:\/|$)/],
	['react', /^react(?:-dom)?(?:\/|$)/],
	['vue', /^vue(?:-router)?(?:\/|$)|^@vue\//],
	['svelte', /^svelte(?:\/|$)/],
	['nestjs', /^@nestjs\//],
	['express', /^express(?:\/|$)/],
	['vscode', /^vscode$/],
	['electron', /^electron(?:\/|$)/],
	['vitest', /^vitest(?:\/|$)/],
	['jest', /^@jest\//],
	['django', /^(?:django|rest_framework)(?:\.|$)/],
	['flask', /^flask(?:\.|$)/],
	['fastapi', /^(?:fastapi|starlette)(?:\.|$)/],
	['sqlalchemy', /^sqlalchemy(?:\.|$)/],
	['pytorch', /^torch(?:\.|$)/],
	['tensorflow', /^(?:tensorflow|keras)(?:\.|$)/],
	['pytest', /^pytest(?:\.|$)/],
	['numpy', /^(?:numpy|scipy|pandas)(?:\.|$)/],
	['spring', /^org\.springframework\./],
	['junit', /^org\.junit\./],
	['android', /^androidx?\./],
	['rails', /^(?:rails|active_record|action_controller)(?:\/|$)/],
	['rspec', /^(?:rspec|spec_helper|rails_helper)/],
	['gin', /^github\.com\/gin-gonic\/gin/],
	['tokio', /^tokio(?:::|$)/],
	['actix', /^actix_web(?:::|$)/],
	['aspnet', /^Microsoft\.AspNetCore/],
	['flutter', /^package:flutter\//],
	['swiftui', /^SwiftUI$/],
	['uikit', /^UIKit$/],
	['phoenix', /^Phoenix\./],
	['laravel', /^Illuminate\\/],
	['symfony', /^Symfony\\/],
	['qt', /^Q[A-Z]\w+(?:\/|$)|^Qt/],
];

/** The framework a file is written for, from its imports; `nix` for Nix files, empty where none is known. */
export function frameworkOf(language: string, imports: readonly string[]): string {
	if (language === 'nix') return 'nix';
	return FRAMEWORKS.find(([, pattern]) => imports.some((name) => pattern.test(name)))?.[0] ?? '';
}

const PYTHON_DOC = /^(?:@[^\n]*\n\s*|#[^\n]*\n\s*)*(?:async\s+)?(?:def|class)\b[^\n]*(?:\n(?!\s*(?:"""|'''))[^\n]*){0,6}\n\s*[rRuU]?("""|''')([\s\S]*?)(?:\1|$)/;
const LEADING_COMMENT =
	/^\s*(?:\/\*[\s\S]*?\*\/|\{-[\s\S]*?-\}|<!--[\s\S]*?-->|"""[\s\S]*?"""|'''[\s\S]*?'''|(?:[ \t]*(?:\/\/|#(?!\[|!|include|define|if)|--)[^\n]*(?:\n|$))+)/;

/** What the code says it is for: the first sentence of its doc comment, at most 200 characters; empty where it has none. */
export function purposeOf(chunk: Pick<Chunk, 'text'>): string {
	const text = chunk.text.slice(0, 2_000).replaceAll('\r', '');
	const documentation = LEADING_COMMENT.exec(text)?.[0] ?? PYTHON_DOC.exec(text.trimStart())?.[2];
	if (!documentation) return '';
	const words = documentation.split('\n').map((line) =>
		line
			.trim()
			.replace(/^(?:\/\*+!?|\*+\/?|\/\/[/!]?|#+|--[ |]*|\{-[ |]*|<!--|"""|''')\s?/, '')
			.replace(/(?:\*+\/|-\}|-->|"""|''')\s*$/, '')
			.trim(),
	);
	const start = words.findIndex((line) => line !== '');
	if (start < 0) return '';
	const stop = words.findIndex((line, at) => at > start && (line === '' || line.startsWith('@') || line.startsWith(':')));
	const paragraph = words
		.slice(start, stop < 0 ? undefined : stop)
		.join(' ')
		.replace(/<\/?\w+>/g, '')
		.trim();
	if (!/\p{L}{2}/u.test(paragraph)) return '';
	const sentence = /^.*?[.!?](?=\s|$)/.exec(paragraph)?.[0] ?? paragraph;
	return sentence.length > 200 ? `${sentence.slice(0, 199)}…` : sentence;
}
