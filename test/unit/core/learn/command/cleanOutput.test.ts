import { expect, test } from 'vitest';
import { cleanOutput } from '#core/learn/command/cleanOutput';
import { printed } from '../../../../support/commands.ts';

test('what was printed over itself is what was printed last', () => {
	expect(cleanOutput('10%\r50%\r100%\r\ndone\r\n')).toEqual(['100%', 'done', '']);
	expect(cleanOutput('⠙\u001b[1G\u001b[0Knpm error code E404')).toEqual(['npm error code E404']);
});

test('colours, titles, links and marks of the shell are gone', () => {
	expect(cleanOutput('\u001b]633;C\u0007\u001b[1m\u001b[31merror\u001b[0m: \u001b]8;;https://x.example\u001b\\here\u001b]8;;\u001b\\\u001b(B\u0007')).toEqual([
		'error: here',
	]);
	for (const name of ['pytest', 'vitest', 'jest', 'cargo-test']) {
		const text = cleanOutput(printed(name)).join('\n');
		expect([...text].filter((character) => character < ' ' && character !== '\n' && character !== '\t')).toEqual([]);
	}
});

test('files are named by their paths, not by their addresses', () => {
	expect(cleanOutput('    at count (file:///home/ada/order.mjs:2:21)\n    at file:///C:/ada/order.mjs:4:13\nsee https://x.example/file://')).toEqual([
		'    at count (/home/ada/order.mjs:2:21)',
		'    at C:/ada/order.mjs:4:13',
		'see https://x.example/file://',
	]);
});

test('only the end is kept, and no endless line', () => {
	const lines = cleanOutput(`${Array.from({ length: 5_000 }, (_, index) => `line ${index}`).join('\n')}\n${'x'.repeat(10_000)}`);
	expect(lines).toHaveLength(400);
	expect(lines.at(-2)).toBe('line 4999');
	expect(lines.at(-1)).toHaveLength(600);
});
