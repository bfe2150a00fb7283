import { describe, expect, it } from 'vitest';
import { buildSnapshot, startOfRange } from '#extension/dashboard/buildSnapshot';
import { rowsOfFigure } from '#extension/dashboard/figureRows';
import { dashboardData, NO_CALLS, NO_QUESTIONS } from '../../../support/dashboardData.ts';
import { ENGLISH } from '../../../support/dashboardPage.ts';

const choice = { range: 'month', workspace: '', model: '' } as const;
const build = (more: Parameters<typeof dashboardData>[0] = {}, words = ENGLISH) => buildSnapshot(dashboardData(more), choice, (id) => id, words);
const figuresOf = (more: Parameters<typeof dashboardData>[0] = {}, words = ENGLISH) =>
	Object.fromEntries(build(more, words).groups.flatMap(({ figures }) => figures.map((one) => [one.id, one])));

describe('the dashboard in words', () => {
	it('has the four groups, and every figure says what it is; those with rows have them', () => {
		const { groups } = build();
		expect(groups.map(({ id }) => id)).toEqual(['cost', 'learning', 'performance', 'quality']);
		const figures = groups.flatMap((group) => group.figures);
		expect(new Set(figures.map(({ id }) => id)).size).toBe(figures.length);
		for (const { id, hasRows, explanation } of figures) {
			expect(explanation).toMatch(/\w.{30,}/);
			expect(rowsOfFigure(id, { fromMs: 0, toMs: 1 }) !== null).toBe(hasRows);
		}
		expect(figures.filter(({ hasRows }) => !hasRows).map(({ id }) => id)).toEqual(['patterns', 'items', 'first-token']);
	});

	it('shows nothing where nothing is known: no 0% of no answers, no price that nobody set', () => {
		const figures = figuresOf({ remote: { ...NO_CALLS, calls: 2, unknownCostCalls: 2 } });
		for (const id of ['context-used', 'cache-hits', 'relevance', 'confidence', 'calibration', 'local-latency', 'effect'])
			expect([id, figures[id]?.value]).toEqual([id, '–']);
		expect(figures['remote-cost']?.detail).toBe('Calls: 2, of unknown price: 2');
	});

	it('names the counterfactual with its formula and the date of its price', () => {
		const savings = {
			...dashboardData().savings,
			savedUsd: 1.25,
			answered: 4,
			answeredLocally: 3,
			localShare: 0.75,
			prices: [{ modelId: 'openai:https://x/v1/gpt-9', asOf: '2026-11-01', answers: 3 }],
			terms: [
				{ code: 'local-answers' as const, usd: 1.5 },
				{ code: 'failed-local-tries' as const, usd: -0.25 },
			],
		};
		const figures = figuresOf({ savings });
		expect(figures.saved).toMatchObject({ value: '1.25 $', detail: 'against gpt-9, price of 2026-11-01' });
		expect(figures.avoided).toMatchObject({ value: '3', detail: '75% of 4 answers' });
		expect(build({ savings }).groups[0]?.tables[0]?.rows).toEqual([
			['Tokens of local answers at the price of the remote model', '1.50 $'],
			['Less what failed local tries cost', '-0.25 $'],
			['Saved', '1.25 $'],
		]);
	});

	it('says whether what context saves may be chance', () => {
		const effect = { formula: 'mean-tokens-of-controls-minus-mean-tokens-of-augmented', controls: 40, augmented: 900, status: 'measured', savedTokens: 9_000 } as const;
		expect(figuresOf({ effect: { ...effect, savedTokensPerQuestion: 10, interval: { low: -5, high: 25 }, isClear: false } }).effect?.detail).toBe(
			'-5 … 25: may be chance',
		);
		expect(figuresOf({ effect: { ...effect, savedTokensPerQuestion: 10, interval: { low: 5, high: 15 }, isClear: true } }).effect?.detail).toBe('95% interval 5 … 15');
	});

	it('writes numbers as the user’s language does', () => {
		const german = figuresOf({ questions: { ...NO_QUESTIONS, localTokens: 1_234_567 } }, { ...ENGLISH, language: 'de' });
		expect(german['local-tokens']?.value).toBe('1.234.567');
	});

	it('knows an empty ledger from an empty range', () => {
		expect(build({ sinceMs: null }).empty?.title).toBe('There is nothing to show yet');
		expect(build().empty?.title).toBe('Nothing in this range');
		expect(build({ questions: { ...NO_QUESTIONS, asked: 1 } }).empty).toBeNull();
	});

	it('begins ranges on their first day', () => {
		const now = Date.UTC(2026, 10, 25, 15);
		expect(startOfRange('today', now)).toBe(now);
		expect(startOfRange('week', now)).toBe(now - 6 * 86_400_000);
		expect(startOfRange('all', now)).toBeUndefined();
	});
});
