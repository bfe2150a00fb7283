import { CoordinatorError } from '#core/base/errors';
import type { ModelTestResult } from '#core/domain/modelInfo';
import type { ClockPort } from '#core/ports';
import type { LanguageModel } from './languageModel.ts';

/** Enough for a word after a model has thought for a moment. */
const MAX_TOKENS = 64;
const SHOWN_CHARACTERS = 200;

/** Asks for one word and tells what came of it; a failure is a result, with its code. Rejects with `cancelled` only. */
export async function testModel(model: LanguageModel, clock: ClockPort, signal?: AbortSignal): Promise<ModelTestResult> {
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
	try {
		const messages = [{ role: 'user', text: 'Reply with the single word: ready' }] as const;
		for await (const part of model.stream(messages, { maxOutputTokens: MAX_TOKENS, ...(signal ? { signal } : {}) })) {
			firstTokenMs ??= clock.nowMs() - start;
			if (part.type === 'delta') text += part.text;
		}
		return result(null);
	} catch (error) {
		if (CoordinatorError.is(error, 'cancelled')) throw error;
		return result(CoordinatorError.is(error) ? error : new CoordinatorError('server-error', `${model.label} failed.`, { cause: error }));
	}
}
