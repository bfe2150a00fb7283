import { isCancellation, raceAbort, throwIfAborted } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { ProcessedFile, ScannedFile, Worktree } from '#core/domain/file';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { ManifestEntry, ManifestStore } from '#core/store/manifestStore';
import type { VectorStore } from '#core/store/vectorStore';
import { scanWorkspace, type ScanResult } from './scan/scanWorkspace.ts';

export interface IngestTarget {
	readonly worktree: Worktree;
	readonly manifest: ManifestStore;
	readonly vectors: VectorStore;
	readonly ports: Pick<Ports, 'files' | 'processor' | 'clock' | 'log'>;
	readonly settings: () => Settings;
}

export interface IngestRun {
	readonly signal: AbortSignal;
	/** Called after every batch, when what it holds is searchable; the next batch starts when it resolves. */
	readonly onBatch?: (done: number, total: number) => Promise<void> | void;
	/** Paths that come first: open or recently edited files. */
	readonly first?: readonly string[];
}

const BATCH_FILES = 128;
const BATCH_BYTES = 4_000_000;
/** A file that failed this often is left alone until it changes. */
const MAX_FAILURES = 3;
/** Batches of 1–8 sorted by length are fastest; the model makes those of what it gets. */
const EMBED_BATCH = 32;
const EMBED_TIMEOUT_MS = 120_000;

/** scan → chunk → store: makes the whole worktree searchable by words. What has not changed since is not read. */
export async function ingestWorktree(target: IngestTarget, run: IngestRun): Promise<ScanResult> {
	const { worktree, manifest, ports, settings } = target;
	const scan = await scanWorkspace(worktree.path, ports.files, { index: settings().index, signal: run.signal });
	const known = await manifest.entries(worktree.id);
	await manifest.remove(worktree, goneFrom(scan, known));
	await manifest.recordSkips(worktree, scan.skipped, scan.examples);
	await ingestFiles(target, scan.files.filter((file) => hasChanged(file, known.get(file.path))), known, run);
	return scan;
}

/** chunk → store for files that a scan, or a watcher, found changed. Known content is linked, not parsed again. */
export async function ingestFiles(target: IngestTarget, files: readonly ScannedFile[], known: ReadonlyMap<string, ManifestEntry>, run: IngestRun): Promise<void> {
	const { worktree, manifest, ports, settings } = target;
	const { languages, maxFileBytes } = settings().index;
	let done = 0;
	await run.onBatch?.(0, files.length);
	for (const batch of batches(ordered(files, run.first ?? []))) {
		throwIfAborted(run.signal);
		const unknown = await linkKnown(target, batch, run.signal);
		if (unknown.length > 0) {
			const processed = await ports.processor.process(worktree.path, unknown, { languages, maxFileBytes, signal: run.signal });
			await manifest.record(worktree, processed.map((file, i) => quarantined(file, unknown[i], known.get(file.path))));
		}
		done += batch.length;
		await run.onBatch?.(done, files.length);
	}
}

/** chunk → embed → store, one batch: true when there may be more. Texts that alone make the model fail are added to `poison`. */
export async function embedBatch(target: IngestTarget, model: EmbeddingModel, poison: Set<string>, run: IngestRun): Promise<{ readonly embedded: number; readonly hasMore: boolean }> {
	const filter = { must: [{ key: 'workspace_id', match: { value: target.worktree.id } }] };
	const missing = await target.vectors.missingVectors('codebase-context', { limit: EMBED_BATCH + poison.size, filter, first: run.first ?? [] });
	const texts = missing.filter(({ contentHash }) => !poison.has(contentHash)).slice(0, EMBED_BATCH).sort((a, b) => a.text.length - b.text.length);
	if (texts.length === 0) return { embedded: 0, hasMore: false };
	let failure: unknown;
	let embedded = 0;
	const store = async (part: typeof texts) => {
		const found = await embedWithTimeout(target, model, part.map(({ text }) => text), run.signal);
		await target.vectors.putVectors(part.flatMap(({ contentHash }, i) => (found[i] ? [{ contentHash, vector: found[i] }] : [])));
		embedded += part.length;
	};
	try {
		await store(texts);
	} catch (error) {
		if (isCancellation(error) || isOutage(error)) throw error;
		const suspects: string[] = [];
		for (const text of texts) {
			await store([text]).catch((cause: unknown) => {
				if (isCancellation(cause) || isOutage(cause)) throw cause;
				failure = cause;
				suspects.push(text.contentHash);
			});
		}
		// When every text fails it is the model that is ill, not the texts.
		if (suspects.length === texts.length) throw failure;
		for (const hash of suspects) poison.add(hash);
	}
	return { embedded, hasMore: true };
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
		return await Promise.race([timeout, raceAbort(model.embed(texts, { purpose: 'document', signal: AbortSignal.any([signal, limit.signal]) }), signal)]);
	} finally {
		timer.abort();
	}
}

