import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { CoordinatorError } from '#core/base/errors';
import type { GgufAnswer, GgufPort, OpenGguf } from '#core/ports';
import type { GgufAsk, GgufReply } from './workers/ggufMessages.ts';

interface Pending {
	readonly onText: (text: string) => void;
	readonly resolve: (answer: GgufAnswer) => void;
	readonly reject: (error: CoordinatorError) => void;
}

const LIBRARY = 'node_modules/node-llama-cpp/dist/index.js';

/** Runs each GGUF file in a child process with `node-llama-cpp`, which the user installed or the platform's package carries. */
export function createGguf({ assetsPath }: { readonly assetsPath: string }): GgufPort {
	return {
		async open({ path, contextTokens, runtimeFolder, signal }) {
			const folders = [...(runtimeFolder === null ? [] : [runtimeFolder]), join(assetsPath, 'gguf')];
			const runtimePath = folders.map((folder) => join(folder, LIBRARY)).find((file) => existsSync(file));
			if (!runtimePath) {
				throw new CoordinatorError('runtime-unavailable', 'The runtime for GGUF files is not installed: install node-llama-cpp and name its folder in the settings.', {
					details: { runtime: 'node-llama-cpp' },
				});
			}
			const child = fork(join(assetsPath, 'ggufProcess.mjs'), [], { execArgv: ['--no-warnings'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
			return start(child, { type: 'load', path, contextTokens, threads: freeThreads(), runtimePath }, signal);
		},
	};
}

/** Threads for which a core is free now: with more of them each waits for the others and all crawl. */
export function freeThreads(cores = availableParallelism(), load = loadavg()[0] ?? 0): number {
	return Math.max(1, Math.min(cores - 1, Math.floor(cores - load)));
}

/** Resolves when the file is loaded. */
async function start(child: ChildProcess, load: GgufAsk, signal: AbortSignal | undefined): Promise<OpenGguf> {
	const pending = new Map<number, Pending>();
	let nextId = 0;
	let isAlive = true;
	let isClosing = false;
	const send = (ask: GgufAsk) => child.send(ask, () => undefined);
	const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	const end = async () => {
		isClosing = true;
		if (isAlive) child.kill('SIGKILL');
		await exited;
	};
	const contextTokens = await new Promise<number>((resolve, reject) => {
		const fail = (error: CoordinatorError) => {
			isAlive = false;
			reject(error);
			for (const request of pending.values()) request.reject(error);
			pending.clear();
		};
		const onAbort = () => {
			reject(new CoordinatorError('cancelled', 'Loading the model was cancelled.'));
			void end();
		};
		signal?.addEventListener('abort', onAbort, { once: true });
		if (signal?.aborted) onAbort();
		child.on('message', (reply: GgufReply) => {
			if (reply.type === 'loaded') resolve(reply.contextTokens);
			else if (reply.type === 'failed') {
				reject(new CoordinatorError(reply.code, reply.message));
				void end();
			} else if (reply.type === 'text') pending.get(reply.id)?.onText(reply.text);
			else {
				const request = pending.get(reply.id);
				pending.delete(reply.id);
				if (reply.type === 'answered') request?.resolve(reply.answer);
				else request?.reject(new CoordinatorError(reply.code, reply.message));
			}
		});
		child.once('error', (cause) => fail(new CoordinatorError('runtime-unavailable', 'The process of the model cannot be started.', { cause })));
		child.once('exit', (code, name) => {
			signal?.removeEventListener('abort', onAbort);
			fail(
				isClosing
					? new CoordinatorError('cancelled', 'The model was closed.')
					: new CoordinatorError('server-error', `The process of the model ended (${name ?? code}).`, { isRetryable: true }),
			);
		});
		send(load);
	});
	// It must not keep the program from ending, and ends with it: its channel closes.
	child.unref();
	child.channel?.unref();

	return {
		contextTokens,
		get processId() {
			return isAlive ? child.pid : undefined;
		},
		get isAlive() {
			return isAlive;
		},
		answer(request, onText, answerSignal) {
			return new Promise<GgufAnswer>((resolve, reject) => {
				if (!isAlive) return reject(new CoordinatorError('server-error', 'The process of the model has ended.', { isRetryable: true }));
				const id = nextId++;
				const onAbort = () => send({ type: 'cancel', id });
				const settled = () => {
					answerSignal?.removeEventListener('abort', onAbort);
					if (pending.size === 0) child.channel?.unref();
				};
				child.channel?.ref();
				pending.set(id, {
					onText,
					resolve: (answer) => {
						settled();
						resolve(answer);
					},
					reject: (error) => {
						settled();
						reject(error);
					},
				});
				answerSignal?.addEventListener('abort', onAbort, { once: true });
				send({ type: 'answer', id, request });
				if (answerSignal?.aborted) onAbort();
			});
		},
		close: end,
	};
}
