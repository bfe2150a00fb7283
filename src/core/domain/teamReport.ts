import type { AugmentationEffect, CallCosts, LocalSavings, ModelSpending } from './spending.ts';

/** What became of interactions whose outcome is known. */
export interface TeamOutcomes {
	/** Interactions of which something was heard. */
	readonly heard: number;
	readonly success: number;
	readonly partial: number;
	readonly failure: number;
}

/** One user, or several who chose the same name. */
export interface TeamMember extends CallCosts {
	/** The chosen name, else the random id. */
	readonly name: string;
	readonly isNamed: boolean;
	/** This data directory's own user is in it. */
	readonly isOwn: boolean;
	readonly savings: LocalSavings;
	readonly outcomes: TeamOutcomes;
	/** Thumbs, kept edits and the like that were reported. */
	readonly signals: number;
	readonly lastMs: number;
}

export interface TeamModel extends ModelSpending {
	readonly users: number;
	/** Of questions whose last good answer was this model's. */
	readonly outcomes: TeamOutcomes;
}

/** A week of UTC, from Monday. */
export interface TeamWeek {
	readonly startMs: number;
	readonly answered: number;
	readonly answeredLocally: number;
	readonly outcomes: TeamOutcomes;
}

/** Figures of many users, and nothing but figures. */
export interface TeamReport {
	readonly database: string;
	/** Only what came since then; null: everything that is kept. */
	readonly sinceMs: number | null;
	readonly retentionDays: number;
	/** All members together; an interaction counts for the user who asked. */
	readonly savings: LocalSavings;
	readonly effect: AugmentationEffect;
	/** Most calls first. */
	readonly members: readonly TeamMember[];
	/** Most calls first. */
	readonly models: readonly TeamModel[];
	/** Oldest first; weeks without a question are left out. */
	readonly weeks: readonly TeamWeek[];
}

/** How this user's figures get to the team. */
export interface TeamState {
	/** Host, port and name; null: no database is set. */
	readonly database: string | null;
	/** The random id under which the team sees this user. Null before there was a database. */
	readonly userId: string | null;
	/** Code of what the last attempt failed with; null where it went well. */
	readonly problem: string | null;
	/** Rows that are yet to be delivered. */
	readonly waiting: number;
	/** Rows that the database turned down for what they say. */
	readonly refused: number;
}
