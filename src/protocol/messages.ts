import type { AnswerSummary, AskPart } from '#core/domain/answer';
import type { AnswerEdit, CommandRun, FailedCommand } from '#core/domain/commandRun';
import type { DashboardData, DashboardQuery, DashboardRowsPage, DashboardRowsQuery } from '#core/domain/dashboard';
import type { WorkspaceFolder } from '#core/domain/file';
import type { LearnedRanking } from '#core/domain/fileRanking';
import type { FixProposal, FixRequest } from '#core/domain/fix';
import type { KnowledgeHit } from '#core/domain/hit';
import type { IndexStatus } from '#core/domain/indexStatus';
import type { TrackedInteraction } from '#core/domain/interaction';
import type {
	Dataset,
	DatasetReport,
	DatasetRequest,
	ExportedBundle,
	ExportRequest,
	ForgetScope,
	ImportReport,
	ImportRequest,
	ItemCounts,
	KnowledgeChange,
	KnowledgeDetail,
	KnowledgeItem,
	KnowledgePage,
	KnowledgeQuery,
	KnowledgeSearch,
	KnowledgeState,
} from '#core/domain/knowledge';
import type { FixOutcome, LearnedFixOffer, LearnedFixRequest } from '#core/domain/learnedFix';
import type { EndpointDescription, ModelPreset, ModelTestResult, PullProgress } from '#core/domain/modelInfo';
import type { Signal } from '#core/domain/outcome';
import type { AskQuery, DiscoveredServer, FileChange, ModelDescription, SearchQuery, SearchResult } from '#core/domain/requests';
import type { RouteDecision, RouterOverview } from '#core/domain/route';
import type { SpendingSummary } from '#core/domain/spending';
import type { ClearedIndexes, StoredIndex } from '#core/domain/storedIndex';
import type { StoreMoveReport, StoreMoveTarget } from '#core/domain/storeMove';
import type { TeamReport, TeamState } from '#core/domain/teamReport';

export type { AnswerNotice, AnswerSummary, AskPart } from '#core/domain/answer';
export type { AnswerEdit, ChangedPiece, CommandError, CommandRun, FailedCommand } from '#core/domain/commandRun';
export type {
	CallSums,
	DashboardCall,
	DashboardData,
	DashboardModel,
	DashboardQuery,
	DashboardRowsPage,
	DashboardRowsQuery,
	Distribution,
	QuestionSums,
} from '#core/domain/dashboard';
export type { SkipReason, WorkspaceFolder } from '#core/domain/file';
export type { LearnedRanking } from '#core/domain/fileRanking';
export type { FixEdit, FixedFile, FixProposal, FixRefusal, FixRequest, UnsavedFile } from '#core/domain/fix';
export type { Hit, HitReason, KnowledgeHit } from '#core/domain/hit';
export type { FolderStatus, IndexPhase, IndexProblem, IndexStatus } from '#core/domain/indexStatus';
export type {
	Dataset,
	DatasetOmission,
	DatasetReport,
	DatasetRequest,
	ExportedBundle,
	ExportRequest,
	ForgetScope,
	ImportReport,
	ImportRequest,
	ItemCounts,
	KnowledgeChange,
	KnowledgeDetail,
	KnowledgeField,
	KnowledgeItem,
	KnowledgePage,
	KnowledgeQuery,
	KnowledgeSource,
	KnowledgeState,
	LearnedCollection,
} from '#core/domain/knowledge';
export type { FixOutcome, LearnedFixOffer, LearnedFixRequest } from '#core/domain/learnedFix';
export type { EndpointDescription, EndpointHealth, ModelPreset, ModelPrice, ModelRole, ModelTestResult, PullProgress } from '#core/domain/modelInfo';
export type { Signal } from '#core/domain/outcome';
export type { Attachment, EditorDiagnostic, EditorSignals } from '#core/domain/question';
export type { QuestionRow } from '#core/domain/questionRow';
export type { AskQuery, DiscoveredServer, FileChange, ModelDescription, SearchQuery, SearchResult } from '#core/domain/requests';
export type { RouteAlternative, RouteDecision, RouteReason, RouteReasonCode, RouterOverview, RouterRecord, RouteTarget, WorkKind } from '#core/domain/route';
export type {
	AugmentationEffect,
	BudgetPeriod,
	BudgetState,
	CallPurpose,
	LocalSavings,
	ModelSpending,
	PurposeSpending,
	SpendingDetails,
	SpendingSummary,
} from '#core/domain/spending';
export type { ClearedIndexes, StoredIndex } from '#core/domain/storedIndex';
export type { MovedCollection, StoreMoveReport, StoreMoveTarget } from '#core/domain/storeMove';
export type { TeamMember, TeamOutcomes, TeamReport, TeamState } from '#core/domain/teamReport';

