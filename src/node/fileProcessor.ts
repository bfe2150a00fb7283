import { join } from 'node:path';
import { CoordinatorError } from '#core/base/errors';
import type { ProcessedFile, ScannedFile } from '#core/domain/file';
import type { FileProcessorPort } from '#core/ports';
import { WorkerPool } from './workerPool.ts';
import type { FileIdentity, FileRequest, FileResponse } from './workers/fileMessages.ts';

/** A batch ends at this many bytes or files: large enough that messages cost nothing, small enough that cancelling is prompt. */
const BATCH_BYTES = 256 * 1024;
const BATCH_FILES = 64;
/** A batch takes well under a second; what takes this long hangs. */
const JOB_TIMEOUT_MS = 60_000;

/**
 * Processes files on worker threads. A file that kills its worker becomes `failed`, the others of its batch are done again.
 * `workerPath` is the worker's script; the bundle in `assetsPath` when absent.
 */
export function createFileProcessor(options: { readonly assetsPath: string; readonly threads: number; readonly workerPath?: string }): FileProcessorPort {
	const { assetsPath, threads, workerPath = join(assetsPath, 'fileWorker.mjs') } = options;
	const pool = new WorkerPool<FileRequest, FileResponse>(workerPath, { size: threads, workerData: { assetsPath }, jobTimeoutMs: JOB_TIMEOUT_MS, depth: 2 });

	async function inBatches<T>(
		files: readonly ScannedFile[],
		run: (batch: readonly ScannedFile[]) => Promise<readonly T[]>,
		failed: (file: ScannedFile, error: unknown) => T,
	) {
		const runOrSplit = async (batch: readonly ScannedFile[]): Promise<readonly T[]> => {
			try {
				return await run(batch);
			} catch (error) {
				if (CoordinatorError.is(error, 'cancelled')) throw error;
				const [only] = batch;
				if (batch.length === 1 && only) return [failed(only, error)];
				const singles: T[] = [];
				for (const file of batch) singles.push(...(await runOrSplit([file])));
				return singles;
			}
		};
		const results = await Promise.all(batches(files).map(runOrSplit));
		return results.flat();
	}

	return {
		parallelism: pool.size,
		process: (root, files, { languages, maxFileBytes, signal }) =>
			inBatches<ProcessedFile>(
				files,
				async (batch) => {
					const response = await pool.run({ kind: 'process', root, files: batch, languages, maxFileBytes }, { signal });
					return response.kind === 'process' ? response.files : [];
				},
				({ path }, error) => ({ status: 'failed', path, message: error instanceof Error ? error.message : String(error) }),
			),
		identify: (root, files, { languages, signal }) =>
			inBatches<FileIdentity>(
				files,
				async (batch) => {
					const response = await pool.run({ kind: 'identify', root, files: batch, languages, maxFileBytes: Number.MAX_SAFE_INTEGER }, { signal });
					return response.kind === 'identify' ? response.identities : [];
				},
				() => null,
			),
		close: () => pool.close(),
	};
}

function batches(files: readonly ScannedFile[]): ScannedFile[][] {
	const result: ScannedFile[][] = [];
	let batch: ScannedFile[] = [];
	let bytes = 0;
	for (const file of files) {
		if (batch.length > 0 && (bytes + file.sizeBytes > BATCH_BYTES || batch.length >= BATCH_FILES)) {
			result.push(batch);
			batch = [];
			bytes = 0;
		}
		batch.push(file);
		bytes += file.sizeBytes;
	}
	if (batch.length > 0) result.push(batch);
	return result;
}
