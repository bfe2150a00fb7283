import { isCancellation } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { AnswerNotice, AnswerSummary, AskPart, AugmentedQuestion } from '#core/domain/answer';
import type { ConversationTurn } from '#core/domain/question';
import type { LanguageModel } from '#core/models/languageModel';
import type { ClockPort } from '#core/ports';
import { formatHit } from '../augment/buildPrompt.ts';
import { buildMessages } from './messages.ts';
import { AnswerSanitiser } from './sanitise.ts';

export interface Response {
	readonly text: string;
	readonly usage: AnswerSummary['usage'];
	readonly firstTokenMs: number | null;
	readonly notices: readonly AnswerNotice[];
	readonly endReason: AnswerSummary['endReason'];
	/** False when the model gave nothing and the code found is the answer. */
	readonly isFromModel: boolean;
}

/**
 * Streams the model's answer. A model that fails before its first word is replaced by the code itself; one that fails later keeps what
 * it said. Cancelling keeps what came. Never rejects for the model's sake.
 */
export async function respond(options: {
	readonly model: LanguageModel | null;
	readonly question: AugmentedQuestion;
	readonly history: readonly ConversationTurn[];
	readonly onPart: (part: AskPart) => void;
	readonly clock: ClockPort;
	readonly signal?: AbortSignal;
}): Promise<Response> {
	const { model, question, onPart, clock, signal } = options;
	if (signal?.aborted) return { text: '', usage: null, firstTokenMs: null, notices: [], endReason: 'cancelled', isFromModel: false };
	if (!model) return { ...codeAnswer(question, onPart), notices: [{ code: 'no-model' }] };
	const start = clock.nowMs();
	const sanitiser = new AnswerSanitiser();
	let text = '';
	let firstTokenMs: number | null = null;
	let usage: AnswerSummary['usage'] = null;
	let endReason: AnswerSummary['endReason'] = 'other';
	const show = (piece: string) => {
		if (piece === '') return;
		text += piece;
		onPart({ type: 'delta', text: piece });
	};
	try {
		for await (const part of model.stream(buildMessages(question.augmented_prompt, options.history), signal ? { signal } : {})) {
			if (part.type === 'delta') {
				firstTokenMs ??= clock.nowMs() - start;
				show(sanitiser.push(part.text));
			} else {
				usage = part.usage;
				endReason = part.reason;
			}
		}
		show(sanitiser.end());
		return { text, usage, firstTokenMs, notices: [], endReason, isFromModel: true };
	} catch (error) {
		show(sanitiser.end());
		if (signal?.aborted || isCancellation(error)) return { text, usage, firstTokenMs, notices: [], endReason: 'cancelled', isFromModel: true };
		const failure = CoordinatorError.is(error) ? error : new CoordinatorError('server-error', error instanceof Error ? error.message : String(error), { cause: error });
		const notice: AnswerNotice = { code: 'model-failed', model: model.label, message: failure.message, errorCode: failure.code };
		if (text !== '') return { text, usage, firstTokenMs, notices: [notice], endReason: 'failed', isFromModel: true };
		return { ...codeAnswer(question, onPart), notices: [notice] };
	}
}

/** The code that was found, as the answer. */
export function codeAnswer(question: AugmentedQuestion, onPart: (part: AskPart) => void): Response {
	const text = question.code.map(formatHit).join('\n\n');
	if (text !== '') onPart({ type: 'delta', text });
	return { text, usage: null, firstTokenMs: null, notices: [], endReason: 'stop', isFromModel: false };
}
