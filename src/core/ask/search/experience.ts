import { inverseFrequency } from '#core/domain/bm25';
import { decayedSuccessRate, type SuccessRate } from '#core/domain/experience';
import { countOf, type LexicalVector } from '#core/domain/lexicalVector';
import { termVector } from '#core/domain/terms';
import type { Settings } from '#core/settings';
import { type Credit, type OutcomeStore, placeOf } from '#core/store/outcomeStore';
import type { RankedPoint, SearchRequest, VectorStore } from '#core/store/vectorStore';

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

/** Past questions that count, by words and by meaning, and the nearest that they are taken from: most were never judged, and say nothing. */
const NEIGHBOURS = 20;
const LOOKED_AT = 200;
/** Similarity of texts (cosine of tf-idf vectors), and of meanings: from the first number on a past question counts, from the second on fully. */
const SIMILAR_WORDS = [0.1, 0.5] as const;
const SIMILAR_MEANING = [0.6, 0.95] as const;
/** Most that a place's record, whatever the question, takes or adds: a popular file must not drown a relevant one. */
const RECORD_SHARE = 0.15;
/** Pieces of evidence from which a record counts half of that. */
const HALF_EVIDENCE = 3;
/** Most that agents' word alone does to what is remembered, however often it is given: less than one thumb of the user. */
const MOST_CLAIMED = 0.25;

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
	const similarities = await similarQuestions(question, embedding, places.workspaceIds, source);
	const memory = new Map<string, number>();
	const claims = new Map<string, number>();
	for (const credit of await outcomes.creditsOf([...similarities.keys()])) {
		const weight = (similarities.get(credit.interactionId) ?? 0) * decayed(credit, nowMs, halfLifeDays);
		const heard = credit.isConfirmed ? memory : claims;
		heard.set(credit.place, clamp((heard.get(credit.place) ?? 0) + weight * (2 * credit.success - 1)));
	}
	for (const [place, claim] of claims) memory.set(place, clamp((memory.get(place) ?? 0) + clamp(claim, MOST_CLAIMED)));
	const asked = places.files.map(({ workspaceId, filePath }) => placeOf(workspaceId, filePath, null));
	const records = new Map([...(await outcomes.creditsAt(asked))].map(([place, credits]) => [place, decayedSuccessRate(credits, nowMs, halfLifeDays)]));
	return new Experience(memory, records);
}

function decayed({ weight, timeMs }: Credit, nowMs: number, halfLifeDays: number): number {
	return weight * 2 ** (-Math.max(0, nowMs - timeMs) / (halfLifeDays * 86_400_000));
}

function clamp(value: number, most = 1): number {
	return Math.max(-most, Math.min(most, value));
}

/** Past interactions by how similar their question is, 0…1. */
async function similarQuestions(
	question: string,
	embedding: { readonly model: string; readonly vector: Float32Array } | null,
	workspaceIds: readonly string[],
	source: ExperienceSource,
): Promise<ReadonlyMap<string, number>> {
	const { history } = source;
	const similarities = new Map<string, number>();
	const note = (id: string, similarity: number) => {
		if (similarity > 0) similarities.set(id, Math.max(similarities.get(id) ?? 0, similarity));
	};
	const filter = { must: [{ key: 'workspace_id', match: { any: workspaceIds } }] };
	const terms = termVector(question);
	if (terms.hashes.length > 0) {
		const hashes = [...terms.hashes];
		const lexical = [{ field: 'text' as const, terms: hashes.map((hash, index) => ({ hash, weight: Math.sqrt(terms.counts[index] ?? 1) })) }];
		const near = await nearestJudged({ lexical, filter }, source);
		const points = await history.get(
			'interaction-history',
			near.map(({ id }) => id),
		);
		const texts = points.map(({ id, payload }) => ({ id, vector: termVector(payload.query) }));
		const all = [...new Set([...hashes, ...texts.flatMap(({ vector }) => [...vector.hashes])])];
		const { points: known, frequencies } = await history.termStatistics('interaction-history', { field: 'text', hashes: all, filter });
		const idf = new Map(all.map((hash, index) => [hash, inverseFrequency(known, frequencies[index] ?? 0)]));
		for (const { id, vector } of texts) note(id, shareOf(cosine(terms, vector, idf), SIMILAR_WORDS));
	}
	if (embedding) {
		await history.useEmbeddingModel(embedding.model, embedding.vector.length);
		for (const { id, score } of await nearestJudged({ dense: { vector: embedding.vector }, filter }, source)) note(id, shareOf(score, SIMILAR_MEANING));
	}
	return similarities;
}

/** The nearest questions that were judged; those that agents alone judged come beside the others, and keep none of them out. */
async function nearestJudged(request: Omit<SearchRequest, 'limit'>, { history, outcomes }: ExperienceSource): Promise<readonly RankedPoint[]> {
	const near = await history.rank('interaction-history', { ...request, limit: LOOKED_AT });
	const credits = await outcomes.creditsOf(near.map(({ id }) => id));
	const judged = new Map(credits.map(({ interactionId, isConfirmed }) => [interactionId, isConfirmed]));
	const those = (isConfirmed: boolean) => near.filter(({ id }) => judged.get(id) === isConfirmed).slice(0, NEIGHBOURS);
	return [...those(true), ...those(false)];
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
