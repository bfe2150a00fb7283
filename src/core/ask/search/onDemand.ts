import { embeddedText } from '#core/domain/chunk';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { ClockPort } from '#core/ports';
import type { Candidate } from './candidates.ts';

/** Texts a round; between two rounds the clock is looked at. */
const ROUND = 4;

/**
 * Gives the best candidates a cosine: from stored vectors, and for the others by embedding them now, best first, until the time is up.
 * What is embedded is kept, so the next question finds it. `candidates` are in order of promise.
 */
export async function embedOnDemand(options: {
	readonly candidates: readonly Candidate[];
	readonly question: Float32Array;
	readonly model: EmbeddingModel;
	readonly budgetMs: number;
	readonly clock: ClockPort;
	readonly signal?: AbortSignal;
}): Promise<void> {
	const { candidates, question, model, clock, signal } = options;
	const deadline = clock.nowMs() + options.budgetMs;
	for (const group of groupByStore(candidates.filter(({ cosine }) => cosine === null))) {
		const store = group[0]?.stores.vectors;
		if (!store) continue;
		const known = await store.vectors(group.map(({ payload }) => payload.content_hash));
		const unknown: Candidate[] = [];
		for (const candidate of group) {
			const vector = known.get(candidate.payload.content_hash);
			if (vector) candidate.cosine = dot(question, vector);
			else unknown.push(candidate);
		}
		for (let start = 0; start < unknown.length && clock.nowMs() < deadline; start += ROUND) {
			const round = unknown.slice(start, start + ROUND);
			const texts = round.map(({ payload }) => embeddedText({ breadcrumb: payload.breadcrumb, text: payload.code_snippet }));
			const vectors = await model.embed(texts, { purpose: 'document', ...(signal ? { signal } : {}) });
			for (const [index, candidate] of round.entries()) if (vectors[index]) candidate.cosine = dot(question, vectors[index]);
			await store.putVectors(round.flatMap(({ payload }, index) => (vectors[index] ? [{ contentHash: payload.content_hash, vector: vectors[index] }] : [])));
		}
	}
}

function groupByStore(candidates: readonly Candidate[]): Candidate[][] {
	const groups = new Map<object, Candidate[]>();
	for (const candidate of candidates) groups.set(candidate.stores.vectors, [...(groups.get(candidate.stores.vectors) ?? []), candidate]);
	return [...groups.values()];
}

function dot(a: Float32Array, b: Float32Array): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
	return sum;
}
