import type { AnswerSummary, AskPart, AugmentedQuestion } from './answer.ts';
import type { AnswerEdit, CommandRun, FailedCommand } from './commandRun.ts';
import type { DashboardData, DashboardQuery, DashboardRowsPage, DashboardRowsQuery } from './dashboard.ts';
import type { WorkspaceFolder } from './file.ts';
import type { RankingOwner } from './fileRanking.ts';
import type { FixProposal, FixRequest } from './fix.ts';
import type { Hit, KnowledgeHit } from './hit.ts';
import type { IndexStatus } from './indexStatus.ts';
import type { TrackedInteraction } from './interaction.ts';
import type { KnowledgeOwner, KnowledgeSearch } from './knowledge.ts';
import type { FixOutcome, LearnedFixOffer, LearnedFixRequest } from './learnedFix.ts';
import type { EndpointDescription, EndpointHealth, ModelInfo, ModelPreset, ModelTestResult, PullProgress } from './modelInfo.ts';
import type { Signal } from './outcome.ts';
import type { Attachment, ConversationTurn, EditorSignals, QuestionKind } from './question.ts';
import type { RouteDecision, RouterOwner } from './route.ts';
import type { SpendingSummary } from './spending.ts';
import type { ClearedIndexes, StoredIndex } from './storedIndex.ts';
import type { StoreMoveReport, StoreMoveTarget } from './storeMove.ts';
import type { TeamReport, TeamState } from './teamReport.ts';

export interface SearchQuery {
	readonly query: string;
	readonly limit: number;
	readonly signals?: EditorSignals;
	/** False for a live quick pick: nothing is embedded beyond the query. Default true. */
	readonly canEmbed?: boolean;
	/** True: what is found goes to a program whose models nobody knows, so text that may not leave this machine is left out. Default false. */
	readonly leavesMachine?: boolean;
}

export interface SearchResult {
	readonly hits: readonly Hit[];
	readonly kind: QuestionKind;
	/** Milliseconds. */
	readonly timings: { readonly totalMs: number; readonly embedMs: number; readonly storeMs: number };
	/** Hits that were left out since they may not leave this machine; absent where nobody asked for that. */
	readonly withheld?: number;
}

export interface AskQuery {
	readonly interactionId: string;
	readonly prompt: string;
	readonly command?: 'explain' | 'search';
	readonly history: readonly ConversationTurn[];
	readonly attachments: readonly Attachment[];
	readonly signals: EditorSignals;
	/** The interaction that this one follows in the same conversation. */
	readonly follows?: string;
	/** The interaction whose question this asks again, because its answer did not do. */
	readonly retryOf?: string;
	/** Name of the agent that asks; absent: the user. */
	readonly agent?: string;
	/** The user's choice of a model, by id; absent: the preferred one of the settings, else the router chooses. Null: none is asked, and the code found is the answer. */
	readonly model?: string | null;
	/** As in a search; for `augment` alone. */
	readonly leavesMachine?: boolean;
	/**
	 * Set where another chat asks one of our models, or an answer of a certain form is needed: its own instructions go along, and its history is
	 * sent whole. Where the model gives nothing the question rejects, since code in place of an answer would surprise there.
	 */
	readonly otherChat?: { readonly instructions: string };
}

/** A model as the heads see it. */
export interface ModelDescription extends ModelInfo {
	readonly id: string;
	readonly label: string;
	readonly destination: string;
	readonly isRemote: boolean;
	readonly contextTokens: number | null;
	readonly health: EndpointHealth;
}

export interface FileChange {
	/** Absolute. */
	readonly path: string;
	readonly kind: 'created' | 'changed' | 'deleted';
}

/** A model server that answered on this machine. */
export interface DiscoveredServer {
	readonly kind: 'ollama' | 'openai';
	readonly url: string;
	readonly name: string;
	readonly models: readonly string[];
}

