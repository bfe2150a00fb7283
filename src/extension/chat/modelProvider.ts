import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { ModelDescription } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { MODEL_VENDOR, SETTING_SECTION } from '../ids.ts';
import { explainFailure } from '../messages.ts';

/** In front of the coordinator's id of a model, in the id that VS Code knows. */
export const COORDINATOR_MODEL_PREFIX = 'coordinator:';
const CODE_ONLY_ID = 'code-only';
const CONTEXT_GUESS = 8_192;

/**
 * Our models in VS Code's picker: those of servers on this machine, and one that answers with the code found. Without the latter the chat
 * would not call `@hybrid` at all where no other model is installed.
 */
export function registerModelProvider(client: CoordinatorClient): vscode.Disposable {
	if (!vscode.lm.registerLanguageModelChatProvider) return new vscode.Disposable(() => undefined);
	const changed = new vscode.EventEmitter<void>();
	let models: readonly ModelDescription[] = [];
	const provider: vscode.LanguageModelChatProvider = {
		onDidChangeLanguageModelChatInformation: changed.event,
		// The first is what the chat picks: a real model where there is one. Never asks the coordinator: it may be asking for the editor's models right now, of which these are some.
		provideLanguageModelChatInformation: () => [...models.map(toInformation), codeOnly()],
		provideLanguageModelChatResponse: async (model, messages, _options, progress, token) => {
			const prompt = lastUserText(messages);
			const isCodeOnly = model.id === CODE_ONLY_ID;
			try {
				const summary = await client.ask(
					{
						interactionId: randomUUID(),
						prompt,
						history: [],
						attachments: [],
						signals: {},
						...(isCodeOnly ? { command: 'search' as const } : { model: model.id.slice(COORDINATOR_MODEL_PREFIX.length) }),
					},
					(part) => part.type === 'delta' && progress.report(new vscode.LanguageModelTextPart(part.text)),
					token,
				);
				if (summary.text === '') progress.report(new vscode.LanguageModelTextPart(vscode.l10n.t('Nothing was found in the workspace.')));
			} catch (error) {
				throw new Error(explainFailure(error).text);
			}
		},
		provideTokenCount: async (_model, text) => Math.ceil((typeof text === 'string' ? text : lastUserText([text])).length / 4),
	};
	const registration = vscode.lm.registerLanguageModelChatProvider(MODEL_VENDOR, provider);
	// VS Code asks a provider only when somebody wants its models; the first chat message would otherwise find none.
	void vscode.lm.selectChatModels({ vendor: MODEL_VENDOR }).then(undefined, () => undefined);
	const refresh = async () => {
		const all = await client.request('models/list', null).catch((): readonly ModelDescription[] => []);
		const own = all.filter(({ id }) => !id.startsWith('host:'));
		if (own.map(({ id }) => id).join('\n') === models.map(({ id }) => id).join('\n')) return;
		models = own;
		changed.fire();
	};
	let wasRunning = false;
	const onStart = client.onDidChangeStatus((status) => {
		if (status && !wasRunning) void refresh();
		wasRunning = status !== null;
	});
	const onSettings = vscode.workspace.onDidChangeConfiguration((event) => {
		if (event.affectsConfiguration(`${SETTING_SECTION}.models`) && wasRunning) void refresh();
	});
	return vscode.Disposable.from(registration, changed, onStart, onSettings);
}

function codeOnly(): vscode.LanguageModelChatInformation {
	return {
		id: CODE_ONLY_ID,
		name: vscode.l10n.t('Workspace Code (no model)'),
		family: 'none',
		version: '1',
		detail: vscode.l10n.t('on this machine'),
		tooltip: vscode.l10n.t('Answers with the code of this workspace that fits the question. No model is asked and nothing leaves this machine.'),
		maxInputTokens: 32_000,
		maxOutputTokens: 8_000,
		capabilities: { toolCalling: true },
	};
}

function toInformation({ id, label, destination, contextTokens }: ModelDescription): vscode.LanguageModelChatInformation {
	return {
		id: COORDINATOR_MODEL_PREFIX + id,
		name: label,
		family: id,
		version: '1',
		detail: destination,
		tooltip: vscode.l10n.t('Answers with the code of this workspace that fits the question, at {0}.', destination),
		maxInputTokens: contextTokens ?? CONTEXT_GUESS,
		maxOutputTokens: 4_096,
		capabilities: { toolCalling: true },
	};
}

function lastUserText(messages: readonly vscode.LanguageModelChatRequestMessage[]): string {
	const last = messages.findLast(({ role }) => role === vscode.LanguageModelChatMessageRole.User);
	return (last?.content ?? []).map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}
