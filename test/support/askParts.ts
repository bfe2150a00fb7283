import type { AskPipelineOptions } from '#core/ask/askPipeline';
import { createRouter } from '#core/ask/route/router';
import { readBudget } from '#core/metrics/budget';
import type { LedgerRow } from '#core/metrics/ledger';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';

/** What a pipeline needs beside its stores and models: a router that remembers nothing, no spending limit, and no local-only files. */
export function plainAskParts(
	settings: () => Settings = () => DEFAULT_SETTINGS,
	recorded: LedgerRow[] = [],
): Pick<AskPipelineOptions, 'router' | 'budget' | 'allow' | 'record' | 'localOnly'> {
	return {
		router: createRouter({ settings: () => settings().routing, store: null, random: () => 0.5 }),
		budget: () => readBudget(settings().budget, { ledger: { spent: async () => ({ knownUsd: 0, unknownCalls: 0 }) }, clock: { nowMs: () => 0 } }),
		allow: async () => ({ maxOutputTokens: null }),
		record: (rows) => {
			recorded.push(...rows);
		},
		localOnly: async (questions) => questions.map(() => 'open'),
	};
}
