import * as vscode from 'vscode';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS, SETTING_SECTION, type SettingTypes } from '../ids.ts';
import type { ModelsNode } from '../views/modelsView.ts';
import { command } from './command.ts';
import { offerServer } from './offerServer.ts';

const EMBEDDING_NAME = /embed|minilm|bge|e5|gte|arctic/i;

/** Choosing an embedding model, finding servers, setting keys. */
export function registerModelCommands(client: CoordinatorClient, context: vscode.ExtensionContext): vscode.Disposable {
	return vscode.Disposable.from(
		command(COMMANDS.chooseEmbeddingModel, () => chooseEmbeddingModel(client)),
		command(COMMANDS.findModelServers, () => findModelServers(client)),
		command(COMMANDS.setApiKey, (node) => setApiKey(client, context, node)),
	);
}

const set = <K extends keyof SettingTypes>(key: K, value: SettingTypes[K]) =>
	vscode.workspace.getConfiguration(SETTING_SECTION).update(key, value, vscode.ConfigurationTarget.Global);

async function chooseEmbeddingModel(client: CoordinatorClient): Promise<void> {
	const { t } = vscode.l10n;
	type Item = vscode.QuickPickItem & {
		readonly provider: SettingTypes['embedding.provider'];
		readonly url?: string;
		readonly model?: string;
		readonly isSearch?: boolean;
	};
	const fixed: Item[] = [
		{ label: 'MiniLM', description: t('bundled, on this machine'), detail: t('Nothing to install. About 150 MB of memory.'), provider: 'bundled' },
		{ label: t('None'), description: t('search by words only'), provider: 'none' },
		{
			label: t('$(search) Find Models of Servers on This Machine…'),
			detail: t('Asks the usual ports of this machine, such as Ollama’s.'),
			provider: 'none',
			isSearch: true,
		},
	];
	let chosen = await vscode.window.showQuickPick(fixed, { placeHolder: t('Embedding model for this machine') });
	if (chosen?.isSearch) {
		const servers = await client.request('models/discover', null);
		const found = servers.flatMap(({ kind, url, name, models }): Item[] =>
			models.filter((model) => EMBEDDING_NAME.test(model)).map((model) => ({ label: model, description: `${name}, ${url}`, provider: kind, url, model })),
		);
		if (found.length === 0) {
			void vscode.window.showInformationMessage(t('No server on this machine has an embedding model. For Ollama: ollama pull nomic-embed-text'));
			return;
		}
		chosen = await vscode.window.showQuickPick(found, { placeHolder: t('Embedding model of a server') });
	}
	if (!chosen || chosen.isSearch) return;
	await set('embedding.url', chosen.url ?? '');
	await set('embedding.model', chosen.model ?? '');
	await set('embedding.provider', chosen.provider);
}

/** Asks only because the user chose the command: that is the consent. */
async function findModelServers(client: CoordinatorClient): Promise<void> {
	const { t } = vscode.l10n;
	const servers = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: t('Looking for model servers on this machine') }, () =>
		client.request('models/discover', null),
	);
	if (servers.length === 0) {
		void vscode.window.showInformationMessage(t('No model server answers on this machine. Start Ollama, LM Studio, llama.cpp or Lemonade, then look again.'));
		return;
	}
	const items = servers.flatMap(({ name, url, models }) => models.map((model) => ({ label: model, description: `${name}, ${url}`, server: url })));
	const chosen = await vscode.window.showQuickPick(items, { placeHolder: t('Found; choose the model that answers @hybrid by default') });
	if (!chosen) return;
	const server = servers.find(({ url }) => url === chosen.server);
	if (!server) return;
	if (server.kind === 'ollama') await set('models.ollamaUrl', server.url);
	else {
		const known = vscode.workspace.getConfiguration(SETTING_SECTION).get<string[]>('models.openaiUrls', []);
		await set('models.openaiUrls', [...new Set([...known, server.url])]);
	}
	await set('models.preferred', `${server.kind}:${new URL(server.url).host}/${chosen.label}`);
	void vscode.window.showInformationMessage(t('{0} answers where the chat has no model picked. To ask it now, pick it in the chat’s list of models.', chosen.label));
}

async function setApiKey(client: CoordinatorClient, context: vscode.ExtensionContext, node: unknown): Promise<void> {
	const { t } = vscode.l10n;
	const configuration = vscode.workspace.getConfiguration(SETTING_SECTION);
	const { endpoint } = (node ?? {}) as Partial<ModelsNode>;
	const places = endpoint
		? [{ kind: endpoint.kind, url: endpoint.key }]
		: [
				...[...configuration.get<string[]>('models.openaiUrls', []), configuration.get<string>('embedding.url', '')].map((url) => ({ kind: 'openai', url })),
				{ kind: 'anthropic', url: configuration.get<string>('models.anthropicUrl', '') },
				{ kind: 'qdrant', url: configuration.get<string>('qdrant.url', '') },
			].filter(({ url }) => URL.canParse(url));
	const items = new Map(places.map(({ kind, url }) => [`${kind}:${new URL(url).origin}`, { label: new URL(url).origin, description: kind }]));
	if (items.size === 0) return void offerServer(t('There is no server yet that a key could be for.'));
	const [only] = items.values();
	const chosen = endpoint ? only : await vscode.window.showQuickPick([...items.values()], { placeHolder: t('Server whose key to set') });
	if (!chosen) return;
	const name = `${chosen.description}:${chosen.label}`;
	const key = await vscode.window.showInputBox({
		password: true,
		prompt: t('Key for {0}. It is kept in the editor’s secret storage; leave it empty to remove it.', chosen.label),
		ignoreFocusOut: true,
	});
	if (key === undefined) return;
	if (key === '') await context.secrets.delete(name);
	else await context.secrets.store(name, key);
	client.notify('secrets/changed', { name });
}
