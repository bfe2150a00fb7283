import { isCancellation } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { AnswerSummary } from '#core/domain/answer';
import type { LanguageModel, ModelMessage } from '#core/models/languageModel';
import type { ClockPort } from '#core/ports';
import { AnswerSanitiser } from './sanitise.ts';

/** What one model gave. */
export interface StreamedAnswer {
	/** Sanitised, as it was shown. */
	readonly text: string;
	readonly usage: AnswerSummary['usage'];
	readonly firstTokenMs: number | null;
	readonly totalMs: number;
	readonly endReason: AnswerSummary['endReason'];
	/** Set where `endReason` is `failed`. */
	readonly failure: CoordinatorError | null;
}

/** Streams the answer of one model through the sanitiser to `onText`. Never rejects: a failure and a cancel are results, with what came before. */
export async function streamAnswer(options: {
	readonly model: LanguageModel;
	readonly messages: readonly ModelMessage[];
	readonly onText: (text: string) => void;
	/** Null: as long as the model likes. */
	readonly maxOutputTokens: number | null;
	/** How many requests of the same server are before this one; 0: it is its turn. */
	readonly onQueued?: (position: number) => void;
	readonly clock: Pick<ClockPort, 'nowMs'>;
	readonly signal?: AbortSignal;
}): Promise<StreamedAnswer> {
	const { model, messages, maxOutputTokens, onText, onQueued, clock, signal } = options;
	const limit = maxOutputTokens === null ? {} : { maxOutputTokens };
	const start = clock.nowMs();
	const sanitiser = new AnswerSanitiser();
	let text = '';
	let firstTokenMs: number | null = null;
	let usage: AnswerSummary['usage'] = null;
	let endReason: AnswerSummary['endReason'] = 'other';
	let failure: CoordinatorError | null = null;
	const show = (piece: string) => {
		if (piece === '') return;
		text += piece;
		onText(piece);
	};
	try {
		for await (const part of model.stream(messages, { ...limit, ...(signal ? { signal } : {}), ...(onQueued ? { onQueued } : {}) })) {
			if (part.type === 'delta') {
				firstTokenMs ??= clock.nowMs() - start;
				show(sanitiser.push(part.text));
			} else if (part.type === 'end') {
				usage = part.usage;
				endReason = part.reason;
			}
		}
	} catch (error) {
		if (signal?.aborted || isCancellation(error)) endReason = 'cancelled';
		else {
			endReason = 'failed';
			failure = CoordinatorError.is(error) ? error : new CoordinatorError('server-error', error instanceof Error ? error.message : String(error), { cause: error });
		}
	}
	show(sanitiser.end());
	return { text, usage, firstTokenMs, totalMs: clock.nowMs() - start, endReason, failure };
}
