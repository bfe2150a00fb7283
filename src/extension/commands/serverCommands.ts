import * as vscode from 'vscode';
import type { EndpointDescription, ModelDescription, ModelPreset } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS, SETTING_SECTION, type SettingTypes } from '../ids.ts';
import { readSetting } from '../readSettings.ts';
import { formatBytes } from '../status/format.ts';
import type { ModelsNode, ModelsView } from '../views/modelsView.ts';
import { command } from './command.ts';
import { offerServer } from './offerServer.ts';

type ServerKind = EndpointDescription['kind'];

const USUAL: Readonly<Record<ServerKind, string>> = { ollama: 'http://127.0.0.1:11434', openai: 'http://127.0.0.1:1234/v1', anthropic: 'https://api.anthropic.com' };
const withoutSlash = (url: string) => url.replace(/\/+$/, '');
const set = <K extends keyof SettingTypes>(key: K, value: SettingTypes[K]) =>
	vscode.workspace.getConfiguration(SETTING_SECTION).update(key, value, vscode.ConfigurationTarget.Global);

/** What the Models view can do; each also asks what it is about, so that it works from the command palette. */
export function registerServerCommands(client: CoordinatorClient, context: vscode.ExtensionContext, view: ModelsView): vscode.Disposable {
	const { t } = vscode.l10n;
	const servers = () => client.request('models/endpoints', null);

	async function pickServer(node: unknown, isWanted: (server: EndpointDescription) => boolean, placeHolder: string): Promise<EndpointDescription | undefined> {
		const { endpoint } = (node ?? {}) as Partial<ModelsNode>;
		if (endpoint) return endpoint;
		const found = (await servers()).filter(isWanted);
		if (found.length === 0) void offerServer(t('There is no such server yet.'));
		else
			return (
				await vscode.window.showQuickPick(
					found.map((server) => ({ label: server.key, description: server.kind, server })),
					{ placeHolder },
				)
			)?.server;
	}

	async function pickModel(node: unknown, placeHolder: string): Promise<Pick<ModelDescription, 'id' | 'label'> | undefined> {
		const { model } = (node ?? {}) as Partial<ModelsNode>;
		if (model) return model;
		const models = (await client.request('models/list', null)).filter(({ roles }) => !roles.includes('embedding'));
		const items = models.map(({ id, label, destination }) => ({ label, description: destination, id }));
		if (items.length > 0) return vscode.window.showQuickPick(items, { placeHolder });
		void offerServer(t('There is no model yet.'));
		return undefined;
	}

	async function storeKey(kind: ServerKind, url: string): Promise<void> {
		const { origin } = new URL(url);
		const key = await vscode.window.showInputBox({
			password: true,
			ignoreFocusOut: true,
			prompt: t('Key for {0}. It is kept in the editor’s secret storage; leave it empty where the server needs none.', origin),
		});
		if (!key) return;
		await context.secrets.store(`${kind}:${origin}`, key);
		client.notify('secrets/changed', { name: `${kind}:${origin}` });
	}

	async function addServer(node: unknown): Promise<void> {
		const { preset } = (node ?? {}) as { readonly preset?: ModelPreset };
		const kind = preset ? kindOf(preset) : await pickKind();
		if (!kind) return;
		const url = await vscode.window.showInputBox({
			prompt: t('Address of the server. Questions and the code found for them are sent there.'),
			value: preset?.url ?? USUAL[kind],
			ignoreFocusOut: true,
			validateInput: (text) => (/^https?:\/\//.test(text) && URL.canParse(text) ? undefined : t('An address begins with http:// or https://.')),
		});
		if (!url) return;
		const address = withoutSlash(url.trim());
		// The key first: the setting makes the coordinator ask the server.
		if (kind !== 'ollama') await storeKey(kind, address);
		if (kind === 'ollama') await set('models.ollamaUrl', address);
		else if (kind === 'anthropic') await set('models.anthropicUrl', address);
		else await set('models.openaiUrls', [...new Set([...readSetting('models.openaiUrls'), address])]);
		view.refresh(true);
	}

	async function removeServer(node: unknown): Promise<void> {
		const server = await pickServer(node, () => true, t('Server to remove'));
		if (!server) return;
		const remove = t('Remove');
		const detail = server.hasKey ? t('Its key is removed too. The server itself is left as it is.') : t('The server itself is left as it is.');
		if ((await vscode.window.showWarningMessage(t('Remove {0} from the settings?', server.key), { modal: true, detail }, remove)) !== remove) return;
		const isIt = (url: string) => withoutSlash(url) === server.key;
		if (server.kind === 'ollama' && isIt(readSetting('models.ollamaUrl'))) await set('models.ollamaUrl', '');
		else if (server.kind === 'anthropic' && isIt(readSetting('models.anthropicUrl'))) await set('models.anthropicUrl', '');
		else if (server.kind === 'openai' && readSetting('models.openaiUrls').some(isIt))
			await set(
				'models.openaiUrls',
				readSetting('models.openaiUrls').filter((url) => !isIt(url)),
			);
		else {
			void vscode.window.showInformationMessage(t('{0} was found on this machine and is in no setting: it is gone with the next start of the coordinator.', server.key));
			return;
		}
		if (server.hasKey) await context.secrets.delete(secretOf(server));
		// A model that is gone for good would be missed at every question.
		if (readSetting('models.preferred').startsWith(`${server.kind}:${new URL(server.key).host}/`)) await set('models.preferred', '');
		view.refresh(true);
	}

	async function testModel(node: unknown): Promise<void> {
		const model = await pickModel(node, t('Model to test'));
		if (!model) return;
		const { id, label } = model;
		const result = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, cancellable: true, title: t('Asking {0} for a word', label) },
			(_, token) => {
				const asked = client.request('models/test', { id }, token);
				// It may wait for an answer under way, which is seen there.
				view.refresh();
				return asked.catch((error: unknown) => {
					if (token.isCancellationRequested) return null;
					throw error;
				});
			},
		);
		view.refresh();
		if (!result) return;
		if (!result.isOk) {
			void vscode.window.showWarningMessage(t('{0} did not answer: {1}', label, result.errorMessage ?? ''));
			return;
		}
		const first = result.firstTokenMs === null ? '–' : (result.firstTokenMs / 1_000).toFixed(1);
		void vscode.window.showInformationMessage(
			t('{0} answered “{1}”: first word after {2} s, all after {3} s.', label, result.text.trim(), first, (result.totalMs / 1_000).toFixed(1)),
		);
	}

	async function pullModel(node: unknown): Promise<void> {
		const { preset } = (node ?? {}) as Partial<ModelsNode>;
		const server = preset ? undefined : await pickServer(node, ({ kind }) => kind === 'ollama', t('Ollama server that is to fetch the model'));
		const url = server?.key ?? (preset && (readSetting('models.ollamaUrl') || preset.url));
		if (!url) return;
		const model =
			preset?.model ??
			(await vscode.window.showInputBox({ prompt: t('Name of the model in Ollama’s library'), placeHolder: 'qwen2.5-coder:7b', ignoreFocusOut: true }))?.trim();
		if (!model) return;
		if (preset) {
			const pull = t('Pull');
			const detail = t(
				'A model of {0} billion parameters takes about {1} GB of disk and as much memory to run.',
				preset.sizeBillions ?? 0,
				Math.ceil((preset.sizeBillions ?? 0) * 0.6),
			);
			if ((await vscode.window.showInformationMessage(t('Have {0} fetch {1}?', url, model), { modal: true, detail }, pull)) !== pull) return;
			if (!readSetting('models.ollamaUrl')) {
				await set('models.ollamaUrl', url);
				// The coordinator pulls only at servers that it knows.
				client.notify('secrets/changed', { name: 'ollama' });
			}
		}
		await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, cancellable: true, title: t('Pulling {0}', model) }, async (progress, token) => {
			let shown = 0;
			try {
				await client.pullModel(
					{ url: withoutSlash(url), model },
					({ status, completedBytes, totalBytes }) => {
						const percent = totalBytes ? (100 * completedBytes) / totalBytes : 0;
						const message = totalBytes ? t('{0} of {1}', formatBytes(completedBytes), formatBytes(totalBytes)) : status;
						progress.report({ message, increment: Math.max(0, percent - shown) });
						shown = Math.max(shown, percent);
					},
					token,
				);
			} catch (error) {
				if (!token.isCancellationRequested) throw error;
			}
		});
		view.refresh(true);
	}

	return vscode.Disposable.from(
		command(COMMANDS.addServer, addServer),
		command(COMMANDS.removeServer, removeServer),
		command(COMMANDS.removeApiKey, async (node) => {
			const server = await pickServer(node, ({ hasKey }) => hasKey, t('Server whose key to remove'));
			if (!server) return;
			await context.secrets.delete(secretOf(server));
			client.notify('secrets/changed', { name: secretOf(server) });
			view.refresh(true);
		}),
		command(COMMANDS.testModel, testModel),
		command(COMMANDS.pullModel, pullModel),
		command(COMMANDS.preferModel, async (node) => {
			const model = await pickModel(node, t('Model that answers where the chat has none picked'));
			if (model) await set('models.preferred', readSetting('models.preferred') === model.id ? '' : model.id);
		}),
		command(COMMANDS.refreshModels, () => view.refresh(true)),
		context.secrets.onDidChange(() => view.refresh()),
	);

	async function pickKind(): Promise<ServerKind | undefined> {
		const items: (vscode.QuickPickItem & { readonly server: ServerKind })[] = [
			{ label: 'Ollama', description: t('on this machine or another'), server: 'ollama' },
			{ label: t('OpenAI-compatible'), description: 'LM Studio, llama.cpp, Lemonade, vLLM, OpenAI, DeepSeek', server: 'openai' },
			{ label: 'Anthropic', description: t('paid'), server: 'anthropic' },
		];
		return (await vscode.window.showQuickPick(items, { placeHolder: t('Kind of server') }))?.server;
	}
}

function kindOf({ server }: ModelPreset): ServerKind {
	return server === 'ollama' || server === 'anthropic' ? server : 'openai';
}

/** Name under which a server's key is kept. */
function secretOf({ kind, key }: EndpointDescription): string {
	return `${kind}:${new URL(key).origin}`;
}
