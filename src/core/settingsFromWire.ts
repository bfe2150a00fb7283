import { z } from 'zod';
import { SIGNAL_KINDS } from './domain/outcome.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { readDatabaseUrl } from './team/databaseUrl.ts';

const share = z.number().min(0).max(1);
const limit = z.number().int().min(0).max(100);
const dollars = z.number().min(0).max(1_000_000);
const url = z.url({ protocol: /^https?$/ });
const proxyUrl = z.url({ protocol: /^(?:https?|socks5?)$/ });

/** A price of the settings: dollars for a million tokens, and the day for which it holds. */
const usd = z.number().finite().min(0).max(100_000);
const price = z.strictObject({ inputUsdPerMillion: usd, outputUsdPerMillion: usd, asOf: z.iso.date() });

/** One schema a group, every field optional: what is absent or wrong keeps its default. */
const GROUPS = {
	index: {
		exclude: z.array(z.string()),
		maxFileBytes: z.number().int().min(1_000).max(50_000_000),
		languages: z.record(z.string(), z.string()),
		useDefaultExcludes: z.boolean(),
		diskLimitMegabytes: z.number().int().min(0).max(10_000_000),
		threads: z.number().int().min(0).max(64),
	},
	embedding: {
		provider: z.enum(['bundled', 'ollama', 'openai', 'none']),
		url: url.nullable(),
		model: z.string().nullable(),
		runtime: z.enum(['auto', 'native', 'wasm']),
	},
	search: {
		codeLimit: limit,
		skillLimit: limit,
		errorLimit: limit,
		practiceLimit: limit,
		codeThreshold: share,
		skillThreshold: share,
		errorThreshold: share,
		practiceThreshold: share,
		contextTokens: z.number().int().min(200).max(200_000),
		onDemandMs: z.number().min(0).max(10_000),
	},
	models: {
		preferred: z.string().nullable(),
		ollamaUrl: url.nullable(),
		openaiUrls: z.array(url),
		anthropicUrl: url.nullable(),
		localContextTokens: z.number().int().min(512).max(1_000_000),
		ggufFiles: z.array(z.string().min(1)),
		ggufRuntime: z.string().min(1).nullable(),
		prices: z.record(z.string(), z.unknown()),
		firstTokenTimeoutMs: z.number().min(1_000),
		totalTimeoutMs: z.number().min(1_000),
	},
	routing: {
		policy: z.enum(['learned', 'tree']),
		preferLocal: z.boolean(),
		localConfidenceThreshold: share,
		hybridTokenThreshold: z.number().int().min(500).max(1_000_000),
		explorationShare: share,
		remoteShare: share.nullable(),
		answerValueUsd: z.number().min(0.001).max(1_000),
		useEditorModels: z.boolean(),
	},
	learning: {
		enabled: z.boolean(),
		terminalErrors: z.boolean(),
		weights: z.partialRecord(z.enum(SIGNAL_KINDS), z.number().min(0).max(10)).transform((given) => ({ ...DEFAULT_SETTINGS.learning.weights, ...given })),
		halfLifeDays: z.number().min(1).max(10_000),
		extractPatterns: z.boolean(),
		extractWithRemote: z.boolean(),
		highValueThreshold: share,
		keepInteractionsDays: z.number().int().min(0).max(10_000),
		maxInteractions: z.number().int().min(100).max(1_000_000),
		systemText: z.string().max(4_000),
	},
	budget: {
		dailyUsd: dollars.nullable(),
		monthlyUsd: dollars.nullable(),
		atLimit: z.enum(['stop', 'local']),
	},
	ledger: {
		controlShare: share,
		retentionDays: z.number().int().min(1).max(3_660),
	},
	monitoring: {
		port: z.number().int().min(0).max(65_535),
	},
	privacy: {
		localOnly: z.array(z.string()),
	},
	qdrant: {
		url: url.nullable(),
		prefix: z.string().regex(/^[\w.-]{0,40}$/),
		user: z.string().min(1).max(100).nullable(),
		team: z.string().min(1).max(100).nullable(),
		shards: z.number().int().min(1).max(100),
		replicas: z.number().int().min(1).max(20),
		onDisk: z.boolean(),
		quantization: z.enum(['none', 'int8']),
	},
	team: {
		// Not one with a password: settings are files that are synchronised and shared.
		databaseUrl: z
			.string()
			.refine((text) => readDatabaseUrl(text)?.password === null)
			.nullable(),
		tls: z.enum(['auto', 'verify', 'encrypt', 'off']),
		certificateFile: z.string().min(1).nullable(),
		userName: z.string().trim().min(1).max(100).nullable(),
		shareWorkspaces: z.boolean(),
	},
	network: {
		isProxyUsed: z.boolean(),
		proxy: proxyUrl.nullable(),
		proxyAuthorization: z.string().nullable(),
		noProxy: z.array(z.string()),
		isStrictSsl: z.boolean(),
		usesSystemCertificates: z.boolean(),
	},
} as const;

/** Settings from untyped JSON, with the names of the fields that were refused (as `group.field`) and so kept their default. */
export function settingsFromWire(wire: Readonly<Record<string, unknown>>): { readonly settings: Settings; readonly refused: readonly string[] } {
	const refused: string[] = [];
	const read = <T>(schema: z.ZodType<T>, value: unknown, fallback: T, name: string): T => {
		if (value === undefined) return fallback;
		const result = schema.safeParse(value);
		if (result.success) return result.data;
		refused.push(name);
		return fallback;
	};
	const group = <G extends keyof typeof GROUPS>(name: G): Settings[G] => {
		const given = read(z.record(z.string(), z.unknown()), wire[name], {}, name);
		const defaults: Readonly<Record<string, unknown>> = DEFAULT_SETTINGS[name];
		const entries = Object.entries<z.ZodType>(GROUPS[name]).map(([field, schema]) => [field, read(schema, given[field], defaults[field], `${name}.${field}`)]);
		return Object.fromEntries(entries) as Settings[G];
	};
	/** A malformed entry costs that entry, and is named. */
	const entries = <T>(given: Readonly<Record<string, unknown>>, schema: z.ZodType<T>, name: string): Readonly<Record<string, T>> => {
		const kept: [string, T][] = [];
		for (const [key, value] of Object.entries(given)) {
			const result = schema.safeParse(value);
			if (result.success) kept.push([key, result.data]);
			else refused.push(`${name}.${key}`);
		}
		return Object.fromEntries(kept);
	};
	const models = group('models');
	const settings: Settings = {
		dataDirectory: read(z.string().nullable(), wire.dataDirectory, DEFAULT_SETTINGS.dataDirectory, 'dataDirectory'),
		isTrusted: read(z.boolean(), wire.isTrusted, DEFAULT_SETTINGS.isTrusted, 'isTrusted'),
		index: group('index'),
		embedding: group('embedding'),
		search: group('search'),
		routing: group('routing'),
		learning: group('learning'),
		budget: group('budget'),
		ledger: group('ledger'),
		monitoring: group('monitoring'),
		privacy: group('privacy'),
		qdrant: group('qdrant'),
		team: group('team'),
		network: group('network'),
		models: { ...models, prices: entries(models.prices, price, 'models.prices') },
	};
	return { settings: Object.freeze(settings), refused };
}
