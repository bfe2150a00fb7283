import { CoordinatorError } from '#core/base/errors';
import type { GgufAsk, GgufReply } from './ggufMessages.ts';
import { type LlamaRuntime, openLlamaRuntime } from './llamaRuntime.ts';

/** Answers its parent's requests with one GGUF file, one after another; ends with its parent. */
function main(): void {
	const running = new Map<number, AbortController>();
	const post = (reply: GgufReply) => process.send?.(reply);
	const codeOf = (error: unknown) => (CoordinatorError.is(error) ? error.code : 'server-error');
	const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
	let runtime: Promise<LlamaRuntime> | undefined;
	let queue = Promise.resolve();

	const answer = async ({ id, request }: Extract<GgufAsk, { type: 'answer' }>, controller: AbortController) => {
		try {
			if (!runtime) throw new Error('Nothing is loaded.');
			const open = await runtime;
			controller.signal.throwIfAborted();
			post({ type: 'answered', id, answer: await open.answer(request, (text) => post({ type: 'text', id, text }), controller.signal) });
		} catch (error) {
			post({ type: 'error', id, code: controller.signal.aborted ? 'cancelled' : codeOf(error), message: messageOf(error) });
		} finally {
			running.delete(id);
		}
	};
	process.on('message', (ask: GgufAsk) => {
		if (ask.type === 'load') {
			runtime = openLlamaRuntime(ask);
			runtime.then(
				({ contextTokens }) => post({ type: 'loaded', contextTokens }),
				(error: unknown) => post({ type: 'failed', code: codeOf(error), message: messageOf(error) }),
			);
		} else if (ask.type === 'cancel') running.get(ask.id)?.abort();
		else {
			const controller = new AbortController();
			running.set(ask.id, controller);
			queue = queue.then(() => answer(ask, controller));
		}
	});
	process.once('disconnect', () => process.exit(0));
}

main();
