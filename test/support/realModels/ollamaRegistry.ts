import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A registry on loopback, as Ollama pulls from one: a manifest, and blobs that are elsewhere. */
export interface OllamaRegistry extends AsyncDisposable {
	/** What an Ollama pulls to have the model of this name. */
	nameOf(model: string): string;
	/** Lets all of a blob go, where it was held in the middle. */
	release(): void;
}

/**
 * Serves what an Ollama keeps in its folder `models` under the names of the library. `heldAtBytes`: a larger blob stops there until it is
 * released.
 */
export async function startOllamaRegistry({
	models,
	heldAtBytes = Number.POSITIVE_INFINITY,
}: {
	readonly models: string;
	readonly heldAtBytes?: number;
}): Promise<OllamaRegistry> {
	let release: () => void = () => undefined;
	const released = new Promise<void>((resolve) => {
		release = resolve;
	});
	const blobPath = (digest: string) => join(models, 'blobs', digest.replace(':', '-'));

	async function sendBlob(path: string, range: string | undefined, response: ServerResponse): Promise<void> {
		const size = statSync(path).size;
		const [, first = '0', last = String(size - 1)] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
		const [start, end] = [Number(first), Number(last)];
		response.writeHead(206, { 'content-length': end - start + 1, 'content-range': `bytes ${start}-${end}/${size}` });
		const hold = async function* (pieces: AsyncIterable<Buffer>) {
			let sent = start;
			for await (const piece of pieces) {
				if (sent >= heldAtBytes) await released;
				yield piece;
				sent += piece.length;
			}
		};
		// Who has had enough hangs up.
		await pipeline(createReadStream(path, { start, end }), hold, response).catch(() => undefined);
	}

	const server = createServer((request, response) => {
		const [, name, kind, id = ''] = /^\/v2\/library\/([^/]+)\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
		const manifest = join(models, 'manifests/registry.ollama.ai/library', name ?? '', id);
		if (kind === 'manifests' && existsSync(manifest)) return void response.end(readFileSync(manifest));
		if (kind === 'blobs' && existsSync(blobPath(id))) {
			// Blobs are on another host, which Ollama takes from the first redirect.
			if (request.method === 'HEAD') return void response.writeHead(200, { 'content-length': statSync(blobPath(id)).size }).end();
			return void response.writeHead(307, { location: `http://localhost:${port}/${id}` }).end();
		}
		const blob = blobPath((request.url ?? '').slice(1));
		if (/^\/sha256:[0-9a-f]{64}$/.test(request.url ?? '') && existsSync(blob)) return void sendBlob(blob, request.headers.range, response);
		response.writeHead(404).end();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		nameOf: (model) => `127.0.0.1:${port}/library/${model}`,
		release: () => release(),
		async [Symbol.asyncDispose]() {
			release();
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
