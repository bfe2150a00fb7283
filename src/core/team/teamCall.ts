import type { LedgerRow } from '#core/metrics/ledger';
import type { Settings } from '#core/settings';

/** Kind, server and name of a model that a server has. */
const SERVED = /^(ollama|openai|anthropic):([^/]*)\/([\s\S]*)$/;

/** A call as a team may see it: without its workspace, where the settings do not share that, and without the addresses of model servers. */
export function teamCall(row: LedgerRow, settings: Pick<Settings['team'], 'shareWorkspaces'>): LedgerRow {
	const server = SERVED.exec(row.modelId)?.[2];
	return {
		...row,
		workspaceId: settings.shareWorkspaces ? row.workspaceId : null,
		modelId: withoutServer(row.modelId),
		modelLabel: server ? row.modelLabel.replace(` (${server})`, '').replace(` at ${server}`, '') : row.modelLabel,
		counterfactualModelId: row.counterfactualModelId === null ? null : withoutServer(row.counterfactualModelId),
	};
}

function withoutServer(modelId: string): string {
	return modelId.replace(SERVED, '$1:$3');
}
