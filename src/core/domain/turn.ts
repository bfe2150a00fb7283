/** A claim on a place that serves one at a time. */
export interface Turn {
	/** Grows with every claim: who came first goes first. */
	readonly number: number;
	/** Whose it is: `ProcessPort.own`. */
	readonly owner: string;
	readonly timeMs: number;
}

/** The queues of places, shared by all processes of a user. Errors: `database-locked` (retryable), `database-readonly`, `disk-full`, `database-corrupt`. */
export interface TurnStore {
	/** Puts a claim behind all that are there, and returns its number. */
	enter(place: string, owner: string, timeMs: number): number;
	/** The claims on a place, first come first. */
	turns(place: string): readonly Turn[];
	/** Takes claims back; those that are not there are left out. */
	leave(numbers: readonly number[]): void;
	close(): void;
}
