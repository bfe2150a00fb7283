import type { InteractionHistoryPayload } from '#core/domain/collection';
import type { DatasetOmission } from '#core/domain/knowledge';
import { REDACTION_MARK, redactSecrets } from '#core/domain/redact';

/** Answers of this length were cut when they were remembered (see `interactionPoint`), questions too. */
const CUT = { query: 8_000, response: 20_000 } as const;

/** A remembered interaction. */
export interface Remembered {
	readonly id: string;
	readonly payload: InteractionHistoryPayload;
	/** `wordsOf` the question. */
	readonly words: string;
}

/** Why an interaction teaches nothing; null where it is fit for training. `threshold`: the value score from which it is worth it. */
export function omissionOf(payload: InteractionHistoryPayload, threshold: number): DatasetOmission | null {
	if (payload.status === 'retired') return 'retired';
	if (payload.outcome !== 'success') return 'not-a-success';
	if (payload.value_score < threshold) return 'low-value';
	return unusable(payload);
}

/** What makes a question or its answer unfit, however well it went. */
export function unusable({ query, response, model_used, local_only }: InteractionHistoryPayload): DatasetOmission | null {
	if (local_only) return 'local-only';
	// The code that was found, as the answer: nobody said that.
	if (model_used === 'none') return 'no-model';
	if (query.trim() === '' || response.trim() === '') return 'empty';
	// A model would learn to write the mark; and rules may have been added since this was stored.
	if ([query, response].some((text) => text.includes(REDACTION_MARK) || redactSecrets(text).redactions > 0)) return 'secrets';
	if (query.length >= CUT.query || response.length >= CUT.response) return 'cut-off';
	return null;
}

/** The words of a text, whatever their case and spaces. */
export function wordsOf(text: string): string {
	return text.toLowerCase().replace(/\s+/g, ' ').trim();
}
