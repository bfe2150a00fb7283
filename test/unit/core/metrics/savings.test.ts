import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuestionAnswer } from '#core/domain/questionRow';
import { foldQuestion } from '#core/metrics/foldQuestion';
import { localSavings } from '#core/metrics/savings';
import { anyLedgerRows, ledgerRow } from '../../../support/ledgerRows.ts';

const remote = { isRemote: true, modelId: 'openai:large', target: 'remote', costUsd: 0.004, counterfactualUsd: 0.004 } as const;
const termsOf = (savings: ReturnType<typeof localSavings>) => Object.fromEntries(savings.terms.map(({ code, usd }) => [code, usd]));

describe('what local answers saved', () => {
	it('is nothing, with no share, where nothing was asked', () => {
		expect(localSavings([])).toMatchObject({ savedUsd: 0, answered: 0, localShare: null, prices: [] });
	});

	it('is the price of their tokens at the default remote model, with the date of that price', () => {
		const savings = localSavings([
			ledgerRow('a', { counterfactualUsd: 0.002 }),
			ledgerRow('b', { counterfactualUsd: 0.003 }),
			ledgerRow('c', { counterfactualUsd: 0.001, counterfactualPriceAsOf: '2026-03-01' }),
			ledgerRow('d', remote),
		]);
		expect(savings).toMatchObject({ savedUsd: 0.006, answered: 4, answeredLocally: 3, localShare: 0.75, unknownAnswers: 0, unknownCosts: 0 });
		expect(savings.prices).toEqual([
			{ modelId: 'openai:large', asOf: '2026-01-31', answers: 2 },
			{ modelId: 'openai:large', asOf: '2026-03-01', answers: 1 },
		]);
	});

	it('counts against it what failed local tries and compressions cost', () => {
		const savings = localSavings([
			ledgerRow('a', { costUsd: 0.0005 }),
			ledgerRow('b1', { interactionId: 'b', result: 'failed', costUsd: 0.0002, timeMs: 1 }),
			ledgerRow('b2', { interactionId: 'b', ...remote, timeMs: 2 }),
			ledgerRow('c1', { interactionId: 'c', purpose: 'compression', target: 'hybrid', costUsd: 0.0001, timeMs: 1 }),
			ledgerRow('c2', { interactionId: 'c', ...remote, target: 'hybrid', timeMs: 2 }),
		]);
		expect(termsOf(savings)).toEqual({ 'local-answers': 0.002, 'repeated-answers': 0, 'cost-of-answers': -0.0005, 'failed-local-tries': -0.0002, compression: -0.0001 });
		expect(savings).toMatchObject({ savedUsd: 0.0012, answered: 3, answeredLocally: 1 });
	});

	it('claims nothing for an answer whose question was asked again elsewhere, whether under its own id or another', () => {
		const again = localSavings([ledgerRow('a', { interactionId: 'i', costUsd: 0.0003 }), ledgerRow('b', { interactionId: 'j', retryOf: 'i', ...remote })]);
		expect(again).toMatchObject({ savedUsd: -0.0003, answered: 1, answeredLocally: 0, localShare: 0 });
		const same = localSavings([ledgerRow('b', { interactionId: 'i', timeMs: 2, ...remote }), ledgerRow('a', { interactionId: 'i', timeMs: 1, costUsd: 0.0003 })]);
		expect(same).toMatchObject({ savedUsd: -0.0003, answered: 1, answeredLocally: 0 });
	});

	it('leaves what is unknown unknown', () => {
		const savings = localSavings([
			ledgerRow('a', { counterfactualUsd: null, counterfactualModelId: null, counterfactualPriceAsOf: null }),
			ledgerRow('b', { costUsd: null }),
		]);
		expect(savings).toMatchObject({ savedUsd: 0.002, unknownAnswers: 1, unknownCosts: 1, answeredLocally: 2 });
		expect(savings.prices).toHaveLength(1);
	});

	it('names the saving of stored answers apart', () => {
		const savings = localSavings([ledgerRow('a', { ...remote, isCacheHit: true, costUsd: 0 })]);
		expect(termsOf(savings)).toMatchObject({ 'local-answers': 0, 'repeated-answers': 0.004 });
		expect(savings.answeredLocally).toBe(1);
	});

	it('is the sum of its terms, in whatever order the rows come, and never more than all counterfactuals', () => {
		fc.assert(
			fc.property(anyLedgerRows, (rows) => {
				const savings = localSavings(rows);
				const nano = (usd: number) => Math.round(usd * 1e9);
				expect(nano(savings.savedUsd)).toBe(savings.terms.reduce((total, { usd }) => total + nano(usd), 0));
				expect(nano(savings.savedUsd)).toBeLessThanOrEqual(rows.reduce((total, { counterfactualUsd }) => total + nano(counterfactualUsd ?? 0), 0));
				expect(savings.answeredLocally).toBeLessThanOrEqual(savings.answered);
				const differ = new Set(rows.map(({ timeMs }) => timeMs)).size === rows.length;
				if (differ) expect(localSavings(rows.toReversed()).savedUsd).toBe(savings.savedUsd);
			}),
			{ numRuns: 300 },
		);
	});

	it('is the sum over its questions, whatever calls they had', () => {
		fc.assert(
			fc.property(anyLedgerRows, (rows) => {
				const retried = new Set(rows.map(({ retryOf }) => retryOf));
				const questions = [...new Set(rows.map(({ interactionId }) => interactionId))].flatMap(
					(id) =>
						foldQuestion(
							rows.filter(({ interactionId }) => interactionId === id),
							retried.has(id),
						) ?? [],
				);
				const nano = (of: (question: QuestionAnswer) => number) => questions.reduce((sum, question) => sum + Math.round(of(question) * 1e9), 0);
				const { savedUsd, answered, answeredLocally, unknownAnswers, unknownCosts } = localSavings(rows);
				expect(
					nano(({ elsewhereUsd }) => elsewhereUsd) - nano(({ answerUsd }) => answerUsd) - nano(({ triesUsd }) => triesUsd) - nano(({ compressionUsd }) => compressionUsd),
				).toBe(Math.round(savedUsd * 1e9));
				expect(questions.filter(({ answeredBy }) => answeredBy !== 'nobody')).toHaveLength(answered);
				expect(questions.filter(({ answeredBy }) => answeredBy === 'local' || answeredBy === 'stored')).toHaveLength(answeredLocally);
				expect(questions.filter(({ isElsewhereUnknown }) => isElsewhereUnknown)).toHaveLength(unknownAnswers);
				expect(questions.reduce((sum, question) => sum + question.unknownCosts, 0)).toBe(unknownCosts);
			}),
		);
	});
});
