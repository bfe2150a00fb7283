import { throwIfAborted } from '#core/base/abort';
import type { ProcessedFile, ScannedFile, Worktree } from '#core/domain/file';
import type { Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { ManifestEntry, ManifestStore } from '#core/store/manifestStore';
import type { VectorStore } from '#core/store/vectorStore';
import { type ScanResult, scanWorkspace } from './scan/scanWorkspace.ts';

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

/** scan → chunk → store: makes the whole worktree searchable by words. What has not changed since is not read. */
export async function ingestWorktree(target: IngestTarget, run: IngestRun): Promise<ScanResult> {
	const { worktree, manifest, ports, settings } = target;
	const scan = await scanWorkspace(worktree.path, ports.files, { index: settings().index, signal: run.signal });
	const known = await manifest.entries(worktree.id);
	await manifest.remove(worktree, goneFrom(scan, known));
	await manifest.recordSkips(worktree, scan.skipped, scan.examples);
	await ingestFiles(
		target,
		scan.files.filter((file) => hasChanged(file, known.get(file.path))),
		known,
		run,
	);
	return scan;
}

/**
 * chunk → store for files that a scan, or a watcher, found changed. Known content is linked, not parsed again. The workers are at the next
 * batch while one is stored.
 */
export async function ingestFiles(target: IngestTarget, files: readonly ScannedFile[], known: ReadonlyMap<string, ManifestEntry>, run: IngestRun): Promise<void> {
	const { worktree, manifest } = target;
	const isNew = !(await manifest.hasOutlines());
	const read = (batch: readonly ScannedFile[] | undefined) => {
		if (!batch) return null;
		const reading = readBatch(target, batch, isNew, run.signal);
		// It may fail while the batch before it is being stored, or after that has failed.
		reading.catch(() => undefined);
		return reading;
	};
	let done = 0;
	await run.onBatch?.(0, files.length);
	const queue = [...batches(ordered(files, run.first ?? []))];
	let next = read(queue[0]);
	for (const [i, batch] of queue.entries()) {
		const current = await next;
		throwIfAborted(run.signal);
		next = read(queue[i + 1]);
		if (!current) continue;
		if (current.linked.length > 0) await manifest.recordKnown(worktree, current.linked);
		if (current.processed.length > 0)
			await manifest.record(
				worktree,
				current.processed.map((file) => quarantined(file, batch, known.get(file.path))),
			);
		done += batch.length;
		await run.onBatch?.(done, files.length);
	}
}

type LinkedFile = ScannedFile & { readonly contentHash: string; readonly language: string };

/** Reads one batch; `isNew`: no outline is known, so there is nothing to ask. */
async function readBatch({ worktree, manifest, ports, settings }: IngestTarget, batch: readonly ScannedFile[], isNew: boolean, signal: AbortSignal) {
	const { languages, maxFileBytes } = settings().index;
	const linked: LinkedFile[] = [];
	let unknown = batch;
	if (!isNew) {
		const identities = await ports.processor.identify(worktree.path, batch, { languages, signal });
		const outlines = await manifest.knownOutlines(identities.flatMap((identity) => (identity ? [`${identity.contentHash}:${identity.language}`] : [])));
		unknown = batch.filter((file, i) => {
			const identity = identities[i];
			const isKnown = identity && outlines.has(`${identity.contentHash}:${identity.language}`);
			if (isKnown) linked.push({ ...file, ...identity });
			return !isKnown;
		});
	}
	const processed = unknown.length > 0 ? await ports.processor.process(worktree.path, unknown, { languages, maxFileBytes, signal }) : [];
	return { linked, processed };
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

function quarantined(file: ProcessedFile, batch: readonly ScannedFile[], entry: ManifestEntry | undefined): ProcessedFile {
	if (file.status !== 'failed' || (entry?.failureCount ?? 0) + 1 < MAX_FAILURES) return file;
	const { sizeBytes = 0, mtimeMs = 0 } = batch.find(({ path }) => path === file.path) ?? {};
	return { status: 'skipped', path: file.path, reason: 'quarantined', sizeBytes, mtimeMs };
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
