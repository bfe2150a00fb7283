import { expect, test } from 'vitest';
import { teamCall } from '#core/team/teamCall';
import { ledgerRow } from '../../../support/ledgerRows.ts';

test.each([
	['openai:gpu.intern:8080/org/qwen', 'org/qwen (gpu.intern:8080)', 'openai:org/qwen', 'org/qwen'],
	['ollama:127.0.0.1:11434/qwen:7b', 'qwen:7b (Ollama)', 'ollama:qwen:7b', 'qwen:7b (Ollama)'],
	['ollama:db.intern:1/nomic@768', 'nomic at db.intern:1', 'ollama:nomic@768', 'nomic'],
	['gguf:own.gguf', 'own (in the process)', 'gguf:own.gguf', 'own (in the process)'],
	['vscode:copilot/gpt', 'GPT', 'vscode:copilot/gpt', 'GPT'],
])('the team is told the name of %s, and not where its server is', (modelId, modelLabel, id, label) => {
	const row = ledgerRow('a', { modelId, modelLabel, counterfactualModelId: modelId });
	expect(teamCall(row, { shareWorkspaces: false })).toEqual({ ...row, workspaceId: null, modelId: id, modelLabel: label, counterfactualModelId: id });
	expect(teamCall(row, { shareWorkspaces: true }).workspaceId).toBe('w1');
});
