import { parentPort, workerData } from 'node:worker_threads';
import type { PoolReply, PoolRequest } from '../workerPool.ts';
import type { FileRequest, FileResponse } from './fileMessages.ts';
import { loadFileTools } from './fileTools.ts';
import { packBuffers } from './packBuffers.ts';
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
			({ response, buffers }) => port.postMessage({ job, response } satisfies PoolReply<FileResponse>, buffers),
			(error: unknown) => port.postMessage({ job, error: error instanceof Error ? error.message : String(error) } satisfies PoolReply<FileResponse>),
		),
	);
});

/** The answer, and what of it moves to the coordinator's thread instead of being copied. */
async function answer(request: FileRequest): Promise<{ readonly response: FileResponse; readonly buffers: ArrayBuffer[] }> {
	const loaded = await tools;
	if (request.kind === 'identify') {
		const identities = [];
		for (const file of request.files) identities.push(await identifyFile(file, request, loaded));
		return { response: { kind: 'identify', identities }, buffers: [] };
	}
	const processed = [];
	for (const file of request.files) processed.push(await processFile(file, request, loaded));
	const { files, buffer } = packBuffers(processed);
	return { response: { kind: 'process', files }, buffers: [buffer] };
}
