import type { Hit } from '#core/domain/hit';

export interface ContextLimits {
	/** Most pieces. */
	readonly limit: number;
	/** Relevance from which a piece is sent. */
	readonly threshold: number;
	/** Tokens for all pieces together. */
	readonly tokens: number;
}

/**
 * When nothing reaches the threshold, the best pieces down to this relevance are sent: a thin answer helps more than none, and is shown as such.
 * The pieces that all signals together put first are sent down to it as well: their order is better evidence than the relevance that one of
 * them gives. Two: one and three were worse by F1 of files on the issues for choosing (bench `tokens --part choose`).
 */
const FLOOR = 0.3;
const FLOOR_PIECES = 3;
const FIRST_PIECES = 2;
/** Tokens a piece costs beside its text: path, lines, fence. */
const FRAME_TOKENS = 24;

/**
 * The pieces that go into the prompt, in rank order: relevant ones until limit or budget. A piece that does not fit is passed over, so
 * that a smaller one behind it can. `costs` gives the tokens of a piece's text.
 */
export function selectContext(
	hits: readonly Hit[],
	limits: ContextLimits,
	costOf: (hit: Hit) => number,
): { readonly chosen: readonly Hit[]; readonly omitted: readonly Hit[] } {
	const isRelevant = ({ relevance }: Hit) => relevance >= limits.threshold;
	const eligible = hits.some(isRelevant)
		? hits.filter((hit, rank) => isRelevant(hit) || (rank < FIRST_PIECES && hit.relevance >= FLOOR))
		: hits.filter(({ relevance }) => relevance >= FLOOR).slice(0, FLOOR_PIECES);
	const chosen: Hit[] = [];
	const omitted: Hit[] = [];
	let spent = 0;
	for (const hit of eligible) {
		const cost = costOf(hit) + FRAME_TOKENS;
		if (chosen.length < limits.limit && spent + cost <= limits.tokens) {
			chosen.push(hit);
			spent += cost;
		} else omitted.push(hit);
	}
	return { chosen, omitted };
}
