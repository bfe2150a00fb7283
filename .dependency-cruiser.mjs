// The walls of ARCHITECTURE.md. Each rule says why; test/architecture plants a violation of each.
const core = '^src/core/';
const STORE_INTERFACES = '^src/core/store/(?:vectorStore|manifestStore|outcomeStore|routerStateStore|rankingStore|extractionStore|eraser|sqlite|postgres)\\.ts$';
const MODEL_INTERFACES = '^src/core/models/(?:embeddingModel|languageModel|staticVectors|tookTokens)\\.ts$';
const METRIC_INTERFACES = '^src/core/metrics/(?:ledger|questionLedger|budget|savings|callCost|controlShare|sideCall)\\.ts$';

/** What every room of core may know. */
const COMMON = ['^src/core/(?:base|domain|syntax)/', '^src/core/ports\\.ts$', '^src/core/settings\\.ts$', STORE_INTERFACES, MODEL_INTERFACES, METRIC_INTERFACES];

/** One library, one room. */
const LIBRARIES = [
	['web-tree-sitter', '^src/core/syntax/'],
	['onnxruntime-(?:node|web|common)', '^src/node/workers/'],
	['sql\\.js', '^src/node/sqlite/'],
	['(?:ollama|openai|@anthropic-ai/sdk)', '^src/core/models/remote/'],
	['cockatiel', '^src/core/models/modelEndpoint\\.ts$'],
	['gpt-tokenizer', '^src/core/domain/tokenCount\\.ts$'],
	['zod', '^src/(?:core/(?:settingsFromWire\\.ts$|models/remote/|learn/)|mcp/)'],
	['@modelcontextprotocol/sdk', '^src/mcp/'],
	['@qdrant/js-client-rest', '^src/core/store/qdrant/'],
	['ignore', '^src/core/ingest/scan/'],
	['undici', '^src/node/networkFetch\\.ts$'],
	['pg', '^src/node/postgres/'],
	['env-paths', '^src/node/dataDirectory\\.ts$'],
	['prom-client', '^src/node/prometheus\\.ts$'],
	['vscode-jsonrpc', '^src/(?:server|extension)/'],
	['chart\\.js', '^src/webview/'],
];

