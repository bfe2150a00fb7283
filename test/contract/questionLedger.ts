import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { QuestionFigures, QuestionOutcome, QuestionRow } from '#core/domain/questionRow';
import { addCalls, addQuestions } from '#core/metrics/addSums';
import { augmentationEffect } from '#core/metrics/controlShare';
import { dashboardFigures, savingsOfQuestions } from '#core/metrics/dashboard';
import type { LedgerRow, LocalLedger } from '#core/metrics/ledger';
import { type QuestionFilter, SLOT_MS } from '#core/metrics/questionLedger';
import { localSavings } from '#core/metrics/savings';
import { anyLedgerRows, ledgerRow } from '../support/ledgerRows.ts';

const FIGURES: QuestionFigures = { totalMs: 1234.5, searchMs: 30.25, storeMs: 4.125, relevance: 0.75, confidence: 0.5, contexts: 4 };
const OUTCOME: QuestionOutcome = { outcome: 'success', success: 0.9, userFeedback: 1, valueScore: 0.8, isHighValue: true, contextsUsed: 2, contextsReused: 1 };
const FILTERS: readonly QuestionFilter[] = [
	{},
	{ workspaceId: 'w1' },
	{ workspaceId: null },
	{ modelId: 'a' },
	{ answeredBy: 'local' },
	{ answeredBy: ['local', 'stored'] },
	{ isRetried: true },
	{ outcome: 'failure' },
];

const share = fc.integer({ min: 0, max: 1_000_000 }).map((ppm) => ppm / 1e6);
const duration = fc.integer({ min: 0, max: 9_999_999 }).map((micros) => micros / 1e3);
const anyFigures: fc.Arbitrary<QuestionFigures> = fc.record({
	totalMs: fc.option(duration),
	searchMs: fc.option(duration),
	storeMs: fc.option(duration),
	relevance: fc.option(share),
	confidence: fc.option(share),
	contexts: fc.nat(9),
});
const anyOutcome: fc.Arbitrary<QuestionOutcome> = fc.record({
	outcome: fc.constantFrom('success', 'partial', 'failure'),
	success: share,
	userFeedback: fc.constantFrom(-1, 0, 1),
	valueScore: share,
	isHighValue: fc.boolean(),
	contextsUsed: fc.nat(5),
	contextsReused: fc.nat(5),
});
const anyHeard = fc.array(fc.tuple(fc.constantFrom('i1', 'i2', 'i3', 'code'), anyFigures, anyOutcome), { maxLength: 6 });

