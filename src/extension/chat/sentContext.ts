import type { Hit } from '#protocol/messages';

interface SentQuestion {
	readonly prompt: string;
	readonly hits: readonly Hit[];
}

/** Questions kept for “show what was sent”. */
const KEPT = 50;

/** What was sent with the last questions, by interaction. */
export class SentContext {
	readonly #questions = new Map<string, SentQuestion>();

	set(interactionId: string, prompt: string, hits: readonly Hit[]): void {
		this.#questions.set(interactionId, { prompt, hits });
		const [oldest] = this.#questions.keys();
		if (this.#questions.size > KEPT && oldest !== undefined) this.#questions.delete(oldest);
	}

	/** Without an id, the newest. */
	get(interactionId?: string): SentQuestion | undefined {
		return interactionId === undefined ? [...this.#questions.values()].at(-1) : this.#questions.get(interactionId);
	}
}
