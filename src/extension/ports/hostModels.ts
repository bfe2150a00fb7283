import * as vscode from 'vscode';
import { type CancellationToken, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import type { HostModelDelta, HostModelDescription, ServerRequests, WireError, WireMessage } from '#protocol/messages';
import { MODEL_VENDOR } from '../ids.ts';
import { hostModelId, pickedModels } from './pickedModels.ts';

/** Answers the coordinator's requests for the editor's own language models. Ours are left out: they lead back to the coordinator. */
export function serveHostModels(connection: MessageConnection): void {
	const describe = (model: vscode.LanguageModelChat): HostModelDescription => ({
		id: hostModelId(model),
		label: model.name,
		vendor: model.vendor,
		contextTokens: model.maxInputTokens,
	});
	connection.onRequest('hostModels/list', async () => {
		const models = new Map([...pickedModels, ...(await vscode.lm.selectChatModels()).map((model) => [hostModelId(model), model] as const)]);
		return [...models.values()].filter(({ vendor }) => vendor !== MODEL_VENDOR).map(describe);
	});
	connection.onRequest('hostModels/stream', async (params: ServerRequests['hostModels/stream'][0], token: CancellationToken) => {
		try {
			return await stream(connection, params, token);
		} catch (error) {
			throw toResponseError(error);
		}
	});
}

async function stream(
	connection: MessageConnection,
	{ streamId, modelId, messages, tools }: ServerRequests['hostModels/stream'][0],
	token: CancellationToken,
): Promise<ServerRequests['hostModels/stream'][1]> {
	const model = pickedModels.get(modelId) ?? (await vscode.lm.selectChatModels()).find((candidate) => hostModelId(candidate) === modelId);
	if (!model) throw vscode.LanguageModelError.NotFound(vscode.l10n.t('The model is no longer there.'));
	const cancellation = new vscode.CancellationTokenSource();
	const subscription = token.onCancellationRequested(() => cancellation.cancel());
	try {
		const justification = vscode.l10n.t('Hybrid Coordinator answers your question with code of this workspace.');
		const offered = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
		const response = await model.sendRequest(messages.map(toMessage), { justification, ...(offered.length > 0 ? { tools: offered } : {}) }, cancellation.token);
		let answer = '';
		const send = (delta: Omit<HostModelDelta, 'streamId'>) => connection.sendNotification('hostModels/delta', { streamId, ...delta } satisfies HostModelDelta);
		for await (const part of response.stream) {
			if (part instanceof vscode.LanguageModelTextPart) {
				answer += part.value;
				await send({ text: part.value });
			} else if (part instanceof vscode.LanguageModelToolCallPart) {
				answer += JSON.stringify(part.input);
				await send({ text: '', toolCall: { id: part.callId, name: part.name, input: { ...part.input } } });
			}
		}
		const counts = await Promise.all([...messages.map(({ text }) => text), answer].map((text) => model.countTokens(text)));
		const outputTokens = counts.pop() ?? 0;
		return { inputTokens: counts.reduce((sum, count) => sum + count, 0), outputTokens };
	} finally {
		subscription.dispose();
		cancellation.dispose();
	}
}

/** The API has no system role: instructions go first, as a message of the user. A tool's result is the user's as well. */
function toMessage({ role, text, toolCalls = [], toolCallId }: WireMessage): vscode.LanguageModelChatMessage {
	if (role === 'tool') return vscode.LanguageModelChatMessage.User([new vscode.LanguageModelToolResultPart(toolCallId ?? '', [new vscode.LanguageModelTextPart(text)])]);
	if (role !== 'assistant') return vscode.LanguageModelChatMessage.User(text);
	const calls = toolCalls.map(({ id, name, input }) => new vscode.LanguageModelToolCallPart(id, name, input));
	return vscode.LanguageModelChatMessage.Assistant([...(text === '' ? [] : [new vscode.LanguageModelTextPart(text)]), ...calls]);
}

function toResponseError(error: unknown): ResponseError<WireError> {
	const message = error instanceof Error ? error.message : String(error);
	const codes: Readonly<Record<string, string>> = {
		[vscode.LanguageModelError.NoPermissions.name]: 'unauthorized',
		[vscode.LanguageModelError.NotFound.name]: 'not-found',
		[vscode.LanguageModelError.Blocked.name]: 'rate-limited',
	};
	const code = error instanceof vscode.LanguageModelError ? (codes[error.code] ?? 'server-error') : 'server-error';
	return new ResponseError<WireError>(-32_000, message, { code, message, isRetryable: code === 'rate-limited', details: {} });
}