/** Version of this file's contract; client and server refuse each other when it differs. */
export const PROTOCOL_VERSION = 1;

/** Settings as they cross the wire: what `core/settings` defines, as plain JSON. */
export type WireSettings = Readonly<Record<string, unknown>>;

export interface InitializeParams {
	readonly protocolVersion: number;
	readonly settings: WireSettings;
	readonly folders: readonly WorkspaceFolder[];
	/** Where the package lies: grammars, model and kernel are found from here. */
	readonly extensionPath: string;
	readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'off';
}

export interface InitializeResult {
	readonly protocolVersion: number;
	readonly version: string;
	readonly dataDirectory: string;
	readonly sqliteEngine: string;
	readonly status: IndexStatus;
}

/** Requests of the client: name → [parameters, result]. */
export interface ClientRequests {
	'initialize': [InitializeParams, InitializeResult];
	'index/start': [null, null];
	'index/pause': [null, null];
	'index/resume': [null, null];
	'index/stop': [null, null];
	'index/clear': [null, null];
	'index/status': [null, IndexStatus];
	'index/skipped': [{ readonly worktreeId: string; readonly reason: string }, readonly string[]];
	'indexes/list': [null, readonly StoredIndex[]];
	'stores/move': [{ readonly to: StoreMoveTarget }, StoreMoveReport];
	'indexes/clear': [{ readonly repositoryIds: readonly string[] }, ClearedIndexes];
	'search': [SearchQuery, SearchResult];
	'ask': [AskQuery, AnswerSummary];
	/** An edit that clears diagnostics, checked to apply; what becomes of it is reported with its `interactionId`. */
	'fix/propose': [FixRequest, FixProposal];
	/** Returns how many of the signals were new. */
	'outcome/report': [{ readonly signals: readonly Signal[] }, number];
	/** With `isFresh` every server is asked anew. */
	'models/list': [{ readonly isFresh?: boolean } | null, readonly ModelDescription[]];
	'models/endpoints': [null, readonly EndpointDescription[]];
	'models/presets': [null, readonly ModelPreset[]];
	'models/test': [{ readonly id: string }, ModelTestResult];
	/** Its progress streams as `models/pullProgress` notifications with the same `pullId`; cancel the request to stop. */
	'models/pull': [{ readonly pullId: string; readonly url: string; readonly model: string }, null];
	'fix/offer': [LearnedFixRequest, readonly LearnedFixOffer[]];
	'fix/record': [FixOutcome, null];
	/** What solved before what it failed with. */
	'command/ended': [CommandRun, readonly KnowledgeHit[]];
	'command/edited': [AnswerEdit, null];
	'command/last': [null, FailedCommand | null];
	/** False: learning is off, and nothing is kept. */
	'interaction/track': [TrackedInteraction, boolean];
	'knowledge/find': [KnowledgeSearch, readonly KnowledgeHit[]];
	'knowledge/list': [KnowledgeQuery, KnowledgePage];
	'knowledge/detail': [{ readonly id: string }, KnowledgeDetail];
	'knowledge/update': [{ readonly id: string; readonly change: KnowledgeChange }, KnowledgeItem];
	/** Returns how many items are gone, what was derived from them among them. */
	'knowledge/delete': [{ readonly ids: readonly string[] }, ItemCounts];
	'knowledge/forget': [ForgetScope, ItemCounts];
	'knowledge/export': [ExportRequest, ExportedBundle];
	/** With `isApplied` false a preview. */
	'knowledge/import': [ImportRequest, ImportReport];
	'knowledge/status': [null, KnowledgeState];
	'dataset/preview': [DatasetRequest, DatasetReport];
	/** The files' texts; who asked writes them where the user says. */
	'dataset/build': [DatasetRequest, Dataset];
	'router/explain': [{ readonly interactionId: string }, RouteDecision | null];
	'router/overview': [null, RouterOverview];
	'router/reset': [null, null];
	/** JSON text. */
	'router/export': [null, string];
	/** What outcomes say of files of the open folders. */
	'ranking/overview': [null, LearnedRanking];
	'ranking/reset': [null, null];
	/** JSON text. */
	'ranking/export': [null, string];
	/** What models cost and what was saved; with details every kept call is read. */
	'ledger/summary': [{ readonly withDetails?: boolean } | null, SpendingSummary];
	/** Figures of a team since a time; null: all that its database keeps. */
	'team/report': [{ readonly sinceMs: number | null }, TeamReport];
	'team/state': [null, TeamState];
	'dashboard/read': [DashboardQuery, DashboardData];
	'dashboard/rows': [DashboardRowsQuery, DashboardRowsPage];
	'models/discover': [null, readonly DiscoveredServer[]];
	'report': [null, string];
	'shutdown': [null, null];
}

