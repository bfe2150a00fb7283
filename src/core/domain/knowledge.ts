import type { CollectionName } from './collection.ts';
import type { OutcomeLabel, Signal } from './outcome.ts';

/** The collections whose items are learned, and so are the user's to see, change and delete. */
export type LearnedCollection = Exclude<CollectionName, 'codebase-context'>;

export const LEARNED_COLLECTIONS: readonly LearnedCollection[] = ['skills-patterns', 'error-solutions', 'best-practices', 'interaction-history'];

export type KnowledgeStatus = 'proposed' | 'active' | 'retired';

export interface KnowledgeQuery {
	/** Absent: all. */
	readonly collections?: readonly LearnedCollection[];
	readonly statuses?: readonly KnowledgeStatus[];
	/** Items of this workspace and those of all; absent: of every workspace. */
	readonly workspaceId?: string;
	readonly isPinned?: boolean;
	/** Every word must be in the item, in any case. */
	readonly text?: string;
	readonly limit: number;
	/** Items to pass over, from 0. */
	readonly offset?: number;
}

/** A learned item in a list. */
export interface KnowledgeItem {
	readonly id: string;
	readonly collection: LearnedCollection;
	readonly title: string;
	/** The beginning of what it says. */
	readonly text: string;
	readonly status: KnowledgeStatus;
	readonly scope: 'workspace' | 'global';
	readonly workspaceId: string | null;
	/** Name of the teammate whose it is: it is read here, and changed by them alone. Null: this user's. */
	readonly owner: string | null;
	readonly isPinned: boolean;
	/** Whether it stems from text that may not leave this machine. */
	readonly isLocalOnly: boolean;
	/** What is to be learned from it, 0…1; null where nothing was computed. */
	readonly value: number | null;
	/** Decayed share of success where it was used, 0…1; null where it never was. */
	readonly successRate: number | null;
	/** Interactions in which it was used. */
	readonly timesUsed: number;
	/** Of interactions alone. */
	readonly outcome: OutcomeLabel | null;
	/** Milliseconds since 1970. */
	readonly updatedMs: number;
}

/** A search by meaning among what was learned. Interactions are not among what is found. */
export interface KnowledgeSearch {
	readonly text: string;
	readonly collections: readonly Exclude<LearnedCollection, 'interaction-history'>[];
	/** Most items of each collection. */
	readonly limit: number;
}

export interface KnowledgePage {
	/** Newest first. */
	readonly items: readonly KnowledgeItem[];
	/** All that the query finds. */
	readonly total: number;
	readonly nextOffset: number | null;
}

export interface KnowledgeField {
	/** Name in the payload. */
	readonly name: string;
	readonly value: string | number | boolean | readonly string[];
	readonly isEditable: boolean;
}

/** An interaction that an item comes from, or was used in. What was forgotten of it is null. */
export interface KnowledgeSource {
	readonly interactionId: string;
	readonly role: 'learned-from' | 'used-in';
	readonly query: string | null;
	readonly timeMs: number | null;
	readonly agent: string | null;
	readonly modelId: string | null;
	readonly outcome: OutcomeLabel | null;
}

export interface KnowledgeDetail {
	readonly item: KnowledgeItem;
	readonly fields: readonly KnowledgeField[];
	readonly sources: readonly KnowledgeSource[];
	/** Of an interaction: what was heard of it. */
	readonly signals: readonly Signal[];
	/** Of an interaction: what was learned from it. */
	readonly derived: readonly { readonly id: string; readonly title: string }[];
}

/** `confirm` makes a proposed item active, and what an agent reported of an interaction the user's word; `restore` a retired one; `share` lets every workspace use it, `unshare` takes that back. */
export type KnowledgeChange =
	| { readonly action: 'confirm' | 'retire' | 'restore' | 'pin' | 'unpin' | 'share' | 'unshare' }
	| { readonly action: 'edit'; readonly fields: Readonly<Record<string, string | readonly string[]>> };

