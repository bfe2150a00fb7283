import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { practiceCategory } from '#core/learn/practice/practiceFiles';
import { readFacts } from '#core/learn/practice/readFacts';
import { readSections } from '#core/learn/practice/readSections';

const DOCUMENT = `---
title: front matter
---
# Contributing

Please read all of this first.

- [Style](#style)

## Style

Use tabs for indentation in all files.

\`\`\`md
# not a heading
\`\`\`

### Naming

Names are whole words, never abbreviations.

## Empty
`;

describe('readSections', () => {
	test('gives the text under each heading, with its lines, and no contents, front matter or empty section', () => {
		expect(readSections(DOCUMENT, 'CONTRIBUTING.md')).toEqual([
			{ title: 'Contributing', text: 'Please read all of this first.\n\n- [Style](#style)', startLine: 6, endLine: 8 },
			{ title: 'Contributing › Style', text: 'Use tabs for indentation in all files.\n\n```md\n# not a heading\n```', startLine: 12, endLine: 16 },
			{ title: 'Style › Naming', text: 'Names are whole words, never abbreviations.', startLine: 20, endLine: 20 },
		]);
		expect(readSections('- [A](#a)\n- [B](#b)\n- [C](#c)\n- [D d](#d)\n', 'x')).toEqual([]);
	});

	test('a document without headings bears the name of its file', () => {
		expect(readSections('Always write tests before code.', '.cursorrules')).toEqual([
			{ title: '.cursorrules', text: 'Always write tests before code.', startLine: 1, endLine: 1 },
		]);
	});

	test('a long section is cut where a rule ends, and nothing of it is lost', () => {
		const rules = Array.from({ length: 60 }, (_, n) => `- Rule number ${n}: ${'be careful '.repeat(8)}`);
		const parts = readSections(`# Rules\n${rules.join('\n')}`, 'x');
		expect(parts.length).toBeGreaterThan(3);
		expect(parts.every(({ text }) => text.length <= 1_200)).toBe(true);
		expect(parts.map(({ text }) => text).join('\n')).toBe(rules.join('\n'));
	});

	test('every section is the lines that it names, for any document', () => {
		const line = fc.constantFrom('# A', '## B', '### C', '', 'some words of a rule here', '- one item of the list', '```', '~~~', '#hash', '---');
		fc.assert(
			fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
				for (const { text, startLine, endLine } of readSections(lines.join('\n'), 'x')) expect(lines.slice(startLine - 1, endLine).join('\n')).toBe(text);
			}),
		);
	});
});

describe('readFacts', () => {
	test('states editor settings by the files they are for', () => {
		expect(readFacts('root = true\n\n[*]\nindent_style = tab\n# a comment\nmax_line_length = 120 ; wide\n[*.py]\nindent_size = 4\n', '.editorconfig')).toEqual([
			{ title: 'Editor settings of files *', text: 'indent_style = tab\nmax_line_length = 120', startLine: 3, endLine: 6 },
			{ title: 'Editor settings of files *.py', text: 'indent_size = 4', startLine: 7, endLine: 8 },
		]);
	});

	test('flattens JSON with comments, without taking a URL for one', () => {
		const text =
			'// ours\n{\n  "$schema": "https://example.org/x",\n  "formatter": { "indentStyle": "tab", /* wide */ "lineWidth": 170, },\n  "url": "http://a/b",\n  "files": ["a", "b"],\n}';
		expect(readFacts(text, 'biome.json')[0]?.text).toBe('formatter.indentStyle = tab\nformatter.lineWidth = 170\nurl = http://a/b\nfiles = a, b');
	});

	test('reads TOML and YAML far enough for their facts', () => {
		expect(readFacts('line-length = 100\n[lint]\nselect = ["E", "F"]\n', 'ruff.toml')[0]?.text).toBe('line-length = 100\nlint.select = ["E", "F"]');
		expect(readFacts('singleQuote: true\noverrides:\n  semi: false\ntabWidth: 2\n', '.prettierrc')[0]?.text).toBe(
			'singleQuote = true\noverrides.semi = false\ntabWidth = 2',
		);
		expect(readFacts('', 'ruff.toml')).toEqual([]);
	});
});

test('practiceCategory knows where repositories keep their rules, and nothing else', () => {
	const category = (path: string) => practiceCategory(path);
	expect(['CONTRIBUTING.md', '.github/contributing.md', 'docs/CONTRIBUTING.rst'].map(category)).toEqual(Array(3).fill('contributing'));
	expect(['AGENTS.md', 'CLAUDE.md', '.cursorrules', '.github/copilot-instructions.md'].map(category)).toEqual(Array(4).fill('agent-rules'));
	expect(['docs/code-style.md', 'STYLEGUIDE.md', '.editorconfig', '.prettierrc', '.eslintrc.json'].map(category)).toEqual(['style', 'style', 'editor', 'format', 'lint']);
	expect(['README.md', 'src/style.ts', 'src/AGENTS.md', 'styles.css', '.env', '.npmrc', 'docs/credentials.json'].map(category)).toEqual(Array(7).fill(null));
});
