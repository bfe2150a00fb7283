import type { ModelMessage } from '#core/models/languageModel';
import type { ClockPort } from '#core/ports';

/** All that an answer depends on. What differs in anything is another question. */
export interface CacheQuestion {
	readonly modelId: string;
	/** The whole of what the model would get: instructions, turns, question and context, as sent. */
	readonly messages: readonly ModelMessage[];
	/** Settings of the call that shape the answer: a token limit, a temperature, a schema. */
	readonly options: Readonly<Record<string, string | number | boolean | null>>;
	/** Where the question was asked. */
	readonly workspaceId: string | null;
	/** Whether local-only text is in the messages: such an answer is found in its own workspace alone. */
	readonly hasLocalOnly: boolean;
}

export interface CachedAnswer {
	readonly text: string;
	readonly inputTokens: number;
	readonly outputTokens: number;
	readonly isEstimate: boolean;
	/** When the model gave it. */
	readonly timeMs: number;
}

export interface CacheStatistics {
	readonly entries: number;
	readonly hits: number;
	readonly misses: number;
	/** Null before the first question. */
	readonly hitRate: number | null;
}

export interface ResponseCacheOptions {
	readonly maxEntries?: number;
	/** Characters of questions and answers together. */
	readonly maxCharacters?: number;
	readonly maxAgeMs?: number;
}

/**
 * Answers to identical questions on identical context. Questions are compared as a whole, not by a digest, so nothing stands for anything
 * else, and an edit to any piece of the context is another question. The least recently used goes first.
 *
 * Kept in memory: answers hold code, a restart is when models and servers change unseen, and the age is an hour. The hit rate over restarts is
 * in the ledger. Do not ask it when the user wants another answer to the same question.
 */
export class ResponseCache {
	readonly #answers = new Map<string, CachedAnswer>();
	readonly #clock: Pick<ClockPort, 'nowMs'>;
	readonly #limits: Required<ResponseCacheOptions>;
	#characters = 0;
	#hits = 0;
	#misses = 0;

	constructor(clock: Pick<ClockPort, 'nowMs'>, options: ResponseCacheOptions = {}) {
		this.#clock = clock;
		this.#limits = { maxEntries: 200, maxCharacters: 8_000_000, maxAgeMs: 3_600_000, ...options };
	}

	/** The stored answer, or null. Counts as a hit or a miss. */
	find(question: CacheQuestion): CachedAnswer | null {
		const key = keyOf(question);
		const answer = this.#answers.get(key);
		if (!answer || !this.#isFresh(answer)) {
			if (answer) this.#remove(key, answer);
			this.#misses++;
			return null;
		}
		this.#answers.delete(key);
		this.#answers.set(key, answer);
		this.#hits++;
		return answer;
	}

	/** Keeps a whole answer. One that was cut off, cancelled, filtered or is empty is not kept. */
	store(question: CacheQuestion, answer: Omit<CachedAnswer, 'timeMs'> & { readonly endReason: string }): void {
		const { endReason, text, ...usage } = answer;
		if (endReason !== 'stop' || text.trim() === '') return;
		const key = keyOf(question);
		const known = this.#answers.get(key);
		if (known) this.#remove(key, known);
		if (key.length + text.length > this.#limits.maxCharacters) return;
		this.#answers.set(key, { ...usage, text, timeMs: this.#clock.nowMs() });
		this.#characters += key.length + text.length;
		for (const [oldKey, old] of this.#answers) {
			if (this.#answers.size <= this.#limits.maxEntries && this.#characters <= this.#limits.maxCharacters) break;
			this.#remove(oldKey, old);
		}
	}

	clear(): void {
		this.#answers.clear();
		this.#characters = 0;
	}

	statistics(): CacheStatistics {
		const asked = this.#hits + this.#misses;
		return { entries: this.#answers.size, hits: this.#hits, misses: this.#misses, hitRate: asked === 0 ? null : this.#hits / asked };
	}

	/** An answer from the future is of a clock that was set back: its age is not known. */
	#isFresh({ timeMs }: CachedAnswer): boolean {
		const ageMs = this.#clock.nowMs() - timeMs;
		return ageMs >= 0 && ageMs <= this.#limits.maxAgeMs;
	}

	#remove(key: string, answer: CachedAnswer): void {
		this.#answers.delete(key);
		this.#characters -= key.length + answer.text.length;
	}
}

function keyOf({ modelId, messages, options, workspaceId, hasLocalOnly }: CacheQuestion): string {
	const settings = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
	return JSON.stringify([modelId, settings, hasLocalOnly ? [workspaceId] : null, messages.map(({ role, text }) => [role, text])]);
}
