import * as vscode from 'vscode';
import type { WireSettings } from '#protocol/messages';
import { SETTING_SECTION, type SettingTypes } from './ids.ts';

/** One setting, with its type. */
export function readSetting<K extends keyof SettingTypes>(key: K): SettingTypes[K] {
	return vscode.workspace.getConfiguration(SETTING_SECTION).get(key) as SettingTypes[K];
}

/** All settings that the coordinator acts on, as it wants them: empty texts are null. */
export function readSettings(): WireSettings {
	type TextKey = 'models.preferred' | 'models.ollamaUrl' | 'models.anthropicUrl' | 'models.ggufRuntime' | 'embedding.model' | 'embedding.url' | 'dataDirectory';
	const text = (key: TextKey) => readSetting(key).trim() || null;
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
		learning: {
			enabled: readSetting('learning.enabled'),
			extractPatterns: readSetting('learning.extractPatterns'),
			extractWithRemote: readSetting('learning.extractWithRemote'),
			highValueThreshold: readSetting('learning.highValueThreshold'),
			keepInteractionsDays: readSetting('learning.keepInteractionsDays'),
			maxInteractions: readSetting('learning.maxInteractions'),
			systemText: readSetting('learning.systemText'),
		},
		budget: { dailyUsd: readSetting('budget.dailyUsd'), monthlyUsd: readSetting('budget.monthlyUsd'), atLimit: readSetting('budget.atLimit') },
		ledger: { controlShare: readSetting('ledger.controlShare'), retentionDays: readSetting('ledger.retentionDays') },
		privacy: { localOnly: readSetting('privacy.localOnly') },
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