export default {
	forbidden: [
		{
			name: 'no-circular',
			comment: 'Two modules that need each other are one module, or hide a third.',
			severity: 'error',
			from: {},
			to: { circular: true },
		},
		{
			name: 'base-imports-nothing',
			comment: 'Base is what we wish the language had: it knows nothing of the product.',
			severity: 'error',
			from: { path: '^src/core/base/' },
			to: { pathNot: '^src/core/base/' },
		},
		{
			name: 'domain-imports-base-and-its-libraries',
			comment: 'The nouns travel everywhere, so they may depend on nothing that does not.',
			severity: 'error',
			from: { path: '^src/core/domain/' },
			to: { path: '^src/', pathNot: '^src/core/(?:base|domain)/' },
		},
		{
			name: 'rivers-do-not-meet',
			comment: 'Ingest, ask and learn are three lifetimes; they meet only at the stores, the models, the parser and the nouns.',
			severity: 'error',
			from: { path: '^src/core/(ingest|ask|learn)/' },
			to: { path: '^src/core/(?:ingest|ask|learn)/', pathNot: '^src/core/$1/' },
		},
		{
			name: 'rooms-know-what-is-common',
			comment: 'The composition root knows the rooms; a room that knew it, or another room, could not be used without it.',
			severity: 'error',
			from: { path: '^src/core/(ingest|ask|learn|store|models)/' },
			to: { path: core, pathNot: ['^src/core/$1/', ...COMMON] },
		},
		{
			name: 'rivers-know-interfaces-only',
			comment: 'A river that knew an implementation could not run over Qdrant, or over another model.',
			severity: 'error',
			from: { path: '^src/core/(?:ingest|ask|learn)/' },
			to: { path: '^src/core/(?:store|models|metrics)/', pathNot: [STORE_INTERFACES, MODEL_INTERFACES, METRIC_INTERFACES] },
		},
		{
			name: 'metrics-count-and-no-more',
			comment: 'What counts calls must not know what makes them. Opening a database brings its schema up to date, as in the stores.',
			severity: 'error',
			from: { path: '^src/core/metrics/' },
			to: {
				path: core,
				pathNot: [
					'^src/core/metrics/',
					'^src/core/(?:base|domain)/',
					'^src/core/(?:ports|settings)\\.ts$',
					'^src/core/store/(?:sqlite|migrate|postgres|postgresText|migratePostgres)\\.ts$',
				],
			},
		},
		{
			name: 'team-sends-figures',
			comment: 'What goes to a team is what is counted: a room that could read the code or what was learned of it could send it.',
			severity: 'error',
			from: { path: '^src/core/team/' },
			to: {
				path: core,
				pathNot: [
					'^src/core/(?:team|base|domain|metrics)/',
					'^src/core/(?:ports|settings)\\.ts$',
					'^src/core/store/(?:sqlite|migrate|outcomeStore|postgres\\w*|migratePostgres)(?:\\.ts$|/)',
				],
			},
		},
		{
			name: 'stores-and-models-are-strangers',
			comment: 'A store that knew a model, or a model that knew a store, would tie what is chosen apart.',
			severity: 'error',
			from: { path: '^src/core/(store|models)/' },
			to: { path: '^src/core/(?:store|models|ingest|ask|learn)/', pathNot: ['^src/core/$1/', STORE_INTERFACES, MODEL_INTERFACES] },
		},
		{
			name: 'core-is-host-free',
			comment: 'Core must run in VS Code, in a terminal and in a test in memory: what it needs of its host is a port.',
			severity: 'error',
			from: { path: core },
			to: { path: '^src/', pathNot: core },
		},
		{
			name: 'core-knows-no-platform',
			comment: 'Core asks ports for files, processes and the editor.',
			severity: 'error',
			from: { path: core },
			to: { dependencyTypes: ['core'] },
		},
		{
			name: 'node-knows-core-only',
			comment: 'Ports are made once for all heads.',
			severity: 'error',
			from: { path: '^src/node/' },
			to: { path: '^src/(?!node/|core/)|(?:^|/)vscode$' },
		},
		{
			name: 'heads-are-thin',
			comment: 'A head that reached behind core’s public face would have to be changed with it.',
			severity: 'error',
			from: { path: '^src/(?:server|cli|mcp)/' },
			to: {
				path: core,
				pathNot: '^src/core/(?:base|domain)/|^src/core/(?:coordinator|settings|settingsFromWire|ports)\\.ts$|^src/core/models/languageModel\\.ts$',
			},
		},
		{
			name: 'heads-do-not-know-each-other',
			comment: 'Server, command line, MCP server and extension are programs of their own.',
			severity: 'error',
			from: { path: '^src/(server|cli|mcp)/' },
			to: { path: '^src/(?:server|cli|mcp|extension)/|(?:^|/)vscode$', pathNot: '^src/$1/' },
		},
		{
			name: 'extension-is-a-client',
			comment: 'The extension host never parses, embeds, scans or waits for a database: it sends messages.',
			severity: 'error',
			from: { path: '^src/extension/' },
			to: { path: '^src/', pathNot: '^src/(?:extension|protocol)/' },
		},
		{
			name: 'page-knows-its-contract-only',
			comment: 'The dashboard page runs in a browser: it shows what it is sent, and computes and fetches nothing.',
			severity: 'error',
			from: { path: '^src/webview/' },
			to: { path: '^src/', pathNot: '^src/webview/|^src/protocol/dashboardPage\\.ts$' },
		},
		{
			name: 'page-is-a-browser-program',
			comment: 'Nothing of the page may need a process or the editor around it.',
			severity: 'error',
			from: { path: '^src/webview/' },
			to: { dependencyTypes: ['core'] },
		},
		{
			name: 'only-the-extension-knows-vscode',
			comment: 'Everything else must run without it.',
			severity: 'error',
			from: { path: '^src/', pathNot: '^src/extension/' },
			to: { path: '(?:^|/)(?:@types/)?vscode(?:/|$)' },
		},
		{
			name: 'protocol-is-types-of-the-domain',
			comment: 'Messages are the contract of two processes: types, and nothing that runs.',
			severity: 'error',
			from: { path: '^src/protocol/' },
			to: { path: '^src/', pathNot: '^src/(?:core/domain|protocol)/' },
		},
		{
			name: 'protocol-runs-nothing',
			comment: 'A value that the protocol imported would be bundled into the extension with all it needs.',
			severity: 'error',
			from: { path: '^src/protocol/' },
			to: { dependencyTypesNot: ['type-only'] },
		},
		...LIBRARIES.map(([library, room]) => ({
			name: `one-room-for-${library.replaceAll(/\\|\(\?:|\)/g, '').replaceAll('|', '-or-')}`,
			comment: 'A library that one room knows can be replaced in one room.',
			severity: 'error',
			from: { path: '^src/', pathNot: room },
			to: { path: `(?:^|/)node_modules/${library}(?:/|$)|^${library}(?:/|$)` },
		})),
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		parser: 'swc',
		tsPreCompilationDeps: true,
		moduleSystems: ['es6', 'cjs'],
		enhancedResolveOptions: {
			extensions: ['.ts', '.mjs', '.js', '.json'],
			conditionNames: ['import', 'node', 'default', 'types'],
			exportsFields: ['exports'],
			mainFields: ['module', 'main', 'types'],
		},
	},
};
