import type { Calibration, DashboardData, DashboardModel, DashboardQuery, Distribution, LatencySamples } from '#core/domain/dashboard';
import type { AugmentationEffect, LocalSavings } from '#core/domain/spending';
import { addCalls, addQuestions } from './addSums.ts';
import { machineOffsetMinutes, startOf } from './budget.ts';
import { effectOf, type TokenSample } from './controlShare.ts';
import { type CallCell, type QuestionCell, type QuestionLedger, SLOT_MS } from './questionLedger.ts';
import { savingsOf } from './savings.ts';

const DAY_MS = 86_400_000;
/** Days that are shown as days; longer ranges have weeks. */
const MOST_DAYS = 62;
/** Of calls and of questions that durations and predictions are taken from: enough for a 95th percentile, read within milliseconds. */
const SAMPLE_LIMIT = 5_000;
const CALIBRATION_GROUPS = 10;

export type DashboardFigures = Omit<DashboardData, 'knowledge' | 'highValueThreshold' | 'controlShare'>;

/** What the ledger says of a range, for the dashboard: every figure is a sum over rows that the ledger has, or is of the newest of them. */
export async function dashboardFigures(
	ledger: QuestionLedger,
	query: DashboardQuery,
	nowMs: number,
	zoneOffsetMinutes: (timeMs: number) => number = machineOffsetMinutes,
): Promise<DashboardFigures> {
	const { sinceMs, ...choices } = await ledger.choices();
	const { step, bounds } = periodsOf(Math.max(query.fromMs ?? 0, sinceMs ?? nowMs), nowMs, zoneOffsetMinutes);
	const filter = { ...(query.workspaceId === undefined ? {} : { workspaceId: query.workspaceId }), ...(query.modelId === undefined ? {} : { modelId: query.modelId }) };
	const [fromMs, toMs] = [bounds[0] ?? nowMs, bounds.at(-1) ?? nowMs];
	const { calls, questions } = await ledger.sums(bounds, filter);
	const samples = await ledger.samples({ fromMs, toMs }, filter, SAMPLE_LIMIT);
	const split = (cells: readonly CallCell[]) => ({
		local: addCalls(cells.filter(({ isRemote }) => !isRemote)),
		remote: addCalls(cells.filter(({ isRemote }) => isRemote)),
	});
	return {
		nowMs,
		fromMs,
		sinceMs,
		step,
		periods: bounds.slice(1).map((end, period) => ({
			fromMs: bounds[period] ?? end,
			toMs: end,
			...split(calls.filter((cell) => cell.period === period)),
			questions: addQuestions(questions.filter((cell) => cell.period === period)),
		})),
		...split(calls),
		questions: addQuestions(questions),
		models: choices.models
			.map(
				(model): DashboardModel => ({
					...model,
					calls: addCalls(calls.filter(({ modelId }) => modelId === model.modelId)),
					questions: addQuestions(questions.filter(({ modelId }) => modelId === model.modelId)),
				}),
			)
			.filter((model) => model.calls.calls > 0 || model.questions.asked > 0)
			.sort((a, b) => b.calls.calls - a.calls.calls),
		savings: savingsOfQuestions(questions),
		effect: effectOfQuestions(questions),
		sampleLimit: SAMPLE_LIMIT,
		latency: latencyOf(samples),
		calibration: calibrationOf(samples.judged),
		choices,
	};
}

/** Days of the user's calendar, or weeks where these were too many, up to the end of today; so that bounds are whole slots in every time zone. */
export function periodsOf(
	fromMs: number,
	nowMs: number,
	zoneOffsetMinutes: (timeMs: number) => number,
): { readonly step: 'day' | 'week'; readonly bounds: readonly number[] } {
	// A day has 23 to 25 hours: its middle says which one it is.
	const startOfDay = (timeMs: number) => Math.floor(startOf('day', timeMs, zoneOffsetMinutes) / SLOT_MS) * SLOT_MS;
	const first = startOfDay(Math.min(fromMs, nowMs));
	const days = Math.round((startOfDay(nowMs) - first) / DAY_MS) + 1;
	const step = days > MOST_DAYS ? 'week' : 'day';
	const length = step === 'week' ? 7 : 1;
	const periods = Math.ceil(days / length);
	// Counted back from today, so that the last period is as long as the others.
	const skipped = periods * length - days;
	return { step, bounds: Array.from({ length: periods + 1 }, (_, index) => startOfDay(first + (index * length - skipped) * DAY_MS + DAY_MS / 2)) };
}

