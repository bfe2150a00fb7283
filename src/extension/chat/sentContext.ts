import type { AnswerSummary, AskQuery, Hit } from '#protocol/messages';

interface SentQuestion {
	readonly prompt: string;
	readonly hits: readonly Hit[];
	/** As it was asked, and how it was answered; absent until then. */
	readonly query?: AskQuery;
	readonly summary?: AnswerSummary;
}

/** Questions kept for “show what was sent”, “why” and “retry”. */
const KEPT = 50;

/** What was sent with the last questions and what came back, by interaction. */
export class SentContext {
	readonly #questions = new Map<string, SentQuestion>();
	#next: { readonly query: AskQuery; readonly shown: string } | undefined;

	set(interactionId: string, prompt: string, hits: readonly Hit[]): void {
		this.#questions.set(interactionId, { prompt, hits });
		const [oldest] = this.#questions.keys();
		if (this.#questions.size > KEPT && oldest !== undefined) this.#questions.delete(oldest);
	}

	/** Notes the end of an answer. */
	finish(query: AskQuery, summary: AnswerSummary): void {
		const known = this.#questions.get(query.interactionId);
		this.#questions.set(query.interactionId, { prompt: query.prompt, hits: known?.hits ?? [], query, summary });
	}

	/** Without an id, the newest. */
	get(interactionId?: string): SentQuestion | undefined {
		return interactionId === undefined ? [...this.#questions.values()].at(-1) : this.#questions.get(interactionId);
	}

	/** The question that the chat sends next, with these words, is this one. */
	askNext(query: AskQuery, shown: string = query.prompt): void {
		this.#next = { query, shown };
	}

	/** The question to ask instead of a request with these words; once, and only for the very next request. */
	takeNext(prompt: string): AskQuery | undefined {
		const next = this.#next;
		this.#next = undefined;
		return next?.shown.trim() === prompt.trim() ? next.query : undefined;
	}
}
