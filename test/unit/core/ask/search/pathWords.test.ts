import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PathTallies } from '#core/ask/search/pathWords';
import type { JudgedRanking } from '#core/domain/fileRanking';

const judged = (changes: Partial<JudgedRanking> = {}): JudgedRanking => ({
	interactionId: 'i',
	workspaceId: 'w1',
	timeMs: 0,
	isLocalOnly: false,
	files: [
		{ filePath: 'examples/plot.py', share: 0.7 },
		{ filePath: 'lib/axes.py', share: 0.3 },
	],
	used: ['lib/axes.py'],
	weight: 1,
	...changes,
});
const learnedFrom = (times: number, changes: Partial<JudgedRanking> = {}) => {
	const tallies = new PathTallies();
	for (let i = 0; i < times; i++) tallies.add(judged(changes));
	return tallies;
};

describe('the words of paths', () => {
	test('speak for what proved right more often than its rank promised, and against what did less often, in files never seen too', () => {
		const words = learnedFrom(10).of('w1');
		expect(words('lib/ticker.py')).toBeGreaterThan(0.3);
		expect(words('examples/bar.py')).toBeLessThan(-0.3);
		expect(words('elsewhere/other.py')).toBe(0);
	});

	test('say nothing without an outcome, with one that went badly, and with one whose files were not ranked', () => {
		for (const tallies of [learnedFrom(0), learnedFrom(10, { weight: 0 }), learnedFrom(10, { used: ['gone.py'] })]) expect(tallies.of('w1')('lib/axes.py')).toBe(0);
	});

	test('say nothing where what was likeliest is always right', () => {
		const words = learnedFrom(50, { files: [{ filePath: 'lib/axes.py', share: 1 }] }).of('w1');
		expect(words('lib/axes.py')).toBeCloseTo(0, 5);
	});

	test('count less in other workspaces, and local-only ones nowhere else', () => {
		const shared = learnedFrom(10);
		expect(shared.of('w2')('lib/ticker.py')).toBeGreaterThan(0);
		expect(shared.of('w2')('lib/ticker.py')).toBeLessThan(shared.of('w1')('lib/ticker.py'));
		const local = learnedFrom(10, { isLocalOnly: true });
		expect(local.of('w1')('lib/ticker.py')).toBe(shared.of('w1')('lib/ticker.py'));
		expect(local.of('w2')('lib/ticker.py')).toBe(0);
		expect(local.strongest('w2', 10)).toEqual([]);
	});

	test('are the same whatever the order of outcomes, and bounded however many there are', () => {
		const outcome = fc.record({
			workspaceId: fc.constantFrom('w1', 'w2'),
			isLocalOnly: fc.boolean(),
			used: fc.subarray(['examples/plot.py', 'lib/axes.py']),
			weight: fc.constantFrom(0, 0.25, 0.5, 1),
		});
		fc.assert(
			fc.property(fc.array(outcome, { maxLength: 60 }), (outcomes) => {
				const [forwards, backwards] = [outcomes, [...outcomes].reverse()].map((list) => {
					const tallies = new PathTallies();
					for (const changes of list) tallies.add(judged(changes));
					return tallies.of('w1');
				});
				for (const path of ['examples/plot.py', 'lib/axes.py', 'lib/examples/plot.py']) {
					expect(forwards?.(path)).toBeCloseTo(backwards?.(path) ?? Number.NaN, 9);
					expect(Math.abs(forwards?.(path) ?? Number.NaN)).toBeLessThanOrEqual(2);
				}
			}),
		);
	});

	test('show the strongest first, with what they are made of', () => {
		const [first] = learnedFrom(10).strongest('w1', 1);
		expect(first).toMatchObject({ word: expect.stringMatching(/^(?:examples|plot)$/), found: 0, expected: expect.closeTo(7, 5) });
		expect(first?.factor).toBeCloseTo(5 / 12, 5);
	});
});