/** What is to be forgotten: one workspace with all that came from it, or everything. */
export type ForgetScope = { readonly workspaceId: string } | { readonly everything: true };

/** Items by collection. */
export type ItemCounts = Readonly<Record<LearnedCollection, number>>;

export interface ExportRequest {
	/** Absent: skills, error solutions and practices, without interactions. */
	readonly collections?: readonly LearnedCollection[];
	/** Items of this workspace and those of all; absent: of every workspace. */
	readonly workspaceId?: string;
}

export interface ExportedBundle {
	/** JSON lines, see `learn/book/bundle`. */
	readonly text: string;
	readonly counts: ItemCounts;
	/** Secrets that were blanked on the way out. */
	readonly redactions: number;
	/** Items that are not in it: those that may not leave this machine, and those that do not fit a bundle: too large, or damaged. */
	readonly omitted: { readonly localOnly: number; readonly unfit: number };
}

export interface ImportRequest {
	readonly text: string;
	/** Open worktree that items go to which are not shared with all; absent: the first that is open. */
	readonly workspaceId?: string;
	/** False: only counts. */
	readonly isApplied: boolean;
	/** True: what was active stays active and keeps its record. Else everything comes in as proposed, to be confirmed. */
	readonly isTrusted: boolean;
}

export interface ImportReport {
	readonly added: ItemCounts;
	/** Known already, and now with what the bundle knew beyond. */
	readonly merged: ItemCounts;
	readonly unchanged: ItemCounts;
}

export interface DatasetRequest {
	/** Absent: of every workspace. */
	readonly workspaceId?: string;
	/** Share of the newest examples that is kept for validation, 0…0.5. Default 0.1. */
	readonly validationShare?: number;
}

export const DATASET_OMISSIONS = [
	'not-a-success',
	'low-value',
	'local-only',
	'no-model',
	'secrets',
	'cut-off',
	'empty',
	'duplicate',
	'too-near-to-training',
	'retired',
] as const;

/** Why an interaction is not in the training data. */
export type DatasetOmission = (typeof DATASET_OMISSIONS)[number];

export interface DatasetReport {
	readonly train: number;
	readonly validation: number;
	readonly preferencePairs: number;
	readonly omitted: Readonly<Partial<Record<DatasetOmission, number>>>;
	/** Time of the newest example of the training part; all of the validation part are newer. Null where there is no validation part. */
	readonly splitMs: number | null;
	/** The first lines of the training part, as they are written. */
	readonly examples: readonly string[];
}

/** JSON lines, each text a file. */
export interface Dataset {
	readonly report: DatasetReport;
	readonly trainJsonl: string;
	readonly validationJsonl: string;
	readonly preferencesJsonl: string;
}

export interface KnowledgeState {
	readonly items: ItemCounts;
	/** Patterns that are to be extracted, were, or could not be and why. */
	readonly extractions: { readonly waiting: number; readonly done: number; readonly dropped: Readonly<Record<string, number>> };
}

/** What the owner of the learned items can do with them. Every call may reject with a CoordinatorError. */
export interface KnowledgeOwner {
	list(query: KnowledgeQuery): Promise<KnowledgePage>;
	/** `not-found` for an id that is not known. */
	detail(id: string): Promise<KnowledgeDetail>;
	/** `not-found`; `invalid-argument` for what cannot be done to the item. */
	change(id: string, change: KnowledgeChange): Promise<KnowledgeItem>;
	/** Removes items from every store, for good. Unknown ids count for nothing. */
	remove(ids: readonly string[]): Promise<ItemCounts>;
	forget(scope: ForgetScope): Promise<ItemCounts>;
	export(request: ExportRequest): Promise<ExportedBundle>;
	/** `bundle-invalid` or `bundle-newer`, with nothing changed; `not-found` where no such folder is open. */
	import(request: ImportRequest): Promise<ImportReport>;
	dataset(request: DatasetRequest): Promise<Dataset>;
	status(): Promise<KnowledgeState>;
}
