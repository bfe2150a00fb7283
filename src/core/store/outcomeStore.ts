import type { Signal } from '#core/domain/outcome';

/** A piece of context that went along with a question. */
export interface SentContext {
	readonly pointId: string;
	/** Where it stands, so that it is known again after its text has changed: see `placeOf`. */
	readonly place: string;
	/** Whether the answer made use of it; only what was used is credited. */
	readonly isUsed: boolean;
}

/** What an interaction says of a place: that context from there led to success, or did not. */
export interface Credit {
	readonly interactionId: string;
	readonly place: string;
	/** P(success) of the interaction, 0…1. */
	readonly success: number;
	/** How much it counts, 0…1. */
	readonly weight: number;
	/** Milliseconds since 1970. */
	readonly timeMs: number;
	/** Whether anybody but agents was heard: of its interaction, or that its file was edited. */
	readonly isConfirmed: boolean;
}

/** An interaction that has heard something whose consequences are not drawn yet. */
export interface PendingOutcome {
	readonly interactionId: string;
	/** Grows with every new signal. */
	readonly version: number;
}

/**
 * Signals as they came, and what followed from them. A signal and the note that its consequences are outstanding are one transaction, and
 * consequences replace those drawn before, so that a process may die at any moment: what is pending is drawn again.
 */
export interface OutcomeStore {
	/** Remembers what was sent; replaces what was remembered before. */
	recordContexts(interactionId: string, contexts: readonly SentContext[]): Promise<void>;
	contexts(interactionId: string): Promise<readonly SentContext[]>;
	/** How many of an interaction's contexts stand where context of another interaction stood: they were sent more than once. */
	countReused(interactionId: string): Promise<number>;
	/** Stores signals that are new by id; their interactions become pending. Returns those that were new, in their order. */
	addSignals(signals: readonly Signal[]): Promise<readonly Signal[]>;
	/** All signals of an interaction, oldest first. */
	signals(interactionId: string): Promise<readonly Signal[]>;
	/** Interactions with outstanding consequences, longest waiting first. */
	pending(limit: number): Promise<readonly PendingOutcome[]>;
	/** Replaces the interaction's credits. It stays pending where a signal came after `version`. */
	settle(pending: PendingOutcome, credits: readonly Omit<Credit, 'interactionId' | 'isConfirmed'>[]): Promise<void>;
	/** Credits of each place, oldest first, absent where there are none. */
	creditsAt(places: readonly string[]): Promise<ReadonlyMap<string, readonly Credit[]>>;
	/** Credits that these interactions gave. */
	creditsOf(interactionIds: readonly string[]): Promise<readonly Credit[]>;
	/** Removes signals, contexts and credits of interactions. */
	forget(interactionIds: readonly string[]): Promise<void>;
	/** Removes what learned items earned, and that they were sent: their place is their id. */
	forgetItems(ids: readonly string[]): Promise<void>;
	/** Removes everything that belongs to places of this workspace, or of all. */
	forgetWorkspace(workspaceId: string | null): Promise<void>;
	counts(): Promise<{ readonly signals: number; readonly credits: number; readonly pending: number }>;
}

/** Where a piece of code stands: its workspace, file and, where it has one, symbol. Without a symbol the file as a whole. */
export function placeOf(workspaceId: string, filePath: string, symbol: string | null): string {
	return `${workspaceId}\n${filePath}\n${symbol ?? ''}`;
}
