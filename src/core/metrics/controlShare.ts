import type { AugmentationEffect } from '#core/domain/spending';
import type { LedgerRow } from './ledger.ts';

/** Questions that each side needs before a figure is given: below, the interval by Student's t is not to be trusted on skewed token counts. */
export const MINIMUM_QUESTIONS = 30;

/**
 * The second counterfactual, by Welch's interval on the tokens (in and out, of all its calls that answer or compress) of each answered question.
 * Pure; rows in any order, whole interactions. Stored answers are left out: they took no tokens for another reason.
 */
export function augmentationEffect(rows: readonly LedgerRow[], minimum = MINIMUM_QUESTIONS): AugmentationEffect {
	const questions = new Map<string, { tokens: number; isControl: boolean; isAnswered: boolean; isStored: boolean }>();
	for (const row of rows) {
		if (row.purpose !== 'answer' && row.purpose !== 'compression') continue;
		const question = questions.get(row.interactionId) ?? { tokens: 0, isControl: false, isAnswered: false, isStored: false };
		question.tokens += row.inputTokens + row.outputTokens;
		question.isControl ||= row.isControl;
		question.isAnswered ||= row.purpose === 'answer' && row.result === 'ok';
		question.isStored ||= row.isCacheHit;
		questions.set(row.interactionId, question);
	}
	const counted = [...questions.values()].filter(({ isAnswered, isStored }) => isAnswered && !isStored);
	return effectOf(
		describe(counted.filter(({ isControl }) => isControl).map(({ tokens }) => tokens)),
		describe(counted.filter(({ isControl }) => !isControl).map(({ tokens }) => tokens)),
		minimum,
	);
}

/** Tokens of some questions. */
export interface TokenSample {
	readonly count: number;
	readonly mean: number;
	/** Variance of the mean: that of the sample over its count. */
	readonly error: number;
}

/** The same from what two samples are known by. */
export function effectOf(control: TokenSample, augmented: TokenSample, minimum = MINIMUM_QUESTIONS): AugmentationEffect {
	const counts = { formula: 'mean-tokens-of-controls-minus-mean-tokens-of-augmented', controls: control.count, augmented: augmented.count } as const;
	if (control.count < Math.max(2, minimum) || augmented.count < Math.max(2, minimum)) return { ...counts, status: 'not-enough-yet', minimum };
	const savedTokensPerQuestion = control.mean - augmented.mean;
	const half = welchHalfWidth(control, augmented);
	const interval = { low: savedTokensPerQuestion - half, high: savedTokensPerQuestion + half };
	return {
		...counts,
		status: 'measured',
		savedTokensPerQuestion,
		interval,
		savedTokens: savedTokensPerQuestion * augmented.count,
		isClear: interval.low > 0 || interval.high < 0,
	};
}

/**
 * Whether a question belongs to the control share. Drawn from its random id, so that every process, and a try on another model, says the same;
 * a share of 0 draws none.
 */
export function isControlQuestion(interactionId: string, share: number): boolean {
	// FNV-1a with a final mix, else ids that differ at the end alone draw alike.
	let hash = 0x811c9dc5;
	for (let i = 0; i < interactionId.length; i++) hash = Math.imul(hash ^ interactionId.charCodeAt(i), 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < share;
}

function describe(values: readonly number[]): TokenSample {
	const count = values.length;
	if (count < 2) return { count, mean: values[0] ?? 0, error: 0 };
	const mean = values.reduce((total, value) => total + value, 0) / count;
	const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
	return { count, mean, error: squares / (count - 1) / count };
}

/** Half of the 95% interval of a difference of means, with the degrees of freedom of Welch and Satterthwaite. */
function welchHalfWidth(a: TokenSample, b: TokenSample): number {
	const error = a.error + b.error;
	if (error === 0) return 0;
	const freedom = error ** 2 / (a.error ** 2 / (a.count - 1) + b.error ** 2 / (b.count - 1));
	// The quantile of Student's t from that of the normal distribution (Abramowitz and Stegun 26.7.5), good to 0.002 from 10 degrees on.
	const z = 1.959964;
	const t = z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
	return t * Math.sqrt(error);
}
