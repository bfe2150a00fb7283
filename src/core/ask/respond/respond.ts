import { isCancellation } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { AnswerNotice, AnswerSummary, AskPart, AugmentedQuestion } from '#core/domain/answer';
import type { AskQuery } from '#core/domain/requests';
import type { LanguageModel } from '#core/models/languageModel';
import type { ClockPort } from '#core/ports';
import { formatAttached, formatHit } from '../augment/buildPrompt.ts';
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
 * it said. Cancelling keeps what came. Rejects for the model's sake only where another chat asks.
 */
export async function respond(options: {
	readonly model: LanguageModel | null;
	readonly question: AugmentedQuestion;
	readonly query: Pick<AskQuery, 'history' | 'otherChat' | 'command'>;
	readonly onPart: (part: AskPart) => void;
	readonly clock: ClockPort;
	readonly signal?: AbortSignal;
}): Promise<Response> {
	const { model, question, query, onPart, clock, signal } = options;
	if (signal?.aborted) return { text: '', usage: null, firstTokenMs: null, notices: [], endReason: 'cancelled', isFromModel: false };
	if (!model) return { ...codeAnswer(question, query, onPart), notices: [{ code: 'no-model' }] };
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
		for await (const part of model.stream(buildMessages(question.augmented_prompt, query.history, query.otherChat), signal ? { signal } : {})) {
			if (part.type === 'delta') {
				firstTokenMs ??= clock.nowMs() - start;
				show(sanitiser.push(part.text));
			} else if (part.type === 'end') {
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
		if (query.otherChat) throw failure;
		return { ...codeAnswer(question, query, onPart), notices: [notice] };
	}
}

/** The code that was found, as the answer; of an explanation, first the code that was to be explained. */
export function codeAnswer(question: AugmentedQuestion, { command }: Pick<AskQuery, 'command'>, onPart: (part: AskPart) => void): Response {
	const attached = command === 'explain' ? question.attached.map(formatAttached).join('\n\n') : '';
	const found = question.code.map(formatHit).join('\n\n');
	if (attached !== '') {
		onPart({ type: 'section', section: 'attached' });
		onPart({ type: 'delta', text: attached });
		if (found !== '') onPart({ type: 'section', section: 'related' });
	}
	if (found !== '') onPart({ type: 'delta', text: found });
	return { text: [attached, found].filter((text) => text !== '').join('\n\n'), usage: null, firstTokenMs: null, notices: [], endReason: 'stop', isFromModel: false };
}