/** Errors that say nothing about a text: waiting helps, trying text by text does not. */
function isOutage(error: unknown): boolean {
	return CoordinatorError.is(error) && !['server-error', 'context-too-long', 'invalid-argument', 'internal'].includes(error.code);
}

async function linkKnown({ worktree, manifest, ports, settings }: IngestTarget, batch: readonly ScannedFile[], signal: AbortSignal): Promise<readonly ScannedFile[]> {
	const identities = await ports.processor.identify(worktree.path, batch, { languages: settings().index.languages, signal });
	const outlines = await manifest.knownOutlines(identities.flatMap((identity) => (identity ? [`${identity.contentHash}:${identity.language}`] : [])));
	const isKnown = (i: number) => outlines.has(`${identities[i]?.contentHash}:${identities[i]?.language}`);
	const known = batch.flatMap((file, i) => {
		const identity = identities[i];
		return identity && isKnown(i) ? [{ ...file, ...identity }] : [];
	});
	if (known.length > 0) await manifest.recordKnown(worktree, known);
	return batch.filter((_, i) => !isKnown(i));
}

function hasChanged(file: ScannedFile, entry: ManifestEntry | undefined): boolean {
	if (!entry || entry.sizeBytes !== file.sizeBytes || entry.mtimeMs !== file.mtimeMs) return true;
	return entry.contentHash === null && entry.skipReason === null && entry.failureCount < MAX_FAILURES;
}

/** Known paths that the scan did not meet, except below folders that could not be read this time. */
function goneFrom(scan: ScanResult, known: ReadonlyMap<string, ManifestEntry>): string[] {
	const present = new Set(scan.files.map(({ path }) => path));
	return [...known.keys()].filter((path) => !present.has(path) && !scan.unreadableFolders.some((folder) => path.startsWith(`${folder}/`)));
}

function quarantined(file: ProcessedFile, scanned: ScannedFile | undefined, entry: ManifestEntry | undefined): ProcessedFile {
	if (file.status !== 'failed' || !scanned || (entry?.failureCount ?? 0) + 1 < MAX_FAILURES) return file;
	return { status: 'skipped', path: file.path, reason: 'quarantined', sizeBytes: scanned.sizeBytes, mtimeMs: scanned.mtimeMs };
}

/** Named paths first, then the most recently written. */
function ordered(files: readonly ScannedFile[], first: readonly string[]): ScannedFile[] {
	const rank = new Map(first.map((path, i) => [path, i]));
	const rankOf = (file: ScannedFile) => rank.get(file.path) ?? Number.MAX_SAFE_INTEGER;
	return [...files].sort((a, b) => rankOf(a) - rankOf(b) || b.mtimeMs - a.mtimeMs);
}

function* batches(files: readonly ScannedFile[]): Generator<ScannedFile[]> {
	let batch: ScannedFile[] = [];
	let bytes = 0;
	for (const file of files) {
		batch.push(file);
		bytes += file.sizeBytes;
		if (batch.length < BATCH_FILES && bytes < BATCH_BYTES) continue;
		yield batch;
		batch = [];
		bytes = 0;
	}
	if (batch.length > 0) yield batch;
}
