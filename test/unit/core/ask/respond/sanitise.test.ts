import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerSanitiser } from '#core/ask/respond/sanitise';

function sanitise(pieces: readonly string[]): string {
	const sanitiser = new AnswerSanitiser();
	return pieces.map((piece) => sanitiser.push(piece)).join('') + sanitiser.end();
}

/** What markdown would load or run: an image, a tag, a link with a scheme of ours. */
const DANGEROUS = /!\[|<[a-z/!?]|(?:command|vscode|javascript|data|file):/i;

describe('AnswerSanitiser', () => {
	it.each([
		['an image', '![x](https://example.org/leak?q=1)'],
		['an image with brackets in its text', '![a [b] c](https://example.org/x)'],
		['an image by reference', '![x][r]\n\n[r]: https://example.org/x'],
		['an image over two lines', '![a\nb](https://example.org/x)'],
		['a command link', '[run](command:workbench.action.quit)'],
		['a command link by reference', '[go][c]\n\n[c]: COMMAND:x'],
		['a tag over two lines', '<img\nsrc="https://example.org/x">'],
		['a backquote that never closes', '` ![x](https://example.org/x)'],
		['a fence that is none, since it is a quote', '> ```\n> ![x](https://example.org/x)'],
		['a fence that is none, since its info has backquotes', '```a`b\n![x](https://example.org/x)'],
	])('takes the effect out of %s', (_, text) => {
		expect(sanitise([text])).not.toMatch(DANGEROUS);
	});

	it('keeps fenced code to the letter, and starts again after it', () => {
		const code = '```html\n<a href="/x">hi</a><img src=a>\n![x](y) command:z\n```\n';
		expect(sanitise([code])).toBe(code);
		expect(sanitise([`${code}![x](https://example.org)`])).toBe(`${code}!\u200b[x](https://example.org)`);
		expect(sanitise(['~~~\n```\n<b>\n~~~\n<b>'])).toBe('~~~\n```\n<b>\n~~~\n<\u200bb>');
	});

	it('leaves ordinary text alone', () => {
		const text = 'Use `a < b` and 1 <2, see [docs](https://example.org). Wow! Really!\n\n- command line: yes\n';
		expect(sanitise([text])).toBe(text);
	});

	it('shows a line before it ends', () => {
		expect(new AnswerSanitiser().push('The answer is in ')).toBe('The answer is in ');
	});

	it('gives the same however the stream is cut', () => {
		const parts = fc.constantFrom(
			'![',
			'x](http://e)',
			'<',
			'img ',
			'```',
			'\n',
			'~~~',
			'command:',
			'com',
			'mand:',
			'da',
			'ta:',
			' ',
			'word',
			'`',
			'!',
			'[',
			'\r\n',
			'   ',
			'>',
		);
		fc.assert(
			fc.property(fc.array(parts, { maxLength: 30 }), fc.array(fc.nat(60), { maxLength: 12 }), (words, cuts) => {
				const text = words.join('');
				const places = [...new Set(cuts.map((cut) => Math.min(cut, text.length)))].sort((a, b) => a - b);
				const pieces = [...places, text.length].map((end, index) => text.slice(index === 0 ? 0 : places[index - 1], end));
				expect(sanitise(pieces)).toBe(sanitise([text]));
			}),
			{ numRuns: 3000 },
		);
	});
});
