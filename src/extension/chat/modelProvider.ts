import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { ModelDescription } from '#protocol/messages';
import { EDITOR_AGENT } from '../agents/editorAgent.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { MODEL_VENDOR } from '../ids.ts';
import { explainFailure, explainNotice } from '../messages.ts';
import type { EditedFiles } from '../outcomes/editedFiles.ts';
import { readSetting } from '../readSettings.ts';
import { isTurnOfUser, textOf, toConversation } from './conversation.ts';
import { KnownModels } from './knownModels.ts';

/** In front of the coordinator's id of a model, in the id that VS Code knows. */
export const COORDINATOR_MODEL_PREFIX = 'coordinator:';
/** The model that stands for the router: whoever it chooses answers. */
export const AUTO_MODEL_ID = 'auto';
const CODE_ONLY_ID = 'code-only';
const CONTEXT_GUESS = 8_192;
/** What is left to a chat at least, however much code goes along. */
const LEAST_INPUT = 2_048;
const CHARACTERS_PER_TOKEN = 4;

/**
 * Our models in VS Code's picker: one for which the router chooses, those of servers, and one that answers with the code found. Without the
 * last the chat would not call `@hybrid` at all where no other model is installed.
 */
export function registerModelProvider(client: CoordinatorClient, state: vscode.Memento, edited: EditedFiles): vscode.Disposable {
	if (!vscode.lm.registerLanguageModelChatProvider) return new vscode.Disposable(() => undefined);
	const known = new KnownModels(client, state);
	const provider: vscode.LanguageModelChatProvider = {
		onDidChangeLanguageModelChatInformation: known.onDidChange,
		// The first is what the chat picks.
		provideLanguageModelChatInformation: () => [auto(known.list()), ...known.list().map(toInformation), codeOnly()],
		async provideLanguageModelChatResponse(model, messages, options, progress, token) {
			const interactionId = await answer(client, model.id, messages, progress, token);
			// Whoever is given tools changes files itself.
			const agent = options.tools?.length ? { agent: EDITOR_AGENT } : {};
			if (isTurnOfUser(messages)) edited.answered({ interactionId, isOfOtherChat: true, ...agent });
		},
		provideTokenCount: async (_model, text) => Math.ceil((typeof text === 'string' ? text : textOf(text)).length / CHARACTERS_PER_TOKEN),
	};
	const registration = vscode.lm.registerLanguageModelChatProvider(MODEL_VENDOR, provider);
	// VS Code asks a provider only when somebody wants its models; the first chat message would otherwise find none.
	void vscode.lm.selectChatModels({ vendor: MODEL_VENDOR }).then(undefined, () => undefined);
	return vscode.Disposable.from(registration, known);
}

/** Answers another chat that asks one of our models, and gives the interaction's id. Rejects where the model gives nothing, or stops half-way. */
async function answer(
	client: CoordinatorClient,
	modelId: string,
	messages: readonly vscode.LanguageModelChatRequestMessage[],
	progress: vscode.Progress<vscode.LanguageModelResponsePart>,
	token: vscode.CancellationToken,
): Promise<string> {
	const model = modelId === CODE_ONLY_ID ? null : modelId === AUTO_MODEL_ID ? undefined : modelId.slice(COORDINATOR_MODEL_PREFIX.length);
	const say = (text: string) => progress.report(new vscode.LanguageModelTextPart(text));
	// Between turns of the user it is an agent that asks, which shall not crowd out what the user asked.
	const asker = isTurnOfUser(messages) ? {} : { agent: EDITOR_AGENT };
	const query = { interactionId: randomUUID(), ...toConversation(messages), attachments: [], signals: {}, ...(model === undefined ? {} : { model }), ...asker };
	const summary = await client
		.ask(query, (part) => part.type === 'delta' && say(part.text), token)
		.catch((error: unknown) => {
			throw token.isCancellationRequested ? new vscode.CancellationError() : new Error(explainFailure(error).text);
		});
	if (token.isCancellationRequested) throw new vscode.CancellationError();
	// The last one: before it may stand a server that was away when the route was chosen.
	const failure = summary.notices.findLast(({ code }) => code === 'model-failed');
	// Whoever the router chose, a model that stepped in for one that failed is as good.
	if (failure && (model !== undefined || summary.endReason === 'failed')) throw new Error(explainNotice(failure));
	if (summary.text === '') say(model === null ? vscode.l10n.t('Nothing was found in the workspace.') : vscode.l10n.t('The model gave an empty answer.'));
	return query.interactionId;
}

function auto(models: readonly ModelDescription[]): vscode.LanguageModelChatInformation {
	const rooms = models.map(({ contextTokens }) => contextTokens ?? CONTEXT_GUESS);
	return {
		id: AUTO_MODEL_ID,
		name: vscode.l10n.t('Hybrid (auto)'),
		family: 'auto',
		version: '1',
		detail: vscode.l10n.t('the model that will do'),
		tooltip: vscode.l10n.t('Chooses for each question the cheapest model that is likely to answer it well, on this machine or another, and says why.'),
		// The router passes over models for which a prompt is too long.
		maxInputTokens: Math.max(LEAST_INPUT, Math.max(CONTEXT_GUESS, ...rooms) - readSetting('search.contextTokens')),
		maxOutputTokens: 4_096,
		capabilities: { toolCalling: true },
	};
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
		// Code of the workspace goes along with what the chat sends.
		maxInputTokens: Math.max(LEAST_INPUT, (contextTokens ?? CONTEXT_GUESS) - readSetting('search.contextTokens')),
		maxOutputTokens: 4_096,
		capabilities: { toolCalling: true },
	};
}
