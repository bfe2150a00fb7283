import type { PracticeSection } from './readSections.ts';

const MOST_FACTS = 30;
const LONGEST_FACT = 160;
const DEEPEST = 5;

/** Names of a tool's settings file for a title. */
const TOOLS: readonly (readonly [RegExp, string])[] = [
	[/prettier/, 'Prettier'],
	[/rustfmt/, 'rustfmt'],
	[/clang-format/, 'clang-format'],
	[/biome/, 'Biome'],
	[/dprint/, 'dprint'],
	[/eslint/, 'ESLint'],
	[/stylelint/, 'Stylelint'],
	[/ruff/, 'Ruff'],
	[/golangci/, 'golangci-lint'],
	[/rubocop/, 'RuboCop'],
	[/pylint/, 'Pylint'],
	[/flake8/, 'Flake8'],
];

/** The settings of a formatter, linter or editor as facts of one line each, by section where the file has sections. */
export function readFacts(text: string, path: string): readonly PracticeSection[] {
	const tool = TOOLS.find(([pattern]) => pattern.test(path))?.[1] ?? path;
	const lineCount = text.split(/\r?\n/).length;
	const fromJson = /^\s*(?:\/\/|\/\*|\{)/.test(text) ? factsOfJson(text) : null;
	if (fromJson) return fromJson.length > 0 ? [{ title: `${tool} settings`, text: fromJson.join('\n'), startLine: 1, endLine: lineCount }] : [];
	const sections = path === '.editorconfig' ? sectionsOf(text).filter(({ name }) => name !== '') : [joined(sectionsOf(text), lineCount)];
	return sections
		.filter(({ facts }) => facts.length > 0)
		.map(({ name, facts, startLine, endLine }) => ({
			title: path === '.editorconfig' ? `Editor settings of files ${name}` : `${tool} settings`,
			text: facts.slice(0, MOST_FACTS).join('\n'),
			startLine,
			endLine,
		}));
}

interface Section {
	readonly name: string;
	readonly facts: string[];
	readonly startLine: number;
	endLine: number;
}

/** `[section]` and `name = value` or `name: value`, the part that TOML, INI and flat YAML have in common; nested YAML by its indentation. */
function sectionsOf(text: string): readonly Section[] {
	const sections: Section[] = [{ name: '', facts: [], startLine: 1, endLine: 1 }];
	let outer: { readonly indent: number; readonly name: string }[] = [];
	for (const [index, line] of text.split(/\r?\n/).entries()) {
		const heading = /^\s*\[+([^\]].*?)\]+\s*(?:[#;].*)?$/.exec(line)?.[1];
		const pair = /^(\s*)["']?([\w.-]+)["']?\s*[=:]\s*(.*?)\s*$/.exec(line);
		if (heading !== undefined) sections.push({ name: heading, facts: [], startLine: index + 1, endLine: index + 1 });
		else if (pair && !/^\s*[#;]/.test(line)) {
			const [, indent = '', name = '', value = ''] = pair;
			outer = outer.filter((one) => one.indent < indent.length);
			const full = [...outer.map((one) => one.name), name].join('.');
			if (value === '' || /^[#;]/.test(value)) outer.push({ indent: indent.length, name });
			else {
				const section = sections.at(-1);
				section?.facts.push(`${full} = ${value.replace(/\s+[#;].*$/, '')}`.slice(0, LONGEST_FACT));
				if (section) section.endLine = index + 1;
			}
		}
	}
	return sections;
}

function joined(sections: readonly Section[], lineCount: number): Section {
	return { name: '', facts: sections.flatMap(({ name, facts }) => facts.map((fact) => (name === '' ? fact : `${name}.${fact}`))), startLine: 1, endLine: lineCount };
}

/** Null where the text is not JSON, comments and trailing commas aside. */
function factsOfJson(text: string): readonly string[] | null {
	// Strings are kept as they are: what looks like a comment in them is none.
	const plain = text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string: string | undefined) => string ?? '');
	try {
		return flatten(JSON.parse(plain.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? '')), '', 0).slice(0, MOST_FACTS);
	} catch {
		return null;
	}
}

function flatten(value: unknown, name: string, depth: number): readonly string[] {
	if (depth > DEEPEST || name.startsWith('$')) return [];
	if (Array.isArray(value)) {
		const scalars = value.filter((part) => typeof part !== 'object');
		return scalars.length > 0 ? [`${name} = ${scalars.join(', ')}`.slice(0, LONGEST_FACT)] : [];
	}
	if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, part]) => flatten(part, name === '' ? key : `${name}.${key}`, depth + 1));
	return value === null || name === '' ? [] : [`${name} = ${String(value)}`.slice(0, LONGEST_FACT)];
}
