import { CoordinatorError } from '#core/base/errors';
import type { ModelTestResult } from '#core/domain/modelInfo';
import type { ClockPort } from '#core/ports';
import type { LanguageModel } from './languageModel.ts';
import type { SideCalls } from './sideCalls.ts';

/** Enough for a word after a model has thought for a moment. */
const MAX_TOKENS = 64;
const SHOWN_CHARACTERS = 200;

const PROMPT = 'Reply with the single word: ready';

/** Asks for one word and tells what came of it; a failure is a result, with its code. Rejects with `cancelled` only. */
export async function testModel(model: LanguageModel, calls: SideCalls, clock: ClockPort, signal?: AbortSignal): Promise<ModelTestResult> {
	const start = clock.nowMs();
	let text = '';
	let firstTokenMs: number | null = null;
	const result = (failure: CoordinatorError | null): ModelTestResult => ({
		isOk: failure === null,
		text: text.trim().slice(0, SHOWN_CHARACTERS),
		firstTokenMs,
		totalMs: clock.nowMs() - start,
		errorCode: failure?.code ?? null,
		errorMessage: failure?.message ?? null,
	});
	const { id, label, isRemote, contextTokens, info } = model;
	const called = { id, label, isRemote, contextTokens, price: info.price };
	try {
		await calls.make({ purpose: 'test', model: called, prompt: PROMPT, maxOutputTokens: MAX_TOKENS, signal }, async (maxOutputTokens, heard) => {
			for await (const part of model.stream([{ role: 'user', text: PROMPT }], { maxOutputTokens, ...(signal ? { signal } : {}) })) {
				firstTokenMs ??= clock.nowMs() - start;
				heard.firstTokenMs = firstTokenMs;
				if (part.type === 'end') heard.usage = part.usage;
				if (part.type !== 'delta') continue;
				text += part.text;
				heard.text = text;
			}
		});
		return result(null);
	} catch (error) {
		if (CoordinatorError.is(error, 'cancelled')) throw error;
		return result(CoordinatorError.is(error) ? error : new CoordinatorError('server-error', `${label} failed.`, { cause: error }));
	}
}
