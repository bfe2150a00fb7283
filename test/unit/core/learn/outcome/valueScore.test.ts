import { describe, expect, test } from 'vitest';
import type { OutcomeLabel } from '#core/domain/outcome';
import { computeValueScore, estimateComplexity, estimateNovelty, estimateReusability } from '#core/learn/outcome/valueScore';

/** Query, response, outcome, feedback, similar queries at 0.8 and 0.9, and what the description's own Python gives for them. */
const WORKED: readonly (readonly [string, string, OutcomeLabel | null, -1 | 0 | 1, number, number, number])[] = [
	['How to configure the setup of a best practice', `1. a\n2. b\n3. c\n\`\`\`ts\nx\n\`\`\`\n${'y'.repeat(2_000)}`, 'success', 1, 9, 0, 1],
	['where is it', '', null, 0, 0, 0, 0.2],
	['where is it', '', null, -1, 0, 12, 0.01],
	['fix the parser', 'use `x`', 'partial', 0, 3, 2, 0.430175],
	['fix the parser', '```\na\n```', 'failure', -1, 20, 9, 0.270225],
	['How to set up', `${'\u{1F600}'.repeat(1_000)} 1.1.1. 2. `, 'success', 0, 0, 3, 0.645275],
	['SETUP and Configure', '1.2.3.', 'success', 1, 2, 1, 0.82015],
];

describe('computeValueScore', () => {
	test.each(WORKED)('scores %j as the description does', (query, response, outcome, userFeedback, similarAt80, similarAt90, expected) => {
		expect(computeValueScore({ query, response, outcome, userFeedback, similarAt80, similarAt90 })).toBeCloseTo(expected, 10);
	});

	test('gives each part no more than 1', () => {
		expect(estimateReusability('how to configure', 50)).toBe(1);
		expect(estimateComplexity('```'.repeat(50))).toBe(1);
	});

	test('calls a query less new the more there were', () => {
		expect([0, 1, 2, 3, 9, 10, 500].map(estimateNovelty)).toEqual([1, 0.7, 0.7, 0.4, 0.4, 0.1, 0.1]);
	});
});