/** What the ledger of a machine promises of questions, beside what every ledger promises. */
export function describeQuestions(opened: () => LocalLedger): void {
	test('makes a question of its calls, and notes how it went and what became of it', async () => {
		const ledger = opened();
		await ledger.record([ledgerRow('a', { interactionId: 'q', costUsd: 0.001 }), ledgerRow('p', { interactionId: 'other', purpose: 'pattern' })]);
		await ledger.recordFigures({ interactionId: 'q', timeMs: 900, workspaceId: 'w1' }, FIGURES);
		await ledger.recordOutcome('q', OUTCOME);
		await ledger.recordOutcome('unknown', OUTCOME);
		const { rows, next } = await ledger.questions();
		expect(next).toBeNull();
		expect(rows).toEqual([
			{
				interactionId: 'q',
				timeMs: 1_000,
				workspaceId: 'w1',
				modelId: 'ollama:small',
				modelLabel: 'Small',
				answeredBy: 'local',
				isRetried: false,
				isControl: false,
				isMeasured: true,
				tokens: 120,
				elsewhereUsd: 0.002,
				answerUsd: 0.001,
				triesUsd: 0,
				compressionUsd: 0,
				isElsewhereUnknown: false,
				unknownCosts: 0,
				referenceModelId: 'openai:large',
				referencePriceAsOf: '2026-01-31',
				...FIGURES,
				...OUTCOME,
			},
		]);
	});

	test('keeps a question that no model was called for, and what was noted before its calls', async () => {
		const ledger = opened();
		await ledger.recordFigures({ interactionId: 'q', timeMs: 900, workspaceId: null }, FIGURES);
		expect((await ledger.questions()).rows).toMatchObject([{ interactionId: 'q', timeMs: 900, answeredBy: 'nobody', modelId: null, totalMs: 1234.5 }]);
		await ledger.record([ledgerRow('a', { interactionId: 'q' })]);
		expect((await ledger.questions()).rows).toMatchObject([{ timeMs: 1_000, answeredBy: 'local', totalMs: 1234.5, workspaceId: 'w1' }]);
	});

	test('takes an answer back whose question was asked again on another model', async () => {
		const ledger = opened();
		await ledger.record([ledgerRow('a', { interactionId: 'q', costUsd: 0.5 })]);
		await ledger.record([ledgerRow('b', { interactionId: 'again', retryOf: 'q', timeMs: 2_000, isRemote: true })]);
		expect((await ledger.questions()).rows).toMatchObject([
			{ interactionId: 'again', answeredBy: 'remote', elsewhereUsd: 0 },
			{ interactionId: 'q', answeredBy: 'nobody', isRetried: true, elsewhereUsd: 0, triesUsd: 0.5 },
		]);
		await ledger.forget(1_500);
		expect((await ledger.questions()).rows.map(({ interactionId }) => interactionId)).toEqual(['again']);
	});

	test('refuses figures that are no amounts, and changes nothing', async () => {
		const ledger = opened();
		const asked = { interactionId: 'q', timeMs: 1, workspaceId: null };
		await expect(ledger.recordFigures(asked, { ...FIGURES, totalMs: -1 })).rejects.toMatchObject({ code: 'invalid-argument' });
		await expect(ledger.recordFigures(asked, { ...FIGURES, relevance: Number.NaN })).rejects.toMatchObject({ code: 'invalid-argument' });
		expect((await ledger.questions()).rows).toEqual([]);
		for (const bounds of [[0], [0, 1], [SLOT_MS, 0], [0, 0]]) await expect(ledger.sums(bounds)).rejects.toMatchObject({ code: 'invalid-argument' });
		await expect(ledger.questions({ after: 'x' })).rejects.toMatchObject({ code: 'invalid-argument' });
	});

	test('sums up exactly the calls and questions of each period, whatever was recorded, heard and forgotten', async () => {
		await fc.assert(
			fc.asyncProperty(
				anyLedgerRows,
				anyHeard,
				fc.nat(50),
				fc.constantFrom({}, { workspaceId: 'w1' }, { workspaceId: null }, { modelId: 'a' }),
				async (made, heard, cut, filter) => {
					const ledger = opened();
					await ledger.forget(Number.MAX_SAFE_INTEGER);
					// Times of the generated rows are 0…50: a slot each.
					const rows = made.map((row) => ({ ...row, timeMs: row.timeMs * SLOT_MS + 7 }));
					await ledger.record(rows.slice(0, 20));
					for (const [interactionId, figures, outcome] of heard) {
						await ledger.recordFigures({ interactionId, timeMs: 3 * SLOT_MS, workspaceId: 'w2' }, figures);
						await ledger.recordOutcome(interactionId, outcome);
					}
					await ledger.record(rows.slice(20));
					await ledger.forget(cut * SLOT_MS);
					const kept = rows.filter(({ timeMs }) => timeMs >= cut * SLOT_MS);
					const questions = (await ledger.questions({ limit: 1_000 })).rows;
					const matches = (row: Pick<LedgerRow | QuestionRow, 'workspaceId' | 'modelId'>) =>
						Object.entries(filter).every(([field, value]) => row[field as 'modelId'] === value);
					const bounds = [0, 10 * SLOT_MS, 25 * SLOT_MS, 51 * SLOT_MS];
					const cells = await ledger.sums(bounds, filter);
					for (const [period, from] of bounds.slice(0, -1).entries()) {
						const isIn = ({ timeMs }: { timeMs: number }) => timeMs >= from && timeMs < (bounds[period + 1] ?? 0);
						expect(addCalls(cells.calls.filter((cell) => cell.period === period))).toEqual(addCalls(kept.filter(isIn).filter(matches).map(callSums)));
						expect(addQuestions(cells.questions.filter((cell) => cell.period === period))).toEqual(
							addQuestions(questions.filter(isIn).filter(matches).map(questionSums)),
						);
					}
					const everything = await ledger.sums([0, 51 * SLOT_MS]);
					expect(savingsOfQuestions(everything.questions)).toEqual(localSavings(kept));
					for (const wanted of FILTERS) {
						const expected = questions.filter((row) =>
							Object.entries(wanted).every(([field, value]) => [value].flat().includes(row[field as keyof QuestionRow] as never)),
						);
						expect((await ledger.questions({ filter: wanted, limit: 1_000 })).rows).toEqual(expected);
					}
				},
			),
			{ numRuns: 60 },
		);
	});

	test('measures what augmentation does as the calls themselves say it', async () => {
		const ledger = opened();
		const rows = Array.from({ length: 90 }, (_, i) => ledgerRow(`r${i}`, { isControl: i % 2 === 0, inputTokens: 500 + ((i * 37) % 211), timeMs: 1_000 + i }));
		await ledger.record(rows);
		const { effect } = await dashboardFigures(ledger, {}, 10_000, () => 0);
		const expected = augmentationEffect(rows);
		if (effect.status !== 'measured' || expected.status !== 'measured') throw new Error('there were enough questions');
		expect(effect.savedTokensPerQuestion).toBeCloseTo(expected.savedTokensPerQuestion, 9);
		expect(effect.interval.low).toBeCloseTo(expected.interval.low, 6);
	});

	test('pages questions, and names what there is to choose from', async () => {
		const ledger = opened();
		expect(await ledger.choices()).toEqual({ workspaceIds: [], models: [], sinceMs: null });
		await ledger.record(
			Array.from({ length: 25 }, (_, i) => ledgerRow(`r${i}`, { timeMs: 1_000 + Math.floor(i / 4), workspaceId: i % 2 ? 'w1' : null, modelLabel: `Name ${i}` })),
		);
		const seen: string[] = [];
		let after: string | null = null;
		do {
			const page = await ledger.questions({ limit: 7, ...(after === null ? {} : { after }) });
			seen.push(...page.rows.map(({ interactionId }) => interactionId));
			after = page.next;
		} while (after !== null);
		expect(new Set(seen).size).toBe(25);
		expect(await ledger.choices()).toEqual({ workspaceIds: ['w1'], models: [{ modelId: 'ollama:small', modelLabel: 'Name 24', isRemote: false }], sinceMs: 1_000 });
	});

	test('gives the durations and predictions of the newest', async () => {
		const ledger = opened();
		await ledger.record([
			ledgerRow('a', { timeMs: 1, totalMs: 10 }),
			ledgerRow('b', { timeMs: 2, totalMs: 20 }),
			ledgerRow('c', { timeMs: 3, totalMs: 30, isRemote: true }),
			ledgerRow('d', { timeMs: 4, isCacheHit: true }),
			ledgerRow('e', { timeMs: 5, result: 'failed' }),
		]);
		await ledger.recordFigures({ interactionId: 'i-a', timeMs: 1, workspaceId: 'w1' }, FIGURES);
		await ledger.recordOutcome('i-a', OUTCOME);
		expect(await ledger.samples({}, {}, 2)).toEqual({
			localMs: [20],
			remoteMs: [30],
			firstTokenMs: [12.5],
			totalMs: [1234.5],
			searchMs: [30.25],
			storeMs: [4.125],
			judged: [{ confidence: 0.5, success: 0.9 }],
		});
		expect((await ledger.samples({ fromMs: 2 }, { workspaceId: 'w1' }, 9)).localMs).toEqual([20]);
	});
}

