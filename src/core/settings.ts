import type { UserPrice } from './domain/modelInfo.ts';
import type { SignalKind } from './domain/outcome.ts';

/** Everything a user can set that core acts on, with its default. Read-only; a change gives a new object. */
export interface Settings {
	/** Absolute path; null: the platform's data folder. */
	readonly dataDirectory: string | null;
	readonly isTrusted: boolean;
	readonly index: {
		/** Extra ignore patterns, gitignore syntax. */
		readonly exclude: readonly string[];
		/** Files above are skipped and counted. */
		readonly maxFileBytes: number;
		/** File extension (with dot) or file name → language id; wins over the built-in table. */
		readonly languages: Readonly<Record<string, string>>;
		readonly useDefaultExcludes: boolean;
		/** Megabytes that all stored indexes together may take; beyond, the least recently used are removed. 0: no limit. */
		readonly diskLimitMegabytes: number;
		/** Worker threads that parse. 0: half of the cores, at least one. */
		readonly threads: number;
	};
	readonly embedding: {
		readonly provider: 'bundled' | 'ollama' | 'openai' | 'none';
		readonly url: string | null;
		readonly model: string | null;
		readonly runtime: 'auto' | 'native' | 'wasm';
	};
	readonly search: {
		readonly codeLimit: number;
		readonly skillLimit: number;
		readonly errorLimit: number;
		readonly practiceLimit: number;
		/** Calibrated relevance below which a hit is not sent. */
		readonly codeThreshold: number;
		readonly skillThreshold: number;
		readonly errorThreshold: number;
		readonly practiceThreshold: number;
		/** Tokens (o200k) of context a prompt may carry. */
		readonly contextTokens: number;
		/** Milliseconds a question may spend on embedding its own candidates; 0 switches that off. */
		readonly onDemandMs: number;
	};
	readonly models: {
		/** Id of the model that answers when none was picked; null: the first that is there. */
		readonly preferred: string | null;
		readonly ollamaUrl: string | null;
		/** Base URLs of OpenAI-compatible servers. */
		readonly openaiUrls: readonly string[];
		/** Base URL of Anthropic's API, without `/v1`; null: not used. */
		readonly anthropicUrl: string | null;
		/** Room that an Ollama model is given for prompt and answer where its model file sets none, and a GGUF file. */
		readonly localContextTokens: number;
		/** Absolute paths of GGUF files that run without a server. */
		readonly ggufFiles: readonly string[];
		/** Folder in which `node-llama-cpp` was installed; null: only what the package carries. */
		readonly ggufRuntime: string | null;
		/** Prices by model id or name (`*` for anything), over those of the table. */
		readonly prices: Readonly<Record<string, UserPrice>>;
		readonly firstTokenTimeoutMs: number;
		readonly totalTimeoutMs: number;
	};
	readonly routing: {
		/** `learned` predicts from outcomes; `tree` is the fixed decision tree. */
		readonly policy: 'learned' | 'tree';
		readonly preferLocal: boolean;
		/** Predicted success above which `tree` keeps a question of medium complexity on this machine. */
		readonly localConfidenceThreshold: number;
		/** Tokens of a prompt above which a local model compresses its context for the remote one. */
		readonly hybridTokenThreshold: number;
		/** Most of the questions on which `learned` may try a model that does not look best; 0: never. */
		readonly explorationShare: number;
		/** Share of questions that go remote, those that gain most by it; null: as many as are worth their price. */
		readonly remoteShare: number | null;
		/** US dollars that a good answer is worth: a dearer model must be more likely to succeed by its price over this. */
		readonly answerValueUsd: number;
		/** Whether the router may choose models of the editor that the user did not pick. */
		readonly useEditorModels: boolean;
	};
	readonly learning: {
		/** Off: nothing is remembered of questions and answers, and what was learned before is not used. */
		readonly enabled: boolean;
		/** Whether commands that fail in a terminal or as a task are learned from. */
		readonly terminalErrors: boolean;
		/** Log-odds that a signal of value 1 adds to success, by kind. */
		readonly weights: Readonly<Record<SignalKind, number>>;
		/** Days after which what was learned of a place counts half. */
		readonly halfLifeDays: number;
		/** Whether reusable patterns are extracted from answers that went well. */
		readonly extractPatterns: boolean;
		/** Whether a model on another machine may extract them where this one has none. The question and its answer are sent there. */
		readonly extractWithRemote: boolean;
		/** Value score from which an interaction is worth a pattern, and a line of training data. */
		readonly highValueThreshold: number;
		/** Days after which a question and its answer are forgotten; 0: never. */
		readonly keepInteractionsDays: number;
		/** Most questions and answers that are kept; the oldest go first. */
		readonly maxInteractions: number;
		/** System text of every example of the training data. */
		readonly systemText: string;
	};
	readonly budget: {
		/** Dollars that remote calls may cost in a day, and in a month, of the user's calendar. Null: no limit; 0: nothing may be spent. */
		readonly dailyUsd: number | null;
		readonly monthlyUsd: number | null;
		/** What happens at a limit: no answer that costs, or an answer by a model on this machine. */
		readonly atLimit: 'stop' | 'local';
	};
	readonly ledger: {
		/** Share of the questions that is sent without augmentation, so that its effect can be measured. 0: none. */
		readonly controlShare: number;
		/** Days that calls are kept. */
		readonly retentionDays: number;
	};
	readonly monitoring: {
		/** Port of 127.0.0.1 at which an editor's coordinator serves metrics for Prometheus; 0: none. */
		readonly port: number;
	};
	readonly privacy: {
		/** Files that no remote model may see, gitignore syntax; beside `.hybridlocal` files and the mark `hybrid:local-only`. */
		readonly localOnly: readonly string[];
	};
	/** A Qdrant server that searches are asked of and that knowledge is shared over. */
	readonly qdrant: {
		/** Null: everything stays in files of this machine. */
		readonly url: string | null;
		/** Before the names of all collections. */
		readonly prefix: string;
		/** The user's name on the server, the same on all of their machines; null: one made for this data directory. */
		readonly user: string | null;
		/** Team whose members read what each has shared with all workspaces; null: nothing is shared with others. */
		readonly team: string | null;
		/** For collections that are made anew. */
		readonly shards: number;
		readonly replicas: number;
		readonly onDisk: boolean;
		readonly quantization: 'none' | 'int8';
	};
	/** A database that several users send figures to, and nothing but figures. */
	readonly team: {
		/** `postgres://user@host:port/database`, without a password; null: none. */
		readonly databaseUrl: string | null;
		/** `auto`: verified, but in the clear to a database on this machine. */
		readonly tls: 'auto' | 'verify' | 'encrypt' | 'off';
		/** Absolute path of a PEM file with an authority that counts beside those of the system; null: none. */
		readonly certificateFile: string | null;
		/** The name under which the team sees this user; null: a random one. */
		readonly userName: string | null;
		/** Whether rows say which workspace they are of, by its id, which is the same for all who have the folder at the same place. */
		readonly shareWorkspaces: boolean;
	};
	/** How servers on other machines are reached. */
	readonly network: {
		/** False: no proxy at all, not even one that the environment names. */
		readonly isProxyUsed: boolean;
		/** Address of the proxy, which may hold a user and a password; null: what the environment names. */
		readonly proxy: string | null;
		/** Value of the header `Proxy-Authorization`. */
		readonly proxyAuthorization: string | null;
		/** Hosts that are asked directly; empty: what the environment names. */
		readonly noProxy: readonly string[];
		/** False: certificates are not checked. */
		readonly isStrictSsl: boolean;
		readonly usesSystemCertificates: boolean;
	};
}

