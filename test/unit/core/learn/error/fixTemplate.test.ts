import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { templatesOf } from '#core/learn/error/fixTemplate';
import { readExample } from '#core/learn/error/learnedFix';
import { matchTemplate } from '#core/learn/error/matchTemplate';
import { applyEdits, tokenHunks } from '#core/learn/error/textHunks';
import { readCodeTree, tokenTree } from '#core/syntax/codeTree';
import { fixParser } from '../../../../support/fixes.ts';

const never = { isOver: () => false };
const token = fc.constantFrom('a', 'value', 'f', '(', ')', '[', ']', ',', '=', '===', '1', '"s"', ' ', '\n', ';', '{', '}');
const code = fc.array(token, { maxLength: 25 }).map((tokens) => tokens.join(''));

describe('edits and templates', () => {
	const parser = fixParser();

	it('make the text after of the text before, by tokens', () => {
		fc.assert(
			fc.property(code, code, (before, after) => {
				const [a, b] = [tokenTree(before), tokenTree(after)];
				expect(a && b && applyEdits(before, tokenHunks(a, b))).toBe(after);
			}),
			{ seed: 1 },
		);
	});

	it('cover every token of a text once, in order, with white space between', () => {
		fc.assert(
			fc.property(code, (text) => {
				const leaves = tokenTree(text)?.leaves ?? [];
				let end = 0;
				for (const leaf of leaves) {
					expect(text.slice(end, leaf.start).trim()).toBe('');
					end = leaf.end;
				}
				expect(text.slice(end).trim()).toBe('');
			}),
			{ seed: 2 },
		);
	});

	it('make exactly the example they were made of, at one of the places where they fit', async () => {
		await fc.assert(
			fc.asyncProperty(code, code, fc.nat(20), async (before, after, offset) => {
				const diagnostic = { message: "This 'value' is wrong", source: '', code: '', languageId: 'none', offset: Math.min(offset, before.length) };
				const example = await readExample(parser, { diagnostics: [diagnostic], before, after });
				for (const edit of example?.edits ?? []) {
					if (!example) continue;
					for (const template of templatesOf(example.before, edit)) {
						const matches = matchTemplate(template, example.before, { ...diagnostic, offset: undefined }, edit.signature.captures, never);
						expect(matches.map(({ edits }) => applyEdits(before, edits))).toContain(after);
					}
				}
			}),
			{ seed: 3, numRuns: 300 },
		);
	});

	it('touch nothing but the place', async () => {
		const before = 'const keep = [1,2];\nvar x = 1;\nconst also = { a:1 };\n';
		const example = await readExample(parser, {
			diagnostics: [{ message: 'Unexpected var', source: '', code: '', languageId: 'javascript', offset: 20 }],
			before,
			after: before.replace('var', 'let'),
		});
		expect(example?.edits[0]?.hunks).toEqual([{ start: 20, end: 23, text: 'let' }]);
	});

	it('read the same tree of the same text, with a grammar and without', async () => {
		for (const language of ['javascript', 'none']) {
			const tree = await readCodeTree(parser, 'if (a) { b(); }', language);
			expect(tree?.leaves.map(({ start, end }) => tree.text.slice(start, end))).toEqual(['if', '(', 'a', ')', '{', 'b', '(', ')', ';', '}']);
		}
	});
});
