import { isCancellation, raceAbort } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import { type LocalOnlyCheck, mayRead } from '#core/domain/localOnly';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { IngestRun, IngestTarget } from './ingestPipeline.ts';

/** Batches of 1–8 sorted by length are fastest; the model makes those of what it gets. */
const EMBED_BATCH = 32;
const EMBED_TIMEOUT_MS = 120_000;

/** What gets no vector, as far as is known. */
export interface WithoutVector {
	/** Content hashes of texts that alone make the model fail. */
	readonly poison: Set<string>;
	/** Paths of files that a model on another machine may not read. */
	readonly withheld: Set<string>;
}

/** chunk → embed → store, one batch: true when there may be more. What turns out to get no vector is added to `without`. */
export async function embedBatch(
	target: IngestTarget & { readonly localOnly: LocalOnlyCheck },
	model: EmbeddingModel,
	{ poison, withheld }: WithoutVector,
	run: IngestRun,
): Promise<{ readonly embedded: number; readonly hasMore: boolean }> {
	const filter = { must: [{ key: 'workspace_id', match: { value: target.worktree.id } }] };
	const missing = await target.vectors.missingVectors('codebase-context', { limit: EMBED_BATCH + poison.size, filter, first: run.first ?? [], without: [...withheld] });
	const { files } = target.ports;
	const places = missing.map(({ filePath }) => ({ path: files.join(target.worktree.path, filePath ?? '') }));
	const isReadable = await mayRead(model, places, target.localOnly);
	for (const [i, { filePath }] of missing.entries()) if (!isReadable[i] && filePath !== null) withheld.add(filePath);
	const readable = missing.filter((_, i) => isReadable[i]);
	const texts = readable
		.filter(({ contentHash }) => !poison.has(contentHash))
		.slice(0, EMBED_BATCH)
		.sort((a, b) => a.text.length - b.text.length);
	// What is withheld now makes room for others in the next batch.
	if (texts.length === 0) return { embedded: 0, hasMore: readable.length < missing.length };
	let embedded = 0;
	const store = async (part: typeof texts) => {
		const found = await embedWithTimeout(
			target,
			model,
			part.map(({ text }) => text),
			run.signal,
		);
		await target.vectors.putVectors(part.flatMap(({ contentHash }, i) => (found[i] ? [{ contentHash, vector: found[i] }] : [])));
		embedded += part.length;
	};
	const size = model.requestSize ?? EMBED_BATCH;
	for (let start = 0; start < texts.length; start += size) {
		const part = texts.slice(start, start + size);
		await store(part).catch(async (error: unknown) => {
			if (isCancellation(error) || isOutage(error)) throw error;
			const { suspects, failure } = await oneByOne(part, store);
			// When every text fails it is the model that is ill, not the texts.
			if (suspects.length === part.length) throw failure;
			for (const hash of suspects) poison.add(hash);
		});
	}
	return { embedded, hasMore: true };
}

/** The texts that fail alone, by their content, and what the last one failed with. */
async function oneByOne<T extends { readonly contentHash: string }>(
	texts: readonly T[],
	store: (part: T[]) => Promise<void>,
): Promise<{ readonly suspects: readonly string[]; readonly failure: unknown }> {
	let failure: unknown;
	const suspects: string[] = [];
	for (const text of texts) {
		await store([text]).catch((cause: unknown) => {
			if (isCancellation(cause) || isOutage(cause)) throw cause;
			failure = cause;
			suspects.push(text.contentHash);
		});
	}
	return { suspects, failure };
}

async function embedWithTimeout(target: IngestTarget, model: EmbeddingModel, texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
	const limit = new AbortController();
	const timer = new AbortController();
	const timeout = target.ports.clock.delay(EMBED_TIMEOUT_MS, timer.signal).then(
		() => {
			limit.abort();
			throw new CoordinatorError('server-timeout', `The embedding model ${model.label} did not answer in time.`, { isRetryable: true, details: { model: model.id } });
		},
		() => new Promise<never>(() => {}),
	);
	try {
		return await Promise.race([
			timeout,
			raceAbort(model.embed(texts, { purpose: 'document', workspaceId: target.worktree.id, signal: AbortSignal.any([signal, limit.signal]) }), signal),
		]);
	} finally {
		timer.abort();
	}
}

/** Errors that say nothing about a text: waiting helps, trying text by text does not. */
function isOutage(error: unknown): boolean {
	return CoordinatorError.is(error) && !['server-error', 'context-too-long', 'invalid-argument', 'internal'].includes(error.code);
}
