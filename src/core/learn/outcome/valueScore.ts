import type { OutcomeLabel } from '#core/domain/outcome';

/** What the seed's algorithm reads of an interaction, and of the history that it stands in. */
export interface ScoredInteraction {
	readonly query: string;
	readonly response: string;
	readonly outcome: OutcomeLabel | null;
	readonly userFeedback: -1 | 0 | 1;
	/** Past queries of at least 0.8 cosine similarity, this one not counted. */
	readonly similarAt80: number;
	/** Past queries of at least 0.9 cosine similarity, this one not counted. */
	readonly similarAt90: number;
}

const REUSABLE_KEYWORDS = ['how to', 'best practice', 'configure', 'setup'];

/**
 * How much is to be learned from an interaction, 0…1: outcome 40%, user feedback 20%, reusability 20%, complexity 10%, novelty 10%.
 * The “Data Value Scoring Algorithm” of the product's description, to the letter.
 */
export function computeValueScore(interaction: ScoredInteraction): number {
	let score = 0;
	if (interaction.outcome === 'success') score += 0.4;
	else if (interaction.outcome === 'partial') score += 0.2;
	if (interaction.userFeedback === 1) score += 0.2;
	else if (interaction.userFeedback === 0) score += 0.1;
	score += 0.2 * estimateReusability(interaction.query, interaction.similarAt80);
	score += 0.1 * estimateComplexity(interaction.response);
	score += 0.1 * estimateNovelty(interaction.similarAt90);
	return Math.min(score, 1);
}

/** How likely a query of this kind comes again, 0…1. */
export function estimateReusability(query: string, similarAt80: number): number {
	const lower = query.toLowerCase();
	const bonus = REUSABLE_KEYWORDS.filter((keyword) => lower.includes(keyword)).length;
	return Math.min(similarAt80 * 0.1 + bonus * 0.2, 1);
}

/** Steps, code fences and length of a response, 0…1. Length is in characters (code points), normalised by 2,000. */
export function estimateComplexity(response: string): number {
	const steps = countOf(response, '1.') + countOf(response, '2.') + countOf(response, '3.');
	const codeBlocks = countOf(response, '```');
	const length = Math.min([...response].length / 2_000, 1);
	return Math.min(steps * 0.1 + codeBlocks * 0.15 + length * 0.5, 1);
}

/** How new a query is, 0.1…1, by how many there were that are nearly the same. */
export function estimateNovelty(similarAt90: number): number {
	if (similarAt90 === 0) return 1;
	if (similarAt90 < 3) return 0.7;
	if (similarAt90 < 10) return 0.4;
	return 0.1;
}

/** Occurrences that do not overlap. */
function countOf(text: string, piece: string): number {
	return text.split(piece).length - 1;
}
