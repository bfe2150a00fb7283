import { raceAbort } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { EmbeddingModel, EmbeddingRequest } from '#core/models/embeddingModel';
import type { ClockPort } from '#core/ports';

export interface EmbeddedQuestion {
	readonly model: EmbeddingModel | null;
	/** Null with no model, and when the model failed or was late. */
	readonly vector: Float32Array | null;
	/** Why meaning could not be used, where it could not. */
	readonly lexicalOnly: string | null;
	/** When it was settled, by the clock. */
	readonly doneMs: number;
}

/** A question waits this long for its own vector; a hung server then costs the meaning, not the answer. */
const QUESTION_LIMIT_MS = 5_000;
/** The question's own vector, or why there is none. Rejects only with `cancelled`. */
export async function embedQuestion(
	text: string,
	options: { readonly embedding: () => Promise<EmbeddingModel | null>; readonly clock: ClockPort } & Omit<EmbeddingRequest, 'purpose'>,
): Promise<EmbeddedQuestion> {
	const { clock, interactionId, workspaceId, signal } = options;
	const timer = new AbortController();
	const limit = clock.delay(QUESTION_LIMIT_MS, timer.signal).then(
		() => 'late' as const,
		() => new Promise<never>(() => undefined),
	);
	const embed = async () => {
		const model = await options.embedding();
		const [vector] = model ? await model.embed([text], { purpose: 'query', interactionId, workspaceId, signal }) : [];
		return { model, vector: vector ?? null };
	};
	const without = (lexicalOnly: string): EmbeddedQuestion => ({ model: null, vector: null, lexicalOnly, doneMs: clock.nowMs() });
	try {
		const embedded = await raceAbort(Promise.race([embed(), limit]), signal);
		if (embedded === 'late') return without('the embedding model does not answer');
		return { ...embedded, lexicalOnly: embedded.model ? null : 'no embedding model is chosen', doneMs: clock.nowMs() };
	} catch (error) {
		if (CoordinatorError.is(error, 'cancelled')) throw error;
		return without(error instanceof Error ? error.message : String(error));
	} finally {
		timer.abort();
	}
}
