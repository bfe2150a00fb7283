import { expect, test } from 'vitest';
import { OutputTail } from '../../../../src/extension/terminal/outputTail.ts';

test('the end of an output is kept, in whatever pieces it comes', () => {
	for (const size of [1, 7, 1_000, 300_000]) {
		const tail = new OutputTail();
		const all = Array.from({ length: 40_000 }, (_, index) => `${index}\n`).join('');
		for (let at = 0; at < all.length; at += size) tail.push(all.slice(at, at + size));
		expect(tail.text).toBe(all.slice(-64_000));
	}
	expect(new OutputTail().text).toBe('');
});
