import type { CallSums, QuestionSums } from '#core/domain/dashboard';

const NO_CALLS: CallSums = {
	calls: 0,
	failed: 0,
	cancelled: 0,
	cacheHits: 0,
	inputTokens: 0,
	outputTokens: 0,
	estimatedCalls: 0,
	costUsd: 0,
	unknownCostCalls: 0,
	timedCalls: 0,
	timedMs: 0,
};

const NO_QUESTIONS: QuestionSums = {
	asked: 0,
	answered: 0,
	answeredLocally: 0,
	stored: 0,
	retried: 0,
	localTokens: 0,
	localUsd: 0,
	repeatedUsd: 0,
	answerUsd: 0,
	triesUsd: 0,
	compressionUsd: 0,
	unknownAnswers: 0,
	unknownCosts: 0,
	augmented: 0,
	augmentedTokens: 0,
	augmentedSquares: 0,
	controls: 0,
	controlTokens: 0,
	controlSquares: 0,
	timed: 0,
	totalMs: 0,
	searched: 0,
	searchMs: 0,
	storeMs: 0,
	withRelevance: 0,
	relevance: 0,
	withConfidence: 0,
	confidence: 0,
	judged: 0,
	successes: 0,
	partials: 0,
	failures: 0,
	success: 0,
	thumbsUp: 0,
	thumbsDown: 0,
	highValue: 0,
	contexts: 0,
	contextsJudged: 0,
	contextsUsed: 0,
	contextsReused: 0,
};

export const addCalls = (cells: readonly CallSums[]): CallSums => add(NO_CALLS, cells);
export const addQuestions = (cells: readonly QuestionSums[]): QuestionSums => add(NO_QUESTIONS, cells);

/** Field by field, in the units of the ledger, so that the sum of sums is exactly that of the rows. */
function add<T extends Readonly<Record<keyof T, number>>>(nothing: T, cells: readonly T[]): T {
	const fields = Object.keys(nothing) as (keyof T & string)[];
	return Object.fromEntries(fields.map((field) => [field, sumOf(field, cells)])) as unknown as T;
}

function sumOf<T extends Readonly<Record<keyof T, number>>>(field: keyof T & string, cells: readonly T[]): number {
	const units = unitsOf(field);
	return cells.reduce((total, cell) => total + Math.round(cell[field] * units), 0) / units;
}

function unitsOf(field: string): number {
	if (field.endsWith('Usd')) return 1e9;
	if (field.endsWith('Ms')) return 1e3;
	return field === 'relevance' || field === 'confidence' || field === 'success' ? 1e6 : 1;
}