/** The public face of core: what server, cli and later mcp are heads of. Every call may reject with a CoordinatorError. */
export interface Coordinator {
	openFolders(folders: readonly WorkspaceFolder[]): Promise<void>;
	/** Resolves when the first pass is searchable by words; vectors go on. */
	startIndexing(): Promise<void>;
	pauseIndexing(): void;
	resumeIndexing(): void;
	stopIndexing(): void;
	clearIndex(): Promise<void>;
	status(): IndexStatus;
	onDidChangeStatus(listener: (status: IndexStatus) => void): { dispose(): void };
	filesChanged(changes: readonly FileChange[]): void;
	/** Resolves when nothing is queued: vectors included when asked for. For cli, tests and benches. */
	whenIdle(options?: { readonly vectors?: boolean }): Promise<void>;
	search(query: SearchQuery, signal?: AbortSignal): Promise<SearchResult>;
	augment(query: AskQuery, signal?: AbortSignal): Promise<AugmentedQuestion>;
	ask(query: AskQuery, onPart: (part: AskPart) => void, signal?: AbortSignal): Promise<AnswerSummary>;
	/** How a question would be routed, without asking a model. Null where the models cannot be looked up. */
	route(query: AskQuery, signal?: AbortSignal): Promise<RouteDecision | null>;
	/** Remembers a question that an agent answered on its own. False: learning is off, and nothing is kept. */
	trackInteraction(tracked: TrackedInteraction, signal?: AbortSignal): Promise<boolean>;
	/** Learned items that are near a text by meaning, of the open workspaces and of all, and may leave this machine. Empty where no embedding model is to be had. */
	findKnowledge(request: KnowledgeSearch, signal?: AbortSignal): Promise<readonly KnowledgeHit[]>;
	/** Has a model fix diagnostics of a file. Nothing is written: the edit is checked to apply, and the user decides. */
	proposeFix(request: FixRequest, signal?: AbortSignal): Promise<FixProposal>;
	/** Takes in what became of answers. Returns how many signals were new; those of unknown interactions are not kept. */
	reportOutcome(signals: readonly Signal[]): Promise<number>;
	/** With `isFresh` every server is asked anew, also one that is left alone for having failed. */
	models(options?: { readonly isFresh?: boolean }): Promise<readonly ModelDescription[]>;
	/** The servers, also those that give no models: a key is missing, or nobody answers. */
	modelEndpoints(): Promise<readonly EndpointDescription[]>;
	/** Models that are known to be worth having, and which of them are there. */
	modelPresets(): Promise<readonly ModelPreset[]>;
	/** Asks a model for a word or two. Rejects with `not-found` for an unknown id only: a failure is a result. */
	testModel(id: string, signal?: AbortSignal): Promise<ModelTestResult>;
	/** Has an Ollama server fetch a model. The server keeps what it has when the signal fires. */
	pullModel(request: { readonly url: string; readonly model: string }, onProgress: (progress: PullProgress) => void, signal?: AbortSignal): Promise<void>;
	/** A key was set or removed: what the servers said is asked anew. */
	secretsChanged(): void;
	/** Fixes for a diagnostic that need no model, most trusted first. */
	offerFixes(request: LearnedFixRequest): Promise<readonly LearnedFixOffer[]>;
	/** What became of a fix: verified ones are learned from. */
	recordFix(outcome: FixOutcome): Promise<void>;
	/**
	 * Takes in a command that ended in a terminal or as a task. One that failed is watched until it passes, and what was asked and applied meanwhile is its
	 * solution. Gives what is known to have solved the errors that it failed with, best first.
	 */
	commandEnded(run: CommandRun): Promise<readonly KnowledgeHit[]>;
	/** The user applied an edit of an answer. */
	answerEdited(edit: AnswerEdit): void;
	/** The command that failed last in this window and has not passed since. Null: none, or nothing is learned. */
	lastFailure(): Promise<FailedCommand | null>;
	/** What was learned, for its owner. */
	readonly knowledge: KnowledgeOwner;
	/** What the router learned, for its owner. */
	readonly router: RouterOwner;
	/** What outcomes say of files, for its owner. */
	readonly ranking: RankingOwner;
	/** What models cost and what was saved; `withDetails` reads every call that is kept. */
	spending(options?: { readonly withDetails?: boolean }): Promise<SpendingSummary>;
	/** Figures of a team, from its database, since a time; null: all that are kept. `not-found` where no database is set, else what connecting to it fails with. */
	teamReport(options: { readonly sinceMs: number | null }): Promise<TeamReport>;
	/** Whether this user's figures reach the team. */
	teamState(): Promise<TeamState>;
	/** Has all calls that are kept here delivered to the team, each of which is there once in the end. Returns how many wait for it then. */
	resendToTeam(): Promise<number>;
	/** Figures of a range, a workspace or a model: each is a sum over rows that `dashboardRows` gives, or is of the newest of them. */
	dashboard(query: DashboardQuery): Promise<DashboardData>;
	dashboardRows(query: DashboardRowsQuery): Promise<DashboardRowsPage>;
	/** Asks the usual local ports; only call when the user agreed. */
	discoverServers(signal?: AbortSignal): Promise<readonly DiscoveredServer[]>;
	skippedExamples(worktreeId: string, reason: string): Promise<readonly string[]>;
	/** All indexes of the data directory, most recently used first. */
	storedIndexes(): Promise<readonly StoredIndex[]>;
	/** Removes these repositories' indexes; one that is open here begins anew when it is indexed again, one that another process has open stays. */
	clearStoredIndexes(repositoryIds: readonly string[]): Promise<ClearedIndexes>;
	/**
	 * Moves what was learned, and the indexes of the open folders, to the Qdrant server of the settings, or takes back what is there and no more is told
	 * of. Interrupted, it goes on where it was. Rejects with `invalid-argument` when no server is set, else with the server's error.
	 */
	moveStores(to: StoreMoveTarget, onProgress: (waiting: number) => void, signal?: AbortSignal): Promise<StoreMoveReport>;
	/** Plain text without file contents, secrets, or the user's name in paths. */
	diagnosticsReport(): Promise<string>;
	close(): Promise<void>;
}
