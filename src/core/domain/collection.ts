/** The five collections of the seed. */
export type CollectionName = 'codebase-context' | 'skills-patterns' | 'error-solutions' | 'interaction-history' | 'best-practices';

export const COLLECTION_NAMES: readonly CollectionName[] = ['codebase-context', 'skills-patterns', 'error-solutions', 'interaction-history', 'best-practices'];

/** ISO 8601 in UTC, milliseconds. */
export type Timestamp = string;

/** What we add to every payload of the seed (snake_case on the wire, never renamed). */
export interface CommonPayload {
	/** Worktree the item belongs to; null where `scope` is global. */
	readonly workspace_id: string | null;
	readonly repository_id: string | null;
	readonly scope: 'workspace' | 'global';
	readonly status: 'proposed' | 'active' | 'retired';
	/** Who or what made the item: `ingest`, an agent's name, ids of interactions. */
	readonly provenance: readonly string[];
	readonly embedding_model: string | null;
	readonly content_hash: string;
	/** The user wants it kept as it is: nothing demotes, retires or removes it but the user. Absent: false. */
	readonly pinned?: boolean;
	/** Who decided the status last. Absent: whoever made the item. */
	readonly status_by?: 'user' | 'evidence' | 'tree';
	/** When the status was decided last; after a decision of the user only newer evidence counts. */
	readonly status_since?: Timestamp;
	/** Places of code that it speaks of (see `placeOf`); checked against the tree when the item is used. */
	readonly anchors?: readonly string[];
	/** How many checks in a row found none of the anchors, and when the last one was. */
	readonly stale_checks?: number;
	readonly last_checked?: Timestamp;
	/** The workspace that an item came from which the user has shared with all. */
	readonly shared_from?: string;
	/** Whether it stems from text that may not leave this machine; then it may not either. Absent: false. */
	readonly local_only?: boolean;
}

export interface CodebaseContextPayload extends CommonPayload {
	readonly file_path: string;
	readonly code_snippet: string;
	readonly language: string;
	readonly framework: string;
	readonly purpose: string;
	readonly last_accessed: Timestamp | null;
	readonly access_count: number;
	/** 0…1, decayed; 0.5 before anything is known. */
	readonly success_rate: number;
	readonly symbol: string | null;
	readonly breadcrumb: readonly string[];
	readonly kind: string;
	/** 1-based, inclusive. */
	readonly start_line: number;
	readonly end_line: number;
	/** Word pieces. */
	readonly tokens: number;
}

export interface SkillsPatternsPayload extends CommonPayload {
	readonly skill_name: string;
	readonly description: string;
	readonly usage_pattern: string;
	readonly success_examples: readonly string[];
	readonly failure_examples: readonly string[];
	readonly prerequisites: readonly string[];
	readonly related_skills: readonly string[];
	readonly value_score: number;
	readonly last_updated: Timestamp;
	/** The interactions that the examples, the value and the status are made of. */
	readonly evidence?: readonly SkillEvidence[];
}

/** What one interaction says of a skill: that it was learned from it, or how the question went that it was sent with. */
export interface SkillEvidence {
	readonly interaction_id: string;
	readonly conversation_id: string;
	readonly role: 'source' | 'used';
	readonly outcome: 'success' | 'partial' | 'failure';
	/** The question, cut to a line. */
	readonly text: string;
	readonly value_score: number;
	readonly timestamp: Timestamp;
}

export interface ErrorSolutionsPayload extends CommonPayload {
	readonly error_message: string;
	readonly error_type: string;
	readonly context: string;
	readonly solution: string;
	readonly solution_verified: boolean;
	readonly success_count: number;
	readonly failure_count: number;
	readonly first_seen: Timestamp;
	readonly last_used: Timestamp | null;
	readonly confidence_score: number;
	/** The interactions, or who else, that `solution` is the words of. Absent where they are those of `learned_fix`, and in what older versions wrote. */
	readonly solution_provenance?: readonly string[];
	/** Versioned JSON of the edits that fixed it and of the templates learned from them; absent where only text is known. */
	readonly learned_fix?: string;
}

export interface InteractionHistoryPayload extends CommonPayload {
	readonly query: string;
	readonly agent_type: 'local' | 'remote';
	readonly model_used: string;
	/** Ids of the points that were sent. */
	readonly context_provided: readonly string[];
	readonly response: string;
	readonly outcome: 'success' | 'partial' | 'failure' | null;
	readonly user_feedback: -1 | 0 | 1;
	readonly tokens_used: number;
	readonly latency_ms: number;
	readonly timestamp: Timestamp;
	readonly value_score: number;
	/** Id of the first interaction of its conversation. Absent in what older versions wrote: its own. */
	readonly conversation_id?: string;
}

export interface BestPracticesPayload extends CommonPayload {
	readonly category: string;
	readonly title: string;
	readonly description: string;
	readonly examples: readonly string[];
	readonly anti_patterns: readonly string[];
	readonly references: readonly string[];
	readonly endorsement_count: number;
	readonly last_validated: Timestamp;
	/** File of the worktree that it was read from, and the hex SHA-256 of its bytes then. Absent where it came from elsewhere. */
	readonly source_path?: string;
	readonly source_hash?: string;
}

export interface PayloadOf {
	readonly 'codebase-context': CodebaseContextPayload;
	readonly 'skills-patterns': SkillsPatternsPayload;
	readonly 'error-solutions': ErrorSolutionsPayload;
	readonly 'interaction-history': InteractionHistoryPayload;
	readonly 'best-practices': BestPracticesPayload;
}
