import type { Signal } from '#protocol/messages';

/** Answers whose last thumb is remembered. */
const KEPT = 500;

/** Thumbs as signals: one for every change of direction, none for the same thumb twice. */
export class Thumbs {
	readonly #last = new Map<string, number>();

	/** Null where nothing changed. */
	give(interactionId: string, value: 1 | -1, timeMs: number): Signal | null {
		if (this.#last.get(interactionId) === value) return null;
		this.#last.delete(interactionId);
		this.#last.set(interactionId, value);
		const [oldest] = this.#last.keys();
		if (this.#last.size > KEPT && oldest !== undefined) this.#last.delete(oldest);
		return { id: `thumbs:${interactionId}:${timeMs}`, interactionId, kind: 'thumbs', value, subject: null, source: 'user', timeMs };
	}
}
