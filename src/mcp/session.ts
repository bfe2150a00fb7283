/** Characters of an agent's name that are kept. */
const LONGEST_NAME = 60;
/** Ids that are given out and not used yet; the oldest go first. */
const MOST_ISSUED = 1_000;
/** Calls of one connection at a time. */
const MOST_CALLS = 16;

/** What is known of one connection: who is at the other end, and what it was given. */
export class Session {
	readonly #clientName: () => string | undefined;
	readonly #user: string | null;
	readonly #issued = new Set<string>();
	#calls = 0;

	/** `user`: whose token the connection bears, where the server tells users apart. */
	constructor(clientName: () => string | undefined, user: string | null = null) {
		this.#clientName = clientName;
		this.#user = user;
	}

	/** `agent:NAME`, or `agent:USER/NAME`, the source of everything that is reported here: never that of the user or the editor, whatever the agent calls itself. */
	get agent(): string {
		const name = (this.#clientName() ?? '')
			.replace(/[^\p{L}\p{N}._-]+/gu, ' ')
			.trim()
			.slice(0, LONGEST_NAME)
			.trim();
		return `agent:${this.#user === null ? '' : `${this.#user}/`}${name || 'unknown'}`;
	}

	/** Remembers an id that this connection may use once for what it reports. */
	issue(interactionId: string): void {
		this.#issued.add(interactionId);
		for (const oldest of this.#issued) {
			if (this.#issued.size <= MOST_ISSUED) break;
			this.#issued.delete(oldest);
		}
	}

	/** True where the id was given out here and not used yet: nobody reports under the id of an interaction that is not theirs. */
	redeem(interactionId: string): boolean {
		return this.#issued.delete(interactionId);
	}

	/** Null where too many calls are under way; else what to call at the end of this one. */
	begin(): (() => void) | null {
		if (this.#calls >= MOST_CALLS) return null;
		this.#calls++;
		return () => {
			this.#calls--;
		};
	}
}
