import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface LintProblem {
	readonly source: string;
	readonly code: string;
	readonly message: string;
	/** 1-based. */
	readonly line: number;
	/** In UTF-16 code units of the text. */
	readonly offset: number;
}

const BIOME = join(import.meta.dirname, '../../../node_modules/@biomejs/biome/bin/biome');
const RULES = {
	suspicious: { noDoubleEquals: 'error' },
	style: { useConst: 'error', useImportType: 'error', noUnusedTemplateLiteral: 'error' },
	complexity: { useOptionalChain: 'error', useLiteralKeys: 'error' },
	correctness: { noUnusedImports: 'error' },
};
const COMPILE = `
import sys, json
try:
    compile(sys.stdin.read(), 'file', 'exec')
    print('[]')
except SyntaxError as error:
    print(json.dumps([[error.msg, error.lineno or 1, error.offset or 1]]))
`;

/** What real tools say of a text: the linter that this project uses for TypeScript, the interpreter's compiler for Python. */
export class Linter {
	readonly #folder: string;

	constructor(scratch: string) {
		this.#folder = mkdtempSync(join(scratch, 'lint-'));
		writeFileSync(
			join(this.#folder, 'biome.json'),
			JSON.stringify({ root: true, linter: { rules: { preset: 'none', ...RULES } }, formatter: { enabled: false }, assist: { enabled: false } }),
		);
	}

	problems(file: string, text: string): LintProblem[] {
		return file.endsWith('.py') ? compilePython(text) : this.#lint(extname(file), text);
	}

	#lint(extension: string, text: string): LintProblem[] {
		const name = `file${extension}`;
		writeFileSync(join(this.#folder, name), text);
		const { stdout } = spawnSync(process.execPath, [BIOME, 'lint', '--reporter=json', '--max-diagnostics=200', name], { cwd: this.#folder, encoding: 'utf8' });
		const { diagnostics } = JSON.parse(stdout) as {
			readonly diagnostics: readonly { category: string; message: string; location: { start: { line: number; column: number } } }[];
		};
		return diagnostics.map(({ category, message, location: { start } }) => ({
			source: 'biome',
			code: category,
			message,
			line: start.line,
			offset: offsetOf(text, start.line, start.column),
		}));
	}
}

function compilePython(text: string): LintProblem[] {
	const found = JSON.parse(execFileSync('python3', ['-W', 'ignore', '-c', COMPILE], { input: text, encoding: 'utf8' })) as [string, number, number][];
	return found.map(([message, line, column]) => ({ source: 'python', code: 'SyntaxError', message, line, offset: offsetOf(text, line, column) }));
}

function offsetOf(text: string, line: number, column: number): number {
	return text.split('\n', line - 1).reduce((sum, before) => sum + before.length + 1, 0) + column - 1;
}

/** Whether the problem is gone, and what was not there before. Lines may have moved. */
export function compareProblems(before: readonly LintProblem[], after: readonly LintProblem[], inQuestion: LintProblem): { isCleared: boolean; hasNew: boolean } {
	const key = ({ code, message }: LintProblem) => `${code}\n${message}`;
	const count = (problems: readonly LintProblem[], wanted: LintProblem) => problems.filter((one) => key(one) === key(wanted)).length;
	return {
		isCleared: count(after, inQuestion) < count(before, inQuestion),
		hasNew: after.some((one) => count(after, one) > count(before, one)),
	};
}
