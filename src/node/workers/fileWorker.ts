import { parentPort, type TransferListItem, workerData } from 'node:worker_threads';
import type { PoolReply, PoolRequest } from '../workerPool.ts';
import type { FileRequest, FileResponse } from './fileMessages.ts';
import { loadFileTools } from './fileTools.ts';
import { identifyFile, processFile } from './processFile.ts';

// Entry of a worker thread: answers batches of files until it is ended.
const port = parentPort;
if (!port) throw new Error('fileWorker runs as a worker thread.');
const tools = loadFileTools((workerData as { readonly assetsPath: string }).assetsPath);
// A failure to load is told to whoever sends the next job.
tools.catch(() => undefined);

// One after the other, in the order they came: when this thread dies, it is the first unanswered job that killed it.
let last = Promise.resolve();
port.on('message', ({ job, request }: PoolRequest<FileRequest>) => {
	last = last.then(() =>
		answer(request).then(
			(response) => port.postMessage({ job, response } satisfies PoolReply<FileResponse>, buffersOf(response)),
			(error: unknown) => port.postMessage({ job, error: error instanceof Error ? error.message : String(error) } satisfies PoolReply<FileResponse>),
		),
	);
});

async function answer(request: FileRequest): Promise<FileResponse> {
	const loaded = await tools;
	if (request.kind === 'identify') {
		const identities = [];
		for (const file of request.files) identities.push(await identifyFile(file, request, loaded));
		return { kind: 'identify', identities };
	}
	const files = [];
	for (const file of request.files) files.push(await processFile(file, request, loaded));
	return { kind: 'process', files };
}

/** Typed arrays move to the coordinator's thread instead of being copied. */
function buffersOf(response: FileResponse): TransferListItem[] {
	if (response.kind !== 'process') return [];
	const buffers = new Set<ArrayBufferLike>();
	for (const file of response.files) {
		if (file.status !== 'chunked') continue;
		for (const { textTerms, symbolTerms, staticVector } of file.chunks) {
			for (const { hashes, counts } of [textTerms, symbolTerms]) buffers.add(hashes.buffer).add(counts.buffer);
			if (staticVector) buffers.add(staticVector.buffer);
		}
	}
	return [...buffers] as TransferListItem[];
}