/** Notifications of the client. */
export interface ClientNotifications {
	'settings/changed': { readonly settings: WireSettings };
	'folders/changed': { readonly folders: readonly WorkspaceFolder[] };
	'files/changed': { readonly changes: readonly FileChange[] };
	/** A key was set or removed: the servers are asked anew. */
	'secrets/changed': { readonly name: string };
	'log/level': { readonly level: InitializeParams['logLevel'] };
}

/** A turn of a conversation with a model, as it crosses the wire. */
export interface WireMessage {
	readonly role: 'system' | 'user' | 'assistant' | 'tool';
	readonly text: string;
	readonly toolCalls?: readonly WireToolCall[];
	readonly toolCallId?: string;
}

export interface WireToolCall {
	readonly id: string;
	readonly name: string;
	readonly input: Readonly<Record<string, unknown>>;
}

export interface WireTool {
	readonly name: string;
	readonly description: string;
	readonly inputSchema: Readonly<Record<string, unknown>>;
}

export interface HostModelDescription {
	readonly id: string;
	readonly label: string;
	readonly vendor: string;
	readonly contextTokens: number | null;
}

/** Requests of the server to the client. */
export interface ServerRequests {
	'secrets/get': [{ readonly name: string }, string | null];
	'hostModels/list': [null, readonly HostModelDescription[]];
	/** Text streams back as `hostModels/delta` notifications with the same `streamId`; the result ends it. */
	'hostModels/stream': [
		{ readonly streamId: string; readonly modelId: string; readonly messages: readonly WireMessage[]; readonly tools: readonly WireTool[] },
		{ readonly inputTokens: number; readonly outputTokens: number },
	];
}

/** Notifications of the server, and of the client for `hostModels/delta`. */
export interface ServerNotifications {
	'index/statusChanged': IndexStatus;
	'ask/part': { readonly interactionId: string; readonly part: AskPart };
	'models/pullProgress': { readonly pullId: string; readonly progress: PullProgress };
	'log': { readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error'; readonly message: string };
}

export interface HostModelDelta {
	readonly streamId: string;
	/** A piece of the answer; a call of a tool comes with an empty one. */
	readonly text: string;
	readonly toolCall?: WireToolCall;
}

/** A CoordinatorError on the wire: `data` of the JSON-RPC error. */
export interface WireError {
	readonly code: string;
	readonly message: string;
	readonly isRetryable: boolean;
	readonly details: Readonly<Record<string, string | number | boolean>>;
}
