import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '#core/learn/error/errorSignature';
import { confidenceOf, isVerified, solutionId } from '#core/learn/error/solutionRecord';

const day = 86_400_000;
const error = (message: string, line = 1): Diagnostic => ({ message, source: 'ts', code: '1', languageId: 'typescript', line });

describe('the record of a solution', () => {
	it('starts undecided, grows with successes and falls with failures', () => {
		const at = (success_count: number, failure_count: number) => confidenceOf({ success_count, failure_count, last_used: '1970-01-01T00:00:00.000Z' }, 0);
		expect(at(0, 0)).toBe(0.5);
		expect(at(4, 0)).toBeCloseTo(5 / 6);
		expect(at(4, 4)).toBe(0.5);
		expect(at(0, 3)).toBeCloseTo(1 / 5);
	});

	it('forgets half in 90 days, and nothing when the clock goes back', () => {
		const counts = { success_count: 4, failure_count: 0, last_used: '1970-01-01T00:00:00.000Z' };
		expect(confidenceOf(counts, 90 * day)).toBeCloseTo(3 / 4);
		expect(confidenceOf(counts, -5 * day)).toBe(confidenceOf(counts, 0));
	});

	it('is verified only when the diagnostic is gone and nothing new appeared', () => {
		const [mine, other] = [error("No 'a'."), error("No 'b'.")];
		expect(isVerified(mine, [mine, other], [other])).toBe(true);
		expect(isVerified(mine, [mine, other], [{ ...other, line: 9 }])).toBe(true);
		expect(isVerified(mine, [mine], [mine])).toBe(false);
		expect(isVerified(mine, [mine], [other])).toBe(false);
		expect(isVerified(mine, [mine, mine], [mine])).toBe(true);
		expect(isVerified(mine, [], [])).toBe(false);
	});

	it('has one UUID for a kind of error and a workspace', () => {
		expect(solutionId('w', 'k')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
		expect(new Set([solutionId('w', 'k'), solutionId('w', 'k'), solutionId('w2', 'k'), solutionId('w', 'k2')]).size).toBe(3);
	});
});
