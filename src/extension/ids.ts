/** Every id that the manifest and the code share; a test compares both directions. */
export const EXTENSION_ID = 'hybrid-coordinator.hybrid-coordinator';

export const COMMANDS = {
	indexWorkspace: 'hybrid.indexWorkspace',
	pauseIndexing: 'hybrid.pauseIndexing',
	resumeIndexing: 'hybrid.resumeIndexing',
	stopIndexing: 'hybrid.stopIndexing',
	clearIndex: 'hybrid.clearIndex',
	manageIndexes: 'hybrid.manageIndexes',
	moveStores: 'hybrid.moveStores',
	searchContext: 'hybrid.searchContext',
	showStatus: 'hybrid.showStatus',
	showLog: 'hybrid.showLog',
	chooseEmbeddingModel: 'hybrid.chooseEmbeddingModel',
	findModelServers: 'hybrid.findModelServers',
	setApiKey: 'hybrid.setApiKey',
	openSettings: 'hybrid.openSettings',
	copyDiagnosticsReport: 'hybrid.copyDiagnosticsReport',
	restartCoordinator: 'hybrid.restartCoordinator',
	showWhatWasSent: 'hybrid.showWhatWasSent',
	retryWith: 'hybrid.retryWith',
	showCosts: 'hybrid.showCosts',
	showTeamReport: 'hybrid.showTeamReport',
	setTeamPassword: 'hybrid.setTeamPassword',
	openDashboard: 'hybrid.openDashboard',
	openWalkthrough: 'hybrid.openWalkthrough',
	addServer: 'hybrid.addServer',
	removeServer: 'hybrid.removeServer',
	removeApiKey: 'hybrid.removeApiKey',
	testModel: 'hybrid.testModel',
	pullModel: 'hybrid.pullModel',
	preferModel: 'hybrid.preferModel',
	refreshModels: 'hybrid.refreshModels',
	showLearned: 'hybrid.showLearned',
	editLearned: 'hybrid.editLearned',
	confirmLearned: 'hybrid.confirmLearned',
	retireLearned: 'hybrid.retireLearned',
	restoreLearned: 'hybrid.restoreLearned',
	pinLearned: 'hybrid.pinLearned',
	unpinLearned: 'hybrid.unpinLearned',
	shareLearned: 'hybrid.shareLearned',
	unshareLearned: 'hybrid.unshareLearned',
	deleteLearned: 'hybrid.deleteLearned',
	showMoreLearned: 'hybrid.showMoreLearned',
	filterLearned: 'hybrid.filterLearned',
	refreshLearned: 'hybrid.refreshLearned',
	forgetLearned: 'hybrid.forgetLearned',
	exportLearned: 'hybrid.exportLearned',
	importLearned: 'hybrid.importLearned',
	toggleLearning: 'hybrid.toggleLearning',
	exportTrainingData: 'hybrid.exportTrainingData',
	showRouter: 'hybrid.showRouter',
	resetRouter: 'hybrid.resetRouter',
	exportRouter: 'hybrid.exportRouter',
	resetRanking: 'hybrid.resetRanking',
	exportRanking: 'hybrid.exportRanking',
	connectAgent: 'hybrid.connectAgent',
	applyCodeBlock: 'hybrid.applyCodeBlock',
	insertCodeBlock: 'hybrid.insertCodeBlock',
	applyEdit: 'hybrid.applyEdit',
	discardEdit: 'hybrid.discardEdit',
	applyLearnedFix: 'hybrid.applyLearnedFix',
	fixDiagnostics: 'hybrid.fixDiagnostics',
	explainDiagnostics: 'hybrid.explainDiagnostics',
	fixLastTerminalError: 'hybrid.fixLastTerminalError',
} as const;

export const VIEWS = { index: 'hybrid.index', models: 'hybrid.models', learned: 'hybrid.learned' } as const;
/** The guide for a new user. */
export const WALKTHROUGHS = { start: 'start' } as const;
export const VIEW_CONTAINERS = { hybrid: 'hybrid' } as const;
export const CHAT_PARTICIPANTS = { hybrid: 'hybrid-coordinator.hybrid' } as const;
export const CHAT_COMMANDS = ['search', 'explain', 'fix', 'why', 'status'] as const;
export const MODEL_VENDOR = 'hybrid-coordinator';
export const MCP_PROVIDERS = { workspace: 'hybrid-coordinator.mcp' } as const;
/** Tools of the editor's agent mode, by the names that models see. */
export const LANGUAGE_TOOLS = { searchContext: 'search_context', findErrorSolution: 'find_error_solution', recordOutcome: 'record_outcome' } as const;

/** Scheme of documents that show a file as a proposed change would leave it. */
export const EDIT_SCHEME = 'hybrid-edit';

