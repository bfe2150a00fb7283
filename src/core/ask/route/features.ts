import type { RouteFeatures, RouteRequest } from '#core/domain/route';
import { difficultyOf } from './difficulty.ts';
import { workKindOf } from './workKind.ts';

const LOOKED_AT = 20_000;

/** Number of plain features. */
export const PLAIN_COUNT = 24;

/** What the router remembers of a question. */
export function featuresOf(request: Pick<RouteRequest, 'text' | 'vector' | 'context'>): RouteFeatures {
	return {
		workKind: workKindOf(request.text),
		difficulty: difficultyOf(request.text),
		plain: plainFeatures(request),
		vector: request.vector,
	};
}

/** The form of a question and of its context, each between -1 and 1, so that two differ by about one where a person would say they differ. */
export function plainFeatures({ text: whole, context }: Pick<RouteRequest, 'text' | 'context'>): Float32Array {
	const text = whole.slice(0, LOOKED_AT);
	const words = text.match(/\p{L}+/gu) ?? [];
	const count = Math.max(1, words.length);
	const number = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
	const has = (pattern: RegExp) => (pattern.test(text) ? 1 : 0);
	const lines = number(/\n/g);
	return Float32Array.of(
		around(Math.log(Math.max(1, whole.length)), 5.2, 1.2),
		around(Math.log(1 + words.length), 3.5, 1.2),
		around(number(/\d+/g) / count, 0.05, 0.1),
		has(/\d/),
		Math.min(1, lines / 10),
		Math.min(1, lines / 2),
		around(words.reduce((sum, word) => sum + word.length, 0) / count, 4.7, 1),
		around(new Set(words.map((word) => word.toLowerCase())).size / count, 0.7, 0.2),
		has(/\?\s*$/),
		has(/\?/),
		has(/(?:^|\n)\s*\(?[A-D][).:]\s/),
		has(/\b(?:def|function|class|return|const|import)\b|=>|;\n|```/),
		has(/[\\$^_{}=]/),
		Math.min(1, (5 * number(/[^\p{ASCII}]/gu)) / Math.max(1, text.length)),
		Math.min(1, number(/[.!?](?:\s|$)/g) / 8),
		Math.min(1, (4 * number(/[,;:]/g)) / count),
		has(/^(?:what|who|when|where|which|how|why)\b/i),
		has(/\b(?:write|create|generate|implement)\b/i),
		has(/\b(?:if|then|because|therefore|assume|suppose|given)\b/i),
		has(/\b(?:not|no|never|except)\b/i),
		// What was found: nothing, little, or much, and how well it fits.
		Math.tanh(context.count / 5),
		Math.tanh(context.tokens / 4000),
		clampShare(context.bestRelevance),
		clampShare(context.meanRelevance),
	);
}

const around = (value: number, middle: number, spread: number) => Math.tanh((value - middle) / spread);
const clampShare = (value: number) => Math.min(1, Math.max(0, value));
