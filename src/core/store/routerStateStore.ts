import type { RouteDecision, RouteExperience, RouteFeatures } from '#core/domain/route';

/** A decision as it was made: what an outcome is later joined with, and what an explanation is made of. */
export interface StoredRoute {
	readonly interactionId: string;
	readonly timeMs: number;
	readonly features: RouteFeatures;
	/** Model id → presumed P(success) of the first day. */
	readonly priors: Readonly<Record<string, number>>;
	readonly decision: RouteDecision;
}

/**
 * What the router remembers between two runs, shared by all processes of a user. Outcomes are only ever appended, each with the next number,
 * so processes merge by reading what came after the last one they saw. Errors are those of SqliteDatabase.
 */
export interface RouterStateStore {
	saveRoute(route: StoredRoute): void;
	/** The newest decision of an interaction; null where it is unknown or long gone. */
	route(interactionId: string): StoredRoute | null;
	/** Replaces an earlier outcome of the same interaction and model. */
	append(experience: RouteExperience): void;
	/**
	 * Outcomes numbered above `after`, oldest first; the newest `limit` of them. `generation` changes when everything was forgotten: who sees
	 * another one than before starts again from 0.
	 */
	read(after: number, limit: number): { readonly generation: number; readonly last: number; readonly experiences: readonly RouteExperience[] };
	/** Forgets the decisions and outcomes of interactions; whoever learned from them starts again from 0. */
	forget(interactionIds: readonly string[]): void;
	/** Forgets decisions and outcomes. */
	clear(): void;
}
