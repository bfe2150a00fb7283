import type { AskQuery } from '#protocol/messages';

/** Questions that a repetition is looked for among. */
const KEPT = 50;

interface AskedQuestion {
	readonly query: Pick<AskQuery, 'interactionId' | 'prompt' | 'command' | 'follows'>;
	/** The model that answered; null: the code found was the answer. */
	readonly modelId: string | null;
}

/** The last questions that were answered, to tell when one is asked again of another model. */
export class AskedQuestions {
	readonly #asked: AskedQuestion[] = [];

	add(query: AskedQuestion['query'], modelId: string | null): void {
		this.#asked.push({ query, modelId });
		if (this.#asked.length > KEPT) this.#asked.shift();
	}

	/**
	 * The interaction whose question this is once more, for another model: asked in the same place of the conversation (its answer was made anew)
	 * or right after it. Undefined where no model is named: the router may choose the same again.
	 */
	retryOf({ prompt, command, follows, model }: Pick<AskQuery, 'prompt' | 'command' | 'follows' | 'model'>): string | undefined {
		const found = this.#asked.findLast(
			({ query }) => query.prompt === prompt && query.command === command && (query.follows === follows || query.interactionId === follows),
		);
		if (!found || typeof model !== 'string' || found.modelId === null || found.modelId === model) return undefined;
		return found.query.interactionId;
	}
}