function callSums(row: LedgerRow): Parameters<typeof addCalls>[0][number] {
	const isTimed = row.result === 'ok' && !row.isCacheHit && row.purpose !== 'embedding';
	return {
		calls: 1,
		failed: Number(row.result === 'failed'),
		cancelled: Number(row.result === 'cancelled'),
		cacheHits: Number(row.isCacheHit),
		inputTokens: row.inputTokens,
		outputTokens: row.outputTokens,
		estimatedCalls: Number(row.isEstimate),
		costUsd: row.costUsd ?? 0,
		unknownCostCalls: Number(row.costUsd === null),
		timedCalls: Number(isTimed),
		timedMs: isTimed ? row.totalMs : 0,
	};
}

function questionSums(row: QuestionRow): Parameters<typeof addQuestions>[0][number] {
	const isHere = row.answeredBy === 'local' || row.answeredBy === 'stored';
	const [isAugmented, isControl] = [row.isMeasured && !row.isControl, row.isMeasured && row.isControl];
	return {
		asked: 1,
		answered: Number(row.answeredBy !== 'nobody'),
		answeredLocally: Number(isHere),
		stored: Number(row.answeredBy === 'stored'),
		retried: Number(row.isRetried),
		localTokens: isHere ? row.tokens : 0,
		localUsd: row.answeredBy === 'local' ? row.elsewhereUsd : 0,
		repeatedUsd: row.answeredBy === 'stored' ? row.elsewhereUsd : 0,
		answerUsd: row.answerUsd,
		triesUsd: row.triesUsd,
		compressionUsd: row.compressionUsd,
		unknownAnswers: Number(row.isElsewhereUnknown),
		unknownCosts: row.unknownCosts,
		augmented: Number(isAugmented),
		augmentedTokens: isAugmented ? row.tokens : 0,
		augmentedSquares: isAugmented ? row.tokens ** 2 : 0,
		controls: Number(isControl),
		controlTokens: isControl ? row.tokens : 0,
		controlSquares: isControl ? row.tokens ** 2 : 0,
		timed: Number(row.totalMs !== null),
		totalMs: row.totalMs ?? 0,
		searched: Number(row.searchMs !== null),
		searchMs: row.searchMs ?? 0,
		storeMs: row.storeMs ?? 0,
		withRelevance: Number(row.relevance !== null),
		relevance: row.relevance ?? 0,
		withConfidence: Number(row.confidence !== null),
		confidence: row.confidence ?? 0,
		judged: Number(row.outcome !== null),
		successes: Number(row.outcome === 'success'),
		partials: Number(row.outcome === 'partial'),
		failures: Number(row.outcome === 'failure'),
		success: row.success ?? 0,
		thumbsUp: Number(row.userFeedback === 1),
		thumbsDown: Number(row.userFeedback === -1),
		highValue: Number(row.isHighValue),
		contexts: row.contexts,
		contextsJudged: row.outcome === null ? 0 : row.contexts,
		contextsUsed: row.contextsUsed,
		contextsReused: row.contextsReused,
	};
}
