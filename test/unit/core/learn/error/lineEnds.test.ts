import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '#core/learn/error/lineEnds';
import { applyEdits } from '#core/learn/error/textHunks';

describe('plainText', () => {
	const lines = fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\r', ' '), { maxLength: 20 }).map((parts) => parts.join(''));

	it('has the same characters at the same places but for the line ends', () => {
		fc.assert(
			fc.property(lines, fc.nat(40), (original, at) => {
				const offset = Math.min(at, original.length);
				const { text, toPlain } = plainText(original);
				expect(text).toBe(original.replaceAll('\r\n', '\n'));
				expect(text.slice(0, toPlain(offset))).toBe(
					original
						.slice(0, offset)
						.replace(/\r(?=$)/, (end) => (original[offset] === '\n' ? '' : end))
						.replaceAll('\r\n', '\n'),
				);
			}),
			{ seed: 4 },
		);
	});

	it('leads an edit back to what it makes of the original', () => {
		fc.assert(
			fc.property(lines, fc.nat(30), fc.nat(30), (original, a, b) => {
				const { text, toOriginal } = plainText(original);
				const [start, end] = [Math.min(a, text.length), Math.min(b, text.length)].sort((x, y) => x - y) as [number, number];
				const edit = { start, end, text: 'new\nline' };
				expect(plainText(applyEdits(original, [toOriginal(edit)])).text).toBe(applyEdits(text, [edit]));
			}),
			{ seed: 5 },
		);
	});

	it('writes the line ends of the file', () => {
		const { toOriginal } = plainText('one\r\ntwo\r\n');
		expect(toOriginal({ start: 4, end: 7, text: '2\n3' })).toEqual({ start: 5, end: 8, text: '2\r\n3' });
	});
});