/** Context keys, for `when` clauses. */
export const CONTEXT_KEYS = {
	phase: 'hybrid.phase',
	learning: 'hybrid.learningState',
	indexed: 'hybrid.indexed',
	answered: 'hybrid.answered',
	modelsChosen: 'hybrid.modelsChosen',
	learnedShown: 'hybrid.learnedShown',
	settingsOpened: 'hybrid.settingsOpened',
	dashboardOpened: 'hybrid.dashboardOpened',
	showsChanges: 'hybrid.showsChanges',
} as const;

/** Settings with their types, without the prefix `hybrid.`; null: not set. */
export interface SettingTypes {
	'index.automatic': 'ask' | 'always' | 'never';
	'models.preferred': string;
	'models.ollamaUrl': string;
	'models.openaiUrls': string[];
	'models.anthropicUrl': string;
	'models.localContextTokens': number;
	'models.ggufFiles': string[];
	'models.ggufRuntime': string;
	'models.prices': Record<string, unknown>;
	'routing.policy': 'learned' | 'tree';
	'routing.preferLocal': boolean;
	'routing.localConfidenceThreshold': number;
	'routing.hybridTokenThreshold': number;
	'routing.explorationShare': number;
	'routing.remoteShare': number | null;
	'routing.answerValueUsd': number;
	'routing.useEditorModels': boolean;
	'search.contextTokens': number;
	'search.codeLimit': number;
	'search.codeThreshold': number;
	'search.onDemandMs': number;
	'index.exclude': string[];
	'index.useDefaultExcludes': boolean;
	'index.languages': Record<string, string>;
	'index.maxFileBytes': number;
	'index.threads': number;
	'index.diskLimitMegabytes': number;
	'embedding.provider': 'bundled' | 'ollama' | 'openai' | 'none';
	'embedding.model': string;
	'embedding.url': string;
	'embedding.runtime': 'auto' | 'native' | 'wasm';
	'budget.dailyUsd': number | null;
	'budget.monthlyUsd': number | null;
	'budget.atLimit': 'stop' | 'local';
	'ledger.controlShare': number;
	'ledger.retentionDays': number;
	'monitoring.port': number;
	'privacy.localOnly': string[];
	'team.databaseUrl': string;
	'team.tls': 'auto' | 'verify' | 'encrypt' | 'off';
	'team.certificateFile': string;
	'team.userName': string;
	'team.shareWorkspaces': boolean;
	'learning.enabled': boolean;
	'learning.terminalErrors': boolean;
	'learning.extractPatterns': boolean;
	'learning.extractWithRemote': boolean;
	'learning.highValueThreshold': number;
	'learning.keepInteractionsDays': number;
	'learning.maxInteractions': number;
	'learning.systemText': string;
	'learning.weights': Record<string, number>;
	'learning.halfLifeDays': number;
	'dataDirectory': string;
	'qdrant.url': string;
	'qdrant.prefix': string;
	'qdrant.user': string;
	'qdrant.team': string;
	'qdrant.shards': number;
	'qdrant.replicas': number;
	'qdrant.onDisk': boolean;
	'qdrant.quantization': 'none' | 'int8';
}

export const SETTING_SECTION = 'hybrid';
export const SETTINGS = [
	'index.automatic',
	'models.preferred',
	'models.ollamaUrl',
	'models.openaiUrls',
	'models.anthropicUrl',
	'models.localContextTokens',
	'models.ggufFiles',
	'models.ggufRuntime',
	'models.prices',
	'routing.policy',
	'routing.preferLocal',
	'routing.localConfidenceThreshold',
	'routing.hybridTokenThreshold',
	'routing.explorationShare',
	'routing.remoteShare',
	'routing.answerValueUsd',
	'routing.useEditorModels',
	'search.contextTokens',
	'search.codeLimit',
	'search.codeThreshold',
	'search.onDemandMs',
	'index.exclude',
	'index.useDefaultExcludes',
	'index.languages',
	'index.maxFileBytes',
	'index.threads',
	'index.diskLimitMegabytes',
	'embedding.provider',
	'embedding.model',
	'embedding.url',
	'embedding.runtime',
	'budget.dailyUsd',
	'budget.monthlyUsd',
	'budget.atLimit',
	'ledger.controlShare',
	'ledger.retentionDays',
	'monitoring.port',
	'privacy.localOnly',
	'team.databaseUrl',
	'team.tls',
	'team.certificateFile',
	'team.userName',
	'team.shareWorkspaces',
	'learning.enabled',
	'learning.terminalErrors',
	'learning.extractPatterns',
	'learning.extractWithRemote',
	'learning.highValueThreshold',
	'learning.keepInteractionsDays',
	'learning.maxInteractions',
	'learning.systemText',
	'learning.weights',
	'learning.halfLifeDays',
	'dataDirectory',
	'qdrant.url',
	'qdrant.prefix',
	'qdrant.user',
	'qdrant.team',
	'qdrant.shards',
	'qdrant.replicas',
	'qdrant.onDisk',
	'qdrant.quantization',
] as const satisfies readonly (keyof SettingTypes)[];
