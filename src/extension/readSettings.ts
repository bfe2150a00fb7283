import * as vscode from 'vscode';
import type { WireSettings } from '#protocol/messages';
import { SETTING_SECTION, type SettingTypes } from './ids.ts';

/** One setting, with its type. */
export function readSetting<K extends keyof SettingTypes>(key: K): SettingTypes[K] {
	return vscode.workspace.getConfiguration(SETTING_SECTION).get(key) as SettingTypes[K];
}

/** One setting where the user set it; undefined: the coordinator's environment may say, else the default counts. */
function readGiven<K extends keyof SettingTypes>(key: K): SettingTypes[K] | undefined {
	const found = vscode.workspace.getConfiguration(SETTING_SECTION).inspect<SettingTypes[K]>(key);
	const isGiven = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some((value) => value !== undefined);
	return isGiven ? readSetting(key) : undefined;
}

/** All settings that the coordinator acts on, as it wants them: empty texts are null. */
export function readSettings(): WireSettings {
	type TextKey =
		| 'qdrant.user'
		| 'qdrant.team'
		| 'models.preferred'
		| 'models.ollamaUrl'
		| 'models.anthropicUrl'
		| 'models.ggufRuntime'
		| 'embedding.model'
		| 'embedding.url'
		| 'dataDirectory';
	const text = (key: TextKey) => readSetting(key).trim() || null;
	const given = (key: 'team.databaseUrl' | 'team.certificateFile' | 'team.userName') => readGiven(key)?.trim() || undefined;
	return {
		dataDirectory: text('dataDirectory'),
		isTrusted: vscode.workspace.isTrusted,
		index: {
			exclude: readSetting('index.exclude'),
			useDefaultExcludes: readSetting('index.useDefaultExcludes'),
			languages: readSetting('index.languages'),
			maxFileBytes: readSetting('index.maxFileBytes'),
			threads: readSetting('index.threads'),
			diskLimitMegabytes: readSetting('index.diskLimitMegabytes'),
		},
		embedding: { provider: readSetting('embedding.provider'), model: text('embedding.model'), url: text('embedding.url'), runtime: readSetting('embedding.runtime') },
		search: {
			contextTokens: readSetting('search.contextTokens'),
			codeLimit: readSetting('search.codeLimit'),
			codeThreshold: readSetting('search.codeThreshold'),
			onDemandMs: readSetting('search.onDemandMs'),
		},
		network: readNetwork(),
		models: {
			preferred: text('models.preferred'),
			ollamaUrl: text('models.ollamaUrl'),
			openaiUrls: readSetting('models.openaiUrls'),
			anthropicUrl: text('models.anthropicUrl'),
			localContextTokens: readSetting('models.localContextTokens'),
			ggufFiles: readSetting('models.ggufFiles'),
			ggufRuntime: text('models.ggufRuntime'),
			prices: readSetting('models.prices'),
		},
		routing: {
			policy: readSetting('routing.policy'),
			preferLocal: readGiven('routing.preferLocal'),
			localConfidenceThreshold: readGiven('routing.localConfidenceThreshold'),
			hybridTokenThreshold: readGiven('routing.hybridTokenThreshold'),
			explorationShare: readSetting('routing.explorationShare'),
			remoteShare: readSetting('routing.remoteShare'),
			answerValueUsd: readSetting('routing.answerValueUsd'),
			useEditorModels: readSetting('routing.useEditorModels'),
		},
		learning: {
			enabled: readGiven('learning.enabled'),
			terminalErrors: readSetting('learning.terminalErrors'),
			extractPatterns: readGiven('learning.extractPatterns'),
			extractWithRemote: readSetting('learning.extractWithRemote'),
			highValueThreshold: readGiven('learning.highValueThreshold'),
			keepInteractionsDays: readSetting('learning.keepInteractionsDays'),
			maxInteractions: readSetting('learning.maxInteractions'),
			systemText: readSetting('learning.systemText'),
			weights: readSetting('learning.weights'),
			halfLifeDays: readSetting('learning.halfLifeDays'),
		},
		budget: { dailyUsd: readSetting('budget.dailyUsd'), monthlyUsd: readSetting('budget.monthlyUsd'), atLimit: readSetting('budget.atLimit') },
		monitoring: { port: readSetting('monitoring.port') },
		ledger: { controlShare: readSetting('ledger.controlShare'), retentionDays: readSetting('ledger.retentionDays') },
		privacy: { localOnly: readSetting('privacy.localOnly') },
		qdrant: {
			url: readSetting('qdrant.url').trim() || undefined,
			prefix: readSetting('qdrant.prefix'),
			user: text('qdrant.user'),
			team: text('qdrant.team'),
			shards: readSetting('qdrant.shards'),
			replicas: readSetting('qdrant.replicas'),
			onDisk: readSetting('qdrant.onDisk'),
			quantization: readSetting('qdrant.quantization'),
		},
		team: {
			databaseUrl: given('team.databaseUrl'),
			tls: readGiven('team.tls'),
			certificateFile: given('team.certificateFile'),
			userName: given('team.userName'),
			shareWorkspaces: readSetting('team.shareWorkspaces'),
		},
	};
}

/** The editor's own settings of proxy and certificates. */
function readNetwork(): WireSettings {
	const http = vscode.workspace.getConfiguration('http');
	return {
		isProxyUsed: http.get('proxySupport') !== 'off',
		proxy: http.get<string>('proxy')?.trim() || null,
		proxyAuthorization: http.get<string | null>('proxyAuthorization') || null,
		noProxy: http.get<readonly string[]>('noProxy') ?? [],
		isStrictSsl: http.get<boolean>('proxyStrictSSL') ?? true,
		usesSystemCertificates: http.get<boolean>('systemCertificates') ?? true,
	};
}
