import { inverseFrequency } from '#core/domain/bm25';
import { decayedSuccessRate, type SuccessRate } from '#core/domain/experience';
import { countOf, type LexicalVector } from '#core/domain/lexicalVector';
import { termVector } from '#core/domain/terms';
import type { Settings } from '#core/settings';
import { type Credit, type OutcomeStore, placeOf } from '#core/store/outcomeStore';
import type { VectorStore } from '#core/store/vectorStore';

/** Where it is kept what became of earlier answers. */
export interface ExperienceSource {
	readonly history: VectorStore;
	readonly outcomes: OutcomeStore;
	readonly halfLifeDays: number;
	readonly nowMs: number;
}

/** The source as an option; none where nothing is kept, or while learning is paused. */
export function experienceSource(
	history: VectorStore | null,
	outcomes: OutcomeStore | undefined,
	{ enabled, halfLifeDays }: Settings['learning'],
	nowMs: number,
): { readonly experience?: ExperienceSource } {
	return history && outcomes && enabled ? { experience: { history, outcomes, halfLifeDays, nowMs } } : {};
}

/** Past questions that are looked at, by words and by meaning. */
const NEIGHBOURS = 20;
/** Similarity of texts (cosine of tf-idf vectors), and of meanings: from the first number on a past question counts, from the second on fully. */
const SIMILAR_WORDS = [0.1, 0.5] as const;
const SIMILAR_MEANING = [0.6, 0.95] as const;
/** Most that a place's record, whatever the question, takes or adds: a popular file must not drown a relevant one. */
const RECORD_SHARE = 0.15;
/** Pieces of evidence from which a record counts half of that. */
const HALF_EVIDENCE = 3;

/** No symbol's factor is above. */
export const LARGEST_SYMBOL_FACTOR = 2;

/** What earlier answers say of the places of a workspace, for one question. Without any, every factor is 1. */
export class Experience {
	readonly #memory: ReadonlyMap<string, number>;
	readonly #records: ReadonlyMap<string, SuccessRate>;

	constructor(memory: ReadonlyMap<string, number>, records: ReadonlyMap<string, SuccessRate>) {
		this.#memory = memory;
		this.#records = records;
	}

	/** For any piece of a file, 0.42…2.3. */
	fileFactor(workspaceId: string, filePath: string): number {
		const place = placeOf(workspaceId, filePath, null);
		const { rate, evidence } = this.#records.get(place) ?? { rate: 0.5, evidence: 0 };
		return factorOf(this.#memory.get(place)) * (1 + RECORD_SHARE * (2 * rate - 1) * (evidence / (evidence + HALF_EVIDENCE)));
	}

	/** Beside that, for the piece that a similar question was answered with, 0.5…2. */
	symbolFactor(workspaceId: string, filePath: string, symbol: string | null): number {
		return symbol === null ? 1 : factorOf(this.#memory.get(placeOf(workspaceId, filePath, symbol)));
	}
}

/** Remembered success doubles a score at most, remembered failure halves it. `memory` is −1…1. */
function factorOf(memory = 0): number {
	return 2 ** memory;
}

/**
 * Recalls what became of answers to similar questions of the same workspaces (query memory), and the record of the files given. `vector` is the
 * question's embedding; without one, words alone tell what is similar.
 */
export async function recallExperience(
	question: string,
	embedding: { readonly model: string; readonly vector: Float32Array } | null,
	places: { readonly workspaceIds: readonly string[]; readonly files: readonly { readonly workspaceId: string; readonly filePath: string }[] },
	source: ExperienceSource,
): Promise<Experience> {
	const { history, outcomes, nowMs, halfLifeDays } = source;
	if ((await history.count('interaction-history')) === 0) return new Experience(new Map(), new Map());
	const similarities = await similarQuestions(question, embedding, places.workspaceIds, history);
	const memory = new Map<string, number>();
	for (const credit of await outcomes.creditsOf([...similarities.keys()])) {
		const weight = (similarities.get(credit.interactionId) ?? 0) * decayed(credit, nowMs, halfLifeDays);
		memory.set(credit.place, clamp((memory.get(credit.place) ?? 0) + weight * (2 * credit.success - 1)));
	}
	const asked = places.files.map(({ workspaceId, filePath }) => placeOf(workspaceId, filePath, null));
	const records = new Map([...(await outcomes.creditsAt(asked))].map(([place, credits]) => [place, decayedSuccessRate(credits, nowMs, halfLifeDays)]));
	return new Experience(memory, records);
}

function decayed({ weight, timeMs }: Credit, nowMs: number, halfLifeDays: number): number {
	return weight * 2 ** (-Math.max(0, nowMs - timeMs) / (halfLifeDays * 86_400_000));
}

function clamp(value: number): number {
	return Math.max(-1, Math.min(1, value));
}

/** Past interactions by how similar their question is, 0…1. */
async function similarQuestions(
	question: string,
	embedding: { readonly model: string; readonly vector: Float32Array } | null,
	workspaceIds: readonly string[],
	history: VectorStore,
): Promise<ReadonlyMap<string, number>> {
	const similarities = new Map<string, number>();
	const note = (id: string, similarity: number) => {
		if (similarity > 0) similarities.set(id, Math.max(similarities.get(id) ?? 0, similarity));
	};
	const filter = { must: [{ key: 'workspace_id', match: { any: workspaceIds } }] };
	const terms = termVector(question);
	if (terms.hashes.length > 0) {
		const hashes = [...terms.hashes];
		const near = await history.search('interaction-history', {
			lexical: [{ field: 'text', terms: hashes.map((hash, index) => ({ hash, weight: Math.sqrt(terms.counts[index] ?? 1) })) }],
			filter,
			limit: NEIGHBOURS,
		});
		const texts = near.map(({ id, payload }) => ({ id, vector: termVector(payload.query) }));
		const all = [...new Set([...hashes, ...texts.flatMap(({ vector }) => [...vector.hashes])])];
		const { points, frequencies } = await history.termStatistics('interaction-history', { field: 'text', hashes: all, filter });
		const idf = new Map(all.map((hash, index) => [hash, inverseFrequency(points, frequencies[index] ?? 0)]));
		for (const { id, vector } of texts) note(id, shareOf(cosine(terms, vector, idf), SIMILAR_WORDS));
	}
	if (embedding) {
		await history.useEmbeddingModel(embedding.model, embedding.vector.length);
		const near = await history.rank('interaction-history', { dense: { vector: embedding.vector }, filter, limit: NEIGHBOURS });
		for (const { id, score } of near) note(id, shareOf(score, SIMILAR_MEANING));
	}
	return similarities;
}

/** How far a value is between two bounds, 0…1. */
function shareOf(value: number, [low, high]: readonly [number, number]): number {
	return Math.max(0, Math.min(1, (value - low) / (high - low)));
}

/** Cosine of two texts as vectors of √count × idf. */
function cosine(a: LexicalVector, b: LexicalVector, idf: ReadonlyMap<number, number>): number {
	const weightOf = (vector: LexicalVector, hash: number) => Math.sqrt(countOf(vector, hash)) * (idf.get(hash) ?? 0);
	const lengthOf = (vector: LexicalVector) => Math.sqrt(vector.hashes.reduce((sum, hash) => sum + weightOf(vector, hash) ** 2, 0));
	const product = a.hashes.reduce((sum, hash) => sum + weightOf(a, hash) * weightOf(b, hash), 0);
	const lengths = lengthOf(a) * lengthOf(b);
	return lengths > 0 ? product / lengths : 0;
}
