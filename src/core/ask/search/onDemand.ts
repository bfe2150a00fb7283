import { raceAbort } from '#core/base/abort';
import { embeddedText } from '#core/domain/chunk';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { ClockPort } from '#core/ports';
import type { Finalist } from './candidates.ts';

/** Texts a round: what comes of a round is kept, also when time runs out in the next. */
const ROUND = 4;

/**
 * Gives candidates whose vectors are not stored a cosine by embedding them now, in the order given, until the time is up. What is embedded is
 * kept, so the next question finds it.
 */
export async function embedOnDemand(options: {
	readonly candidates: readonly Finalist[];
	readonly question: Float32Array;
	readonly model: EmbeddingModel;
	readonly budgetMs: number;
	readonly clock: ClockPort;
	/** What the requests are noted for. */
	readonly interactionId?: string;
	readonly signal?: AbortSignal;
}): Promise<void> {
	const { candidates, question, model, clock, interactionId, signal } = options;
	if (options.budgetMs <= 0) return;
	const limit = new AbortController();
	const timer = new AbortController();
	clock.delay(options.budgetMs, timer.signal).then(
		() => limit.abort(),
		() => undefined,
	);
	const either = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
	try {
		await embedUntil(candidates, question, model, { interactionId, signal: either });
	} catch (error) {
		// Time is up: what has its cosine keeps it.
		if (!limit.signal.aborted || signal?.aborted) throw error;
	} finally {
		timer.abort();
	}
}

async function embedUntil(
	candidates: readonly Finalist[],
	question: Float32Array,
	model: EmbeddingModel,
	more: { readonly interactionId?: string; readonly signal: AbortSignal },
): Promise<void> {
	for (const group of groupByStore(candidates)) {
		const { vectors: store, worktree } = group[0]?.stores ?? {};
		if (!store) continue;
		for (let start = 0; start < group.length; start += ROUND) {
			const round = group.slice(start, start + ROUND);
			const texts = round.map(({ payload }) => embeddedText({ breadcrumb: payload.breadcrumb, text: payload.code_snippet }));
			// The race ends the wait at once; a model may hear the signal only when its batch is done.
			const vectors = await raceAbort(model.embed(texts, { purpose: 'document', workspaceId: worktree?.id, ...more }), more.signal);
			for (const [index, candidate] of round.entries()) if (vectors[index]) candidate.cosine = dot(question, vectors[index]);
			await store.putVectors(round.flatMap(({ payload }, index) => (vectors[index] ? [{ contentHash: payload.content_hash, vector: vectors[index] }] : [])));
		}
	}
}

/** The candidates without a cosine, by their store. */
function groupByStore(candidates: readonly Finalist[]): Finalist[][] {
	const groups = new Map<object, Finalist[]>();
	for (const candidate of candidates) if (candidate.cosine === null) groups.set(candidate.stores.vectors, [...(groups.get(candidate.stores.vectors) ?? []), candidate]);
	return [...groups.values()];
}

function dot(a: Float32Array, b: Float32Array): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
	return sum;
}
