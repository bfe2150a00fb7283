import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { WordPiece } from '#core/domain/wordPiece';
import { openOnnxRuntime } from './onnxRuntime.ts';
import type { EmbeddingReply, EmbeddingRequest, EmbeddingWorkerData } from './embeddingMessages.ts';
import { embedTexts } from './sentenceEncoder.ts';

/** Embeds what it is sent, one request after another. The first message it posts is `ready` or `failed`. */
async function main(): Promise<void> {
	const port = parentPort;
	if (!port) throw new Error('This file is a worker.');
	const data = workerData as EmbeddingWorkerData;
	const post = (reply: EmbeddingReply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer);
	try {
		const wordPiece = new WordPiece(await readFile(data.vocabularyPath, 'utf8'));
		const session = await openOnnxRuntime(data);
		const [probe] = await embedTexts(session, wordPiece, ['probe'], () => false);
		post({ type: 'ready', dimension: probe?.length ?? 0 });
		const cancelled = new Set<number>();
		let queue = Promise.resolve();
		port.on('message', (request: EmbeddingRequest) => {
			if (request.type === 'cancel') {
				cancelled.add(request.id);
				return;
			}
			queue = queue.then(async () => {
				try {
					const vectors = await embedTexts(session, wordPiece, request.texts, () => cancelled.has(request.id));
					post({ type: 'vectors', id: request.id, vectors }, vectors.map((vector) => vector.buffer as ArrayBuffer));
				} catch (error) {
					post({ type: 'error', id: request.id, message: error instanceof Error ? error.message : String(error) });
				} finally {
					cancelled.delete(request.id);
				}
			});
		});
	} catch (error) {
		post({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
	}
}

void main();
