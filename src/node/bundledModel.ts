import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CoordinatorError } from '#core/base/errors';
import type { BundledModel, BundledModelPort } from '#core/ports';
import type { EmbeddingReply, EmbeddingRequest, EmbeddingWorkerData } from './workers/embeddingMessages.ts';

/** SHA-256 of the shipped model; the runtime itself would load garbled weights without a word. Hashing takes some 20 ms. */
const MODEL_SHA256 = 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1';

/** Runs the bundled MiniLM in a worker thread: with the native ONNX Runtime where it loads, else with the WebAssembly one. */
export function createBundledModel({ assetsPath }: { readonly assetsPath: string }): BundledModelPort {
	return {
		async load({ runtime, threads }) {
			const modelPath = join(assetsPath, 'minilm', 'model_quantized.onnx');
			const vocabularyPath = join(assetsPath, 'minilm', 'vocab.txt');
			await checkFile(modelPath, MODEL_SHA256);
			await checkFile(vocabularyPath, null);
			const base = { threads, modelPath, vocabularyPath, assetsPath };
			if (runtime !== 'auto') return startWorker({ ...base, runtime });
			try {
				return await startWorker({ ...base, runtime: 'native' });
			} catch (nativeError) {
				try {
					return await startWorker({ ...base, runtime: 'wasm' });
				} catch (cause) {
					throw new CoordinatorError('runtime-unavailable', 'Neither the native nor the WebAssembly runtime of the embedding model can be loaded.', {
						cause: new AggregateError([nativeError, cause]),
					});
				}
			}
		},
	};
}

async function checkFile(path: string, sha256: string | null): Promise<void> {
	const bytes = await readFile(path).catch((cause: unknown) => {
		throw new CoordinatorError('model-missing', `A file of the embedding model is missing: ${path}`, { cause, details: { path } });
	});
	if (sha256 !== null && createHash('sha256').update(bytes).digest('hex') !== sha256) {
		throw new CoordinatorError('model-damaged', `A file of the embedding model is damaged: ${path}`, { details: { path } });
	}
}

interface Pending {
	readonly resolve: (vectors: Float32Array[]) => void;
	readonly reject: (error: CoordinatorError) => void;
}

/** Resolves when the worker has embedded a probe; a worker that dies later is started again at the next request. */
async function startWorker(data: EmbeddingWorkerData): Promise<BundledModel> {
	const pending = new Map<number, Pending>();
	let nextId = 0;
	let isClosed = false;
	let running = await spawn();
	let restart: Promise<void> | undefined;

	/** Requests that find the worker dead share one new one. */
	function restartWorker(): Promise<void> {
		restart ??= spawn()
			.then((started) => {
				running = started;
			})
			.finally(() => {
				restart = undefined;
			});
		return restart;
	}

	async function spawn(): Promise<{ readonly worker: Worker; readonly dimension: number; isAlive: boolean }> {
		const worker = new Worker(join(data.assetsPath, 'embeddingWorker.mjs'), { workerData: data });
		worker.unref();
		const state = { worker, dimension: 0, isAlive: true };
		const dimension = await new Promise<number>((resolve, reject) => {
			const fail = (message: string, cause?: unknown) => {
				// A worker that failed ends as well; by then its successor may have requests pending.
				if (!state.isAlive) return;
				state.isAlive = false;
				const error = new CoordinatorError('runtime-unavailable', `The ${data.runtime} runtime of the embedding model failed: ${message}`, {
					cause,
					details: { runtime: data.runtime },
				});
				reject(error);
				for (const { reject: rejectRequest } of pending.values()) rejectRequest(error);
				pending.clear();
			};
			worker.on('message', (reply: EmbeddingReply) => {
				if (reply.type === 'ready') resolve(reply.dimension);
				else if (reply.type === 'failed') fail(reply.message);
				else {
					const request = pending.get(reply.id);
					pending.delete(reply.id);
					if (reply.type === 'vectors') request?.resolve(reply.vectors);
					else request?.reject(new CoordinatorError('internal', `The embedding model failed: ${reply.message}`));
				}
			});
			worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error), error));
			worker.on('exit', () => fail('it ended'));
		});
		return Object.assign(state, { dimension });
	}

	return {
		runtime: data.runtime,
		dimension: running.dimension,
		async embed(texts, options) {
			if (isClosed) throw new CoordinatorError('cancelled', 'The embedding model was closed.');
			if (texts.length === 0) return [];
			if (!running.isAlive) await restartWorker();
			const { worker } = running;
			const id = nextId++;
			const signal = options?.signal;
			return new Promise<Float32Array[]>((resolve, reject) => {
				const send = (request: EmbeddingRequest) => worker.postMessage(request);
				const onAbort = () => {
					send({ type: 'cancel', id });
					pending.delete(id);
					reject(new CoordinatorError('cancelled', 'The embedding was cancelled.'));
				};
				if (signal?.aborted) return reject(new CoordinatorError('cancelled', 'The embedding was cancelled.'));
				signal?.addEventListener('abort', onAbort, { once: true });
				const settle =
					<A>(settleWith: (value: A) => void) =>
					(value: A) => {
						signal?.removeEventListener('abort', onAbort);
						settleWith(value);
					};
				pending.set(id, { resolve: settle(resolve), reject: settle(reject) });
				send({ type: 'embed', id, texts });
			});
		},
		async close() {
			isClosed = true;
			for (const { reject } of pending.values()) reject(new CoordinatorError('cancelled', 'The embedding model was closed.'));
			pending.clear();
			const { worker, isAlive } = running;
			if (!isAlive) return;
			// A process that has nothing else to do would end before.
			worker.ref();
			const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
			worker.postMessage({ type: 'close' } satisfies EmbeddingRequest);
			await ended;
		},
	};
}
