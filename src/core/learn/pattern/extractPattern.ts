import { isCancellation, raceAbort, throwIfAborted } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { InteractionHistoryPayload } from '#core/domain/collection';
import { loadTokenCounter } from '#core/domain/tokenCount';
import type { CallAllowance, CallToAllow } from '#core/metrics/ledger';
import type { SideCall } from '#core/metrics/sideCall';
import type { LanguageModel, ModelMessage, ModelPart, ModelUsage } from '#core/models/languageModel';
import type { ClockPort } from '#core/ports';
import type { DropReason } from '#core/store/extractionStore';
import { PATTERN_SCHEMA, type Pattern, parsePattern } from './pattern.ts';
import { isEcho, patternMessages } from './patternMessages.ts';

/** Most that one extraction may take, both tries together; a model that says nothing for so long is hung. */
const LIMIT_MS = 90_000;
const MOST_TOKENS = 800;
/** Characters after which an answer is cut off: a model that does not keep to its limit of tokens may never end. */
const MOST_CHARACTERS = 12_000;
const TRIES = 2;

/** One call of a model for a pattern. */
export type ExtractionCall = Pick<SideCall, 'id' | 'usage' | 'firstTokenMs' | 'totalMs' | 'result'>;

export type ExtractionResult = { readonly pattern: Pattern } | { readonly dropped: DropReason };

/**
 * Has a model extract a pattern. An unusable answer is asked for once more. Rejects with `cancelled`, and where the model could not be
 * reached at all or, with `over-budget`, may not be asked; everything else is a result.
 */
export async function extractPattern(options: {
	readonly model: LanguageModel;
	readonly payload: InteractionHistoryPayload;
	readonly context: readonly string[];
	readonly clock: ClockPort;
	readonly signal: AbortSignal;
	readonly newId: () => string;
	/** Sets aside what a call to another machine may cost, until it is noted. Null: it may not be made. */
	readonly allow: (call: CallToAllow) => Promise<CallAllowance | null>;
	/** Told of every call of the model, however it ended. */
	readonly onCall: (call: ExtractionCall) => void;
}): Promise<ExtractionResult> {
	const { model, payload, context, clock, signal, newId, allow, onCall } = options;
	const limit = new AbortController();
	const both = AbortSignal.any([signal, limit.signal]);
	const ended = new AbortController();
	clock.delay(LIMIT_MS, ended.signal).then(
		() => limit.abort(),
		() => undefined,
	);
	try {
		for (let attempt = 0; attempt < TRIES; attempt++) {
			throwIfAborted(both);
			const messages = patternMessages(payload, context, attempt > 0);
			const pattern = parsePattern(
				await readAnswer({ model, messages, clock, signal: both, newId, allow, onCall, hasTimedOut: () => !signal.aborted && limit.signal.aborted }),
			);
			if (pattern && !isEcho(pattern.solution_approach) && !isEcho(pattern.generalizable_pattern)) return { pattern };
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

async function readAnswer(options: {
	readonly model: LanguageModel;
	readonly messages: readonly ModelMessage[];
	readonly clock: ClockPort;
	readonly signal: AbortSignal;
	readonly hasTimedOut: () => boolean;
	readonly newId: () => string;
	readonly allow: (call: CallToAllow) => Promise<CallAllowance | null>;
	readonly onCall: (call: ExtractionCall) => void;
}): Promise<string> {
	const { model, messages, clock, signal, hasTimedOut, newId, allow, onCall } = options;
	const countTokens = await loadTokenCounter();
	const promptTokens = messages.reduce((sum, { text }) => sum + countTokens(text), 0);
	const id = newId();
	const { isRemote, contextTokens, info, label } = model;
	const allowance = isRemote ? await allow({ id, promptTokens, price: info.price, contextTokens, maxOutputTokens: MOST_TOKENS }) : { maxOutputTokens: null };
	if (!allowance) throw new CoordinatorError('over-budget', `${label} was not asked: the spending limit does not leave what the call may cost.`);
	const startMs = clock.nowMs();
	let text = '';
	let firstTokenMs: number | null = null;
	let usage: ModelUsage | null = null;
	const read = async () => {
		const parts: AsyncIterable<ModelPart> = model.stream(messages, { maxOutputTokens: allowance.maxOutputTokens ?? MOST_TOKENS, jsonSchema: PATTERN_SCHEMA, signal });
		for await (const part of parts) {
			if (part.type === 'end') usage = part.usage;
			if (part.type !== 'delta') continue;
			firstTokenMs ??= clock.nowMs() - startMs;
			text += part.text;
			if (text.length > MOST_CHARACTERS) break;
		}
	};
	const ended = (result: ExtractionCall['result']) => {
		// What a provider has begun with it charges for, whether it was heard to the end or not.
		const presumed = isRemote ? { inputTokens: promptTokens, outputTokens: countTokens(text), isEstimate: true } : null;
		onCall({ id, usage: usage ?? presumed, firstTokenMs, totalMs: Math.max(0, clock.nowMs() - startMs), result });
	};
	try {
		// The race ends a model that does not listen to its signal.
		await raceAbort(read(), signal);
	} catch (error) {
		ended(isCancellation(error) && !hasTimedOut() ? 'cancelled' : 'failed');
		throw error;
	}
	ended('ok');
	return text;
}
