import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PathTallies } from '#core/ask/search/pathWords';
import type { JudgedRanking } from '#core/domain/fileRanking';

const HALF_LIFE_DAYS = 365;
const NOW_MS = Date.UTC(2026, 0, 1);
const judged = (changes: Partial<JudgedRanking> = {}): JudgedRanking => ({
	interactionId: 'i',
	workspaceId: 'w1',
	timeMs: NOW_MS,
	files: [
		{ filePath: 'examples/plot.py', share: 0.7 },
		{ filePath: 'lib/axes.py', share: 0.3 },
	],
	used: ['lib/axes.py'],
	weight: 1,
	...changes,
});
const learnedFrom = (times: number, changes: Partial<JudgedRanking> = {}) => {
	const tallies = new PathTallies(HALF_LIFE_DAYS, NOW_MS);
	for (let i = 0; i < times; i++) tallies.add(judged(changes));
	return tallies;
};

describe('the words of paths', () => {
	test('speak for what proved right more often than its rank promised, and against what did less often, in files never seen too', () => {
		const words = learnedFrom(10).of('w1', NOW_MS);
		expect(words('lib/ticker.py')).toBeGreaterThan(0.3);
		expect(words('examples/bar.py')).toBeLessThan(-0.3);
		expect(words('elsewhere/other.py')).toBe(0);
	});

	test('say nothing without an outcome, with one that went badly, and with one whose files were not ranked', () => {
		for (const tallies of [learnedFrom(0), learnedFrom(10, { weight: 0 }), learnedFrom(10, { used: ['gone.py'] })])
			expect(tallies.of('w1', NOW_MS)('lib/axes.py')).toBe(0);
	});

	test('say nothing where what was likeliest is always right', () => {
		const words = learnedFrom(50, { files: [{ filePath: 'lib/axes.py', share: 1 }] }).of('w1', NOW_MS);
		expect(words('lib/axes.py')).toBeCloseTo(0, 5);
	});

	test('say nothing in other workspaces', () => {
		const learned = learnedFrom(10);
		expect(learned.of('w2', NOW_MS)('lib/ticker.py')).toBe(0);
		expect(learned.strongest('w2', NOW_MS)).toEqual([]);
	});

	test('fade: after a half-life they say what half as many outcomes would', () => {
		const later = NOW_MS + HALF_LIFE_DAYS * 86_400_000;
		expect(learnedFrom(10).of('w1', later)('lib/ticker.py')).toBeCloseTo(learnedFrom(5).of('w1', NOW_MS)('lib/ticker.py'), 9);
		expect(learnedFrom(5, { timeMs: later }).of('w1', later)('lib/ticker.py')).toBeCloseTo(learnedFrom(5).of('w1', NOW_MS)('lib/ticker.py'), 9);
	});

	test('are as before when what was added is taken back', () => {
		const tallies = learnedFrom(3);
		const before = tallies.strongest('w1', NOW_MS);
		const other = judged({ files: [{ filePath: 'tools/make.py', share: 0.1 }], used: ['tools/make.py'], weight: 0.3 });
		tallies.add(other);
		expect(tallies.strongest('w1', NOW_MS)).toHaveLength(before.length + 2);
		tallies.remove(other);
		expect(tallies.strongest('w1', NOW_MS)).toEqual(before);
	});

	test('are the same whatever the order of outcomes, and bounded however many there are', () => {
		const outcome = fc.record({
			workspaceId: fc.constantFrom('w1', 'w2'),
			used: fc.subarray(['examples/plot.py', 'lib/axes.py']),
			weight: fc.constantFrom(0, 0.25, 0.5, 1),
		});
		fc.assert(
			fc.property(fc.array(outcome, { maxLength: 60 }), (outcomes) => {
				const [forwards, backwards] = [outcomes, [...outcomes].reverse()].map((list) => {
					const tallies = new PathTallies(HALF_LIFE_DAYS, NOW_MS);
					for (const changes of list) tallies.add(judged(changes));
					return tallies.of('w1', NOW_MS);
				});
				for (const path of ['examples/plot.py', 'lib/axes.py', 'lib/examples/plot.py']) {
					expect(forwards?.(path)).toBeCloseTo(backwards?.(path) ?? Number.NaN, 9);
					expect(Math.abs(forwards?.(path) ?? Number.NaN)).toBeLessThanOrEqual(2);
				}
			}),
		);
	});

	test('show the strongest first, with what they are made of', () => {
		const [first] = learnedFrom(10).strongest('w1', NOW_MS);
		expect(first).toMatchObject({ word: expect.stringMatching(/^(?:examples|plot)$/), found: 0, expected: expect.closeTo(7, 5) });
		expect(first?.factor).toBeCloseTo(5 / 12, 5);
	});
});
