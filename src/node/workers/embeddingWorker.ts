import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { WordPiece } from '#core/domain/wordPiece';
import type { EmbeddingReply, EmbeddingRequest, EmbeddingWorkerData } from './embeddingMessages.ts';
import { openOnnxRuntime } from './onnxRuntime.ts';
import { embedTexts } from './sentenceEncoder.ts';

type EmbedRequest = Extract<EmbeddingRequest, { type: 'embed' }>;

/** Embeds what it is sent, one request after another, single texts first. The first message it posts is `ready` or `failed`. */
async function main(): Promise<void> {
	const port = parentPort;
	if (!port) throw new Error('This file is a worker.');
	const data = workerData as EmbeddingWorkerData;
	const post = (reply: EmbeddingReply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer);
	try {
		const wordPiece = new WordPiece(await readFile(data.vocabularyPath, 'utf8'));
		const session = await openOnnxRuntime(data);
		const [probe] = await embedTexts(session, wordPiece, ['probe'], async () => undefined);
		post({ type: 'ready', dimension: probe?.length ?? 0 });

		const cancelled = new Set<number>();
		/** Single texts are questions that somebody waits for: they go between the batches of what is being indexed. */
		const urgent: EmbedRequest[] = [];
		let queue = Promise.resolve();
		let isClosing = false;
		const answer = async (request: EmbedRequest, betweenBatches: () => Promise<void>) => {
			try {
				const vectors = await embedTexts(session, wordPiece, request.texts, async () => {
					await betweenBatches();
					if (isClosing || cancelled.has(request.id)) throw new Error('cancelled');
				});
				post(
					{ type: 'vectors', id: request.id, vectors },
					vectors.map((vector) => vector.buffer as ArrayBuffer),
				);
			} catch (error) {
				post({ type: 'error', id: request.id, message: error instanceof Error ? error.message : String(error) });
			} finally {
				cancelled.delete(request.id);
			}
		};
		const answerUrgent = async () => {
			for (let request = urgent.shift(); request; request = urgent.shift()) await answer(request, async () => undefined);
		};
		port.on('message', (request: EmbeddingRequest) => {
			if (request.type === 'close') {
				isClosing = true;
				queue = queue.then(() => process.exit(0));
			} else if (request.type === 'cancel') {
				cancelled.add(request.id);
			} else if (request.texts.length === 1) {
				urgent.push(request);
				queue = queue.then(answerUrgent);
			} else {
				queue = queue.then(() =>
					answer(request, async () => {
						// The WebAssembly runtime never leaves the microtask queue: without a pause no message would arrive until the end.
						await setImmediate();
						await answerUrgent();
					}),
				);
			}
		});
	} catch (error) {
		post({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
	}
}

void main();
