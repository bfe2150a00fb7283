import type { CollectionName } from './collection.ts';
import type { FileRanking } from './fileRanking.ts';

/** A question that was answered, as it is remembered. */
export interface FinishedInteraction {
	/** UUID. */
	readonly id: string;
	readonly query: string;
	/** The query's embedding, unit length, and the id of its model; null where there is none. */
	readonly embedding: { readonly model: string; readonly vector: Float32Array } | null;
	readonly response: string;
	readonly modelId: string;
	readonly isRemote: boolean;
	readonly workspaceId: string | null;
	readonly repositoryId: string | null;
	/** What was sent along, best first. */
	readonly contexts: readonly InteractionContext[];
	readonly tokensUsed: number;
	readonly latencyMs: number;
	/** Milliseconds since 1970. */
	readonly timeMs: number;
	/** Whether text that may not leave this machine was in the question or its context. */
	readonly isLocalOnly: boolean;
	/** The interaction before it in the same conversation. */
	readonly follows: string | null;
	/** The interaction whose question this asked again of another model. */
	readonly retryOf: string | null;
	/** Name of the agent that asked: `user` for the person at the editor. */
	readonly agent: string;
	/** How the files were ranked for it; absent where they were not. */
	readonly ranking?: Pick<FileRanking, 'workspaceId' | 'files'>;
}

export interface InteractionContext {
	readonly pointId: string;
	readonly collection: CollectionName;
	readonly workspaceId: string;
	/** Empty for learned items. */
	readonly filePath: string;
	readonly symbol: string | null;
	readonly text: string;
}

/** A question that an agent answered on its own, as it reports it. */
export interface TrackedInteraction {
	/** UUID, new. */
	readonly id: string;
	readonly query: string;
	readonly response: string;
	/** What answered, in the agent's words. */
	readonly modelId: string;
	readonly isRemote: boolean;
	/** Points that the answer was made with; those that are not known here count for nothing. */
	readonly contextIds: readonly string[];
	readonly tokensUsed: number;
	readonly latencyMs: number;
	/** The interaction before it in the same conversation; null: none. */
	readonly follows: string | null;
	/** `agent:NAME`. */
	readonly agent: string;
}
