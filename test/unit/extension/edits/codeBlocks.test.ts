import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockReader, type CodeBlock, openFence } from '#extension/edits/codeBlocks';

function read(parts: readonly string[]): CodeBlock[] {
	const reader = new BlockReader();
	const blocks = parts.flatMap((part) => reader.push(part));
	const last = reader.end();
	return [...blocks, ...(last ? [last] : [])];
}

const answer = 'Do this in `src/a.ts:3-9`:\n\n```ts\nconst a = `x`;\n```\n\nand then\n\n````python worker/mail.py\ndef f():\n    """\n```\n"""\n````\n\n```\nhalf';

describe('blocks of an answer', () => {
	it('are found with language, number and the file that is named for them', () => {
		expect(read([answer])).toEqual([
			{ number: 1, language: 'ts', path: 'src/a.ts', text: 'const a = `x`;' },
			{ number: 2, language: 'python', path: 'worker/mail.py', text: 'def f():\n    """\n```\n"""' },
		]);
	});

	it('are the same however the answer is cut', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(answer.length), { maxLength: 12 }), (cuts) => {
				const places = [0, ...[...cuts].sort((a, b) => a - b), answer.length];
				const blocks = read(places.slice(1).map((place, index) => answer.slice(places[index], place)));
				expect(blocks).toEqual(read([answer]));
			}),
		);
	});

	it.each([
		['```ts:src/x.ts\na()\n```', 'src/x.ts', 'a()'],
		['```ts title="src/x.ts"\na()\n```', 'src/x.ts', 'a()'],
		['```ts\n// src/x.ts\na()\n```', 'src/x.ts', 'a()'],
		['**src/x.ts**\n```ts\na()\n```', 'src/x.ts', 'a()'],
		['### File: src/x.ts\n```ts\na()\n```', 'src/x.ts', 'a()'],
		['Use e.g. this, v1.2:\n```ts\na()\n```', null, 'a()'],
		['It calls `retry.ts` there, fine. Now:\n\nText without a name\n```ts\na()\n```', null, 'a()'],
	])('name their file: %j', (source, path, text) => {
		expect(read([source])).toEqual([{ number: 1, language: 'ts', path, text }]);
	});

	it.each([
		['', null],
		['a `b` c\n```ts\nx\n```\n', null],
		['a\n```ts\nx', '```'],
		['````\n```\nx\n```\n', '````'],
		['~~~\n```\n', '~~~'],
		['```\nx\n``` ts\n', '```'],
		[answer, '```'],
	])('that are left open are told from closed ones: %j', (text, fence) => {
		expect(openFence(text)).toBe(fence);
	});

	it('that are empty are none', () => {
		expect(read(['```ts\n\n```\n'])).toEqual([]);
	});
});
