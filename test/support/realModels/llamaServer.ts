import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A real llama.cpp server with SmolLM2, on a free port of this machine. */
export interface LlamaServer extends AsyncDisposable {
	/** Ends where `/chat/completions` begins. */
	readonly url: string;
	/** Kills it, as a crash would. */
	kill(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

/** Resolves when the model is loaded. */
export async function startLlamaServer(options: {
	readonly python: string;
	readonly gguf: string;
	readonly contextTokens: number;
	readonly apiKey?: string;
}): Promise<LlamaServer> {
	const port = await freePort();
	const launcher = join(import.meta.dirname, 'llamaServer.py');
	const key = options.apiKey === undefined ? [] : ['--api-key', options.apiKey];
	const child = spawn(options.python, [launcher, '--model', options.gguf, '--port', String(port), '--ctx-size', String(options.contextTokens), ...key], {
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	await new Promise<void>((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error('The llama.cpp server did not start.')), START_LIMIT_MS);
		child.once('error', reject);
		child.once('exit', (code) => reject(new Error(`The llama.cpp server ended (${code}).`)));
		child.stdout.on('data', (data: Buffer) => {
			if (!data.toString().includes('listening')) return;
			clearTimeout(timer);
			resolve();
		});
	});
	const kill = async () => {
		child.kill('SIGKILL');
		await exited;
	};
	return { url: `http://127.0.0.1:${port}/v1`, kill, [Symbol.asyncDispose]: kill };
}

/** A port that nobody uses at this moment. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('There is no port.'))));
		});
	});
}