/** `localSavings` of all calls of these questions. */
export function savingsOfQuestions(cells: readonly QuestionCell[]): LocalSavings {
	const { answered, answeredLocally, localUsd, repeatedUsd, answerUsd, triesUsd, compressionUsd, unknownAnswers, unknownCosts } = addQuestions(cells);
	return savingsOf({
		terms: [
			{ code: 'local-answers', usd: localUsd },
			{ code: 'repeated-answers', usd: repeatedUsd },
			{ code: 'cost-of-answers', usd: 0 - answerUsd },
			{ code: 'failed-local-tries', usd: 0 - triesUsd },
			{ code: 'compression', usd: 0 - compressionUsd },
		],
		unknownAnswers,
		unknownCosts,
		prices: cells
			.map(({ referenceModelId: modelId, referencePriceAsOf: asOf, ...cell }) => ({ modelId, asOf, answers: cell.answeredLocally - cell.unknownAnswers }))
			.filter(({ answers }) => answers > 0),
		answered,
		answeredLocally,
	});
}

/** `augmentationEffect` of all calls of these questions. */
export function effectOfQuestions(cells: readonly QuestionCell[]): AugmentationEffect {
	const { controls, controlTokens, controlSquares, augmented, augmentedTokens, augmentedSquares } = addQuestions(cells);
	return effectOf(tokenSample(controls, controlTokens, controlSquares), tokenSample(augmented, augmentedTokens, augmentedSquares));
}

function tokenSample(count: number, tokens: number, squares: number): TokenSample {
	if (count < 2) return { count, mean: count === 0 ? 0 : tokens, error: 0 };
	const mean = tokens / count;
	return { count, mean, error: Math.max(0, squares - count * mean ** 2) / (count - 1) / count };
}

function latencyOf({ localMs, remoteMs, firstTokenMs, totalMs, searchMs, storeMs }: LatencySamples): DashboardFigures['latency'] {
	return {
		local: distributionOf(localMs),
		remote: distributionOf(remoteMs),
		firstToken: distributionOf(firstTokenMs),
		total: distributionOf(totalMs),
		search: distributionOf(searchMs),
		store: distributionOf(storeMs),
	};
}

/** Null where there is no value. Percentiles are values that occur: the smallest that so many are at most. */
export function distributionOf(values: readonly number[]): Distribution | null {
	const sorted = [...values].sort((a, b) => a - b);
	const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
	return sorted.length === 0 ? null : { count: sorted.length, p50: at(0.5), p95: at(0.95) };
}

/** Groups of equal size by what was predicted; fewer where there are few answers. */
export function calibrationOf(judged: LatencySamples['judged']): Calibration | null {
	if (judged.length === 0) return null;
	const sorted = [...judged].sort((a, b) => a.confidence - b.confidence);
	const count = Math.min(CALIBRATION_GROUPS, Math.max(1, Math.floor(sorted.length / 5)));
	const groups = Array.from({ length: count }, (_, index) => {
		const group = sorted.slice(Math.floor((index * sorted.length) / count), Math.floor(((index + 1) * sorted.length) / count));
		const mean = (of: (one: LatencySamples['judged'][number]) => number) => group.reduce((total, one) => total + of(one), 0) / group.length;
		return { answers: group.length, predicted: mean(({ confidence }) => confidence), happened: mean(({ success }) => success) };
	});
	const expectedError = groups.reduce((total, { answers, predicted, happened }) => total + answers * Math.abs(predicted - happened), 0) / sorted.length;
	return { answers: sorted.length, groups, expectedError };
}
