import { isCancellation, raceAbort, throwIfAborted } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { InteractionHistoryPayload } from '#core/domain/collection';
import type { LanguageModel, ModelMessage, ModelPart } from '#core/models/languageModel';
import type { ClockPort } from '#core/ports';
import type { DropReason } from '#core/store/extractionStore';
import { PATTERN_SCHEMA, type Pattern, parsePattern } from './pattern.ts';
import { patternMessages } from './patternMessages.ts';

/** Most that one extraction may take, both tries together; a model that says nothing for so long is hung. */
const LIMIT_MS = 90_000;
const MOST_TOKENS = 800;
/** Characters after which an answer is cut off: a model that does not keep to its limit of tokens may never end. */
const MOST_CHARACTERS = 12_000;
const TRIES = 2;

export type ExtractionResult = { readonly pattern: Pattern } | { readonly dropped: DropReason };

/**
 * Has a model extract a pattern. An unusable answer is asked for once more. Rejects with `cancelled`, and where the model could not be
 * reached at all; everything else is a result.
 */
export async function extractPattern(options: {
	readonly model: LanguageModel;
	readonly payload: InteractionHistoryPayload;
	readonly context: readonly string[];
	readonly clock: ClockPort;
	readonly signal: AbortSignal;
}): Promise<ExtractionResult> {
	const { model, payload, context, clock, signal } = options;
	const limit = new AbortController();
	const both = AbortSignal.any([signal, limit.signal]);
	const ended = new AbortController();
	clock.delay(LIMIT_MS, ended.signal).then(
		() => limit.abort(),
		() => undefined,
	);
	try {
		const messages = patternMessages(payload, context);
		for (let attempt = 0; attempt < TRIES; attempt++) {
			// The race ends a model that does not listen to its signal.
			const pattern = parsePattern(await raceAbort(readAnswer(model, messages, both), both));
			if (pattern) return { pattern };
		}
		return { dropped: 'unusable' };
	} catch (error) {
		throwIfAborted(signal);
		if (limit.signal.aborted) return { dropped: 'timeout' };
		if (CoordinatorError.is(error) && !isCancellation(error) && ['context-too-long', 'server-error'].includes(error.code)) return { dropped: 'failed' };
		throw error;
	} finally {
		ended.abort();
	}
}

async function readAnswer(model: LanguageModel, messages: readonly ModelMessage[], signal: AbortSignal): Promise<string> {
	let text = '';
	const parts: AsyncIterable<ModelPart> = model.stream(messages, { maxOutputTokens: MOST_TOKENS, jsonSchema: PATTERN_SCHEMA, signal });
	for await (const part of parts) {
		if (part.type !== 'delta') continue;
		text += part.text;
		if (text.length > MOST_CHARACTERS) break;
	}
	return text;
}
