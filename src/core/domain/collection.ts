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
}

export interface PayloadOf {
	readonly 'codebase-context': CodebaseContextPayload;
	readonly 'skills-patterns': SkillsPatternsPayload;
	readonly 'error-solutions': ErrorSolutionsPayload;
	readonly 'interaction-history': InteractionHistoryPayload;
	readonly 'best-practices': BestPracticesPayload;
}