export const DEFAULT_SETTINGS: Settings = {
	dataDirectory: null,
	isTrusted: true,
	index: {
		exclude: [],
		maxFileBytes: 1_000_000,
		languages: {},
		useDefaultExcludes: true,
		diskLimitMegabytes: 5_000,
		threads: 0,
	},
	embedding: { provider: 'bundled', url: null, model: null, runtime: 'auto' },
	search: {
		codeLimit: 5,
		skillLimit: 3,
		errorLimit: 2,
		practiceLimit: 2,
		codeThreshold: 0.7,
		skillThreshold: 0.75,
		errorThreshold: 0.8,
		practiceThreshold: 0.75,
		contextTokens: 4000,
		onDemandMs: 600,
	},
	routing: {
		policy: 'learned',
		preferLocal: true,
		localConfidenceThreshold: 0.7,
		hybridTokenThreshold: 4000,
		explorationShare: 0.05,
		remoteShare: null,
		answerValueUsd: 0.1,
		useEditorModels: false,
	},
	learning: {
		enabled: true,
		terminalErrors: true,
		weights: {
			'thumbs': 2,
			'edit-applied': 0.8,
			'edit-survived': 1.6,
			'edit-reverted': 1.8,
			'diagnostics': 1.8,
			'rephrased': 0.9,
			'retried': 1,
			'follow-up': 0.7,
			'task': 1.2,
			'edited-after': 1.2,
			'agent-report': 1,
		},
		halfLifeDays: 365,
		extractPatterns: true,
		extractWithRemote: false,
		highValueThreshold: 0.7,
		keepInteractionsDays: 365,
		maxInteractions: 20_000,
		systemText: 'You are a helpful NixOS and coding assistant.',
	},
	budget: { dailyUsd: null, monthlyUsd: null, atLimit: 'local' },
	ledger: { controlShare: 0.02, retentionDays: 400 },
	monitoring: { port: 0 },
	privacy: { localOnly: [] },
	qdrant: { url: null, prefix: 'hybrid-', user: null, team: null, shards: 1, replicas: 1, onDisk: true, quantization: 'int8' },
	team: { databaseUrl: null, tls: 'auto', certificateFile: null, userName: null, shareWorkspaces: false },
	network: { isProxyUsed: true, proxy: null, proxyAuthorization: null, noProxy: [], isStrictSsl: true, usesSystemCertificates: true },
	models: {
		preferred: null,
		ollamaUrl: null,
		openaiUrls: [],
		anthropicUrl: null,
		localContextTokens: 8_192,
		ggufFiles: [],
		ggufRuntime: null,
		prices: {},
		firstTokenTimeoutMs: 60_000,
		totalTimeoutMs: 600_000,
	},
};
