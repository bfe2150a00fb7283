/** Why an extraction gave nothing. */
export type DropReason = 'unusable' | 'timeout' | 'crashed' | 'failed';

export interface ClaimedExtraction {
	readonly interactionId: string;
	/** How often it was begun, this time included. */
	readonly attempts: number;
}

export interface ExtractionCounts {
	readonly waiting: number;
	readonly done: number;
	readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/** The interactions that a pattern is to be extracted from, each once, whoever asks and however often. Survives the process. */
export interface ExtractionStore {
	/** Puts an interaction at the end of the queue, unless it was ever put there. Returns whether it was new. */
	enqueue(interactionId: string, nowMs: number): Promise<boolean>;
	/** Takes one that no process holds, of those tried least the one that waits longest, and holds it until `untilMs`; null where none waits. */
	claim(nowMs: number, untilMs: number): Promise<ClaimedExtraction | null>;
	/** Gives one back that was not tried: it waits as before. */
	release(interactionId: string): Promise<void>;
	/** Notes the end of one: the skill that it gave or became an example of, or why it gave none. */
	finish(interactionId: string, result: { readonly skillId: string } | { readonly dropped: DropReason }): Promise<void>;
	/** The skill that was learned from an interaction; null where none was. */
	skillOf(interactionId: string): Promise<string | null>;
	/** Takes those that wait out of the queue, so that they may be queued again. */
	withdraw(interactionIds: readonly string[]): Promise<void>;
	/** Removes every trace of interactions, or of all. */
	forget(interactionIds: readonly string[] | null): Promise<void>;
	counts(): Promise<ExtractionCounts>;
}
