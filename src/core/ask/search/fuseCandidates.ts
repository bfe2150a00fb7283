import type { QuestionKind } from '#core/domain/question';
import type { Candidate, Signal } from './candidates.ts';

/** Weights of a weighted reciprocal rank fusion, Σ weight / (k + rank), and its constant. */
interface FusionWeights {
	readonly k: number;
	readonly weights: Readonly<Partial<Record<Signal, number>>>;
}

/** Questions in words are led by meaning; names, errors and issues by words. With no vectors the words lead everything. */
const BY_KIND: Readonly<Record<QuestionKind, FusionWeights>> = {
	'natural-language': { k: 3, weights: { 'meaning': 5, 'words': 0.6, 'static-meaning': 0.4, 'symbol': 0.25, 'path': 0.15, 'file-words': 0.15 } },
	'identifiers': { k: 10, weights: { 'symbol': 2, 'words': 1.5, 'path': 0.6, 'meaning': 0.5, 'static-meaning': 0.2, 'file-words': 0.4 } },
	'path': { k: 10, weights: { path: 3, words: 0.5, symbol: 0.5 } },
	'error-text': { k: 10, weights: { 'words': 1.5, 'symbol': 1, 'meaning': 1, 'path': 0.5, 'static-meaning': 0.3, 'file-words': 0.6 } },
	'issue': { k: 10, weights: { 'words': 1, 'symbol': 0.8, 'file-words': 4, 'path': 0.8, 'meaning': 0.8, 'static-meaning': 0.3 } },
};

/** The fused score of each candidate, from its ranks. */
export function fuseCandidates(candidates: readonly Candidate[], kind: QuestionKind): Map<string, number> {
	const { k, weights } = BY_KIND[kind];
	return new Map(
		candidates.map(({ id, ranks }) => {
			let score = 0;
			for (const [signal, rank] of ranks) score += (weights[signal] ?? 0) / (k + rank);
			return [id, score];
		}),
	);
}
