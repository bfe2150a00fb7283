import * as vscode from 'vscode';
import type { EndpointDescription, EndpointHealth, ModelDescription, ModelPreset, ModelPrice } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { CoordinatorFailure } from '../coordinatorFailure.ts';
import { COMMANDS, SETTING_SECTION, VIEWS } from '../ids.ts';
import { explainFailure } from '../messages.ts';
import { readSetting } from '../readSettings.ts';
import { formatCount } from '../status/format.ts';
import { ShownTree } from './shownTree.ts';
import { type TreeNode, toTreeItem } from './treeNode.ts';

/** Health and queues change while nobody tells. */
const INTERVAL_MS = 10_000;

/** A row of the view that a command is about. */
export type ModelsNode = TreeNode & {
	readonly endpoint?: EndpointDescription;
	readonly model?: ModelDescription;
	readonly preset?: ModelPreset;
};

export interface ModelsView extends vscode.Disposable {
	/** Asks again; `isFresh`: every server anew. */
	refresh(isFresh?: boolean): void;
}

/** The view with servers, their models, health and prices, and the models worth having. */
export function registerModelsView(client: CoordinatorClient): ModelsView {
	const changed = new vscode.EventEmitter<undefined>();
	const shown = new ShownTree(
		(isFresh) => rootNodes(client, isFresh),
		() => changed.fire(undefined),
	);
	const tree = vscode.window.createTreeView<TreeNode>(VIEWS.models, {
		treeDataProvider: {
			onDidChangeTreeData: changed.event,
			getChildren: async (node) => (node ? [...((await node.children?.()) ?? [])] : shown.roots()),
			getTreeItem: toTreeItem,
		},
	});
	const refresh = (isFresh = false) => {
		if (!tree.visible) shown.forget(isFresh);
		else if (isFresh) void vscode.window.withProgress({ location: { viewId: VIEWS.models } }, () => shown.refresh(true));
		else void shown.refresh(false);
	};
	const timer = setInterval(() => {
		if (tree.visible && client.status) refresh();
	}, INTERVAL_MS);
	let wasRunning = client.status !== null;
	const subscriptions = vscode.Disposable.from(
		tree,
		changed,
		new vscode.Disposable(() => clearInterval(timer)),
		client.onDidAnswer(() => refresh()),
		client.onDidChangeStatus((status) => {
			if ((status !== null) !== wasRunning) refresh();
			wasRunning = status !== null;
		}),
		vscode.workspace.onDidChangeConfiguration((event) => {
			if (event.affectsConfiguration(`${SETTING_SECTION}.models`)) refresh();
		}),
	);
	return { refresh, dispose: () => subscriptions.dispose() };
}

/** Nothing where no server and no model is there: the view's welcome text stands there. */
async function rootNodes(client: CoordinatorClient, isFresh: boolean): Promise<TreeNode[]> {
	const { t } = vscode.l10n;
	try {
		const models = await client.request('models/list', { isFresh });
		const [endpoints, presets] = await Promise.all([client.request('models/endpoints', null), client.request('models/presets', null)]);
		if (endpoints.length === 0 && models.length === 0) return [];
		const editor = models.filter(({ id }) => id.startsWith('host:'));
		const files = models.filter(({ endpoint }) => endpoint.startsWith('gguf:'));
		return [
			...endpoints.map((endpoint) => serverNode(endpoint, models)),
			...groupOf('gguf', t('GGUF files'), files),
			...groupOf('editor', t('Models of the editor'), editor),
			presetsNode(presets),
		];
	} catch (error) {
		const { text, action } = explainFailure(error);
		return [{ id: 'failure', label: text, icon: 'warning', tooltip: text, ...(action ? { description: action.title, command: { ...action } } : {}) }];
	}
}

const groupOf = (id: string, label: string, models: readonly ModelDescription[]): TreeNode[] =>
	models.length === 0 ? [] : [{ id, label, description: formatCount(models.length), icon: 'folder', isExpanded: id === 'gguf', children: () => models.map(modelNode) }];

function serverNode(endpoint: EndpointDescription, models: readonly ModelDescription[]): ModelsNode {
	const { t } = vscode.l10n;
	const { key, kind, health, hasKey, isRemote } = endpoint;
	const own = models.filter((model) => endpoint.models.includes(model.id));
	const [icon, color] =
		health.state === 'up' ? ['pass', 'testing.iconPassed'] : health.state === 'down' ? ['error', 'testing.iconFailed'] : ['circle-outline', undefined];
	const words = [stateLabel(health), ...figures(health), ...(hasKey ? [t('key set')] : [])];
	return {
		id: `server/${kind}/${key}`,
		label: key.replace(/^https?:\/\//, ''),
		description: words.join(' · '),
		icon: icon as string,
		...(color ? { color } : {}),
		tooltip: [`${key} (${kind})`, isRemote ? t('Text is sent to another machine.') : t('On this machine.'), words.join(' · '), health.errorMessage ?? '']
			.filter(Boolean)
			.join('\n'),
		context: `server ${kind}${hasKey ? ' key' : ''}`,
		isExpanded: true,
		endpoint,
		children: () => [...errorNodes(endpoint), ...own.map(modelNode)],
	};
}

/** The last error of a server with what to do about it. */
function errorNodes({ key, health, models }: EndpointDescription): TreeNode[] {
	const { t } = vscode.l10n;
	if (!health.errorCode) return models.length === 0 ? [{ id: `${key}/none`, label: t('It has no language model.'), icon: 'info' }] : [];
	const { text, action } = explainFailure(new CoordinatorFailure(health.errorCode, health.errorMessage ?? ''));
	return [{ id: `${key}/error`, label: text, icon: 'warning', tooltip: text, ...(action ? { command: { ...action } } : {}) }];
}

function modelNode(model: ModelDescription): ModelsNode {
	const { t } = vscode.l10n;
	const { id, label, price, sizeBillions, quantisation, contextTokens, roles, health, destination } = model;
	const isPreferred = readSetting('models.preferred') === id;
	const size = [...(sizeBillions === null ? [] : [`${sizeBillions}B`]), ...(quantisation ? [quantisation] : [])].join(' ');
	const facts = [
		...(isPreferred ? [t('preferred')] : []),
		...(size ? [size] : []),
		...(contextTokens === null ? [] : [t('{0} tokens', formatCount(contextTokens))]),
		priceWords(price),
	];
	return {
		id: `model/${id}`,
		// Its server stands above it.
		label: label.replace(/ \([^)]*\)$/, ''),
		description: facts.join(' · '),
		icon: isPreferred ? 'star-full' : roles.includes('embedding') ? 'symbol-array' : 'hubot',
		tooltip: [id, destination, ...(roles.length > 0 ? [roles.join(', ')] : []), ...facts, ...figures(health)].join('\n'),
		context: roles.includes('embedding') ? 'embedding' : 'model',
		model,
	};
}

/** What a model costs, with the day of the price. */
function priceWords(price: ModelPrice | null): string {
	const { t } = vscode.l10n;
	if (!price) return t('price unknown');
	const { inputUsdPerMillion, outputUsdPerMillion, asOf } = price;
	if (inputUsdPerMillion === 0 && outputUsdPerMillion === 0) return t('free');
	return t('{0} $ in, {1} $ out a million tokens ({2})', inputUsdPerMillion, outputUsdPerMillion, asOf);
}

function stateLabel({ state, errorCode }: EndpointHealth): string {
	const { t } = vscode.l10n;
	if (state === 'down' && errorCode === 'unauthorized') return t('refuses the key');
	return { up: t('answers'), down: t('does not answer'), unknown: t('not asked yet') }[state];
}

function figures({ firstTokenMs, tokensPerSecond, queued, running }: EndpointHealth): string[] {
	const { t } = vscode.l10n;
	// The view is narrow: what changes comes first.
	return [
		...(running > 0 ? [t('{0} running', running)] : []),
		...(queued > 0 ? [t('{0} waiting', queued)] : []),
		...(firstTokenMs === null ? [] : [t('first word after {0} s', (firstTokenMs / 1_000).toFixed(1))]),
		...(tokensPerSecond === null ? [] : [t('{0} tokens a second', Math.round(tokensPerSecond))]),
	];
}

function presetsNode(presets: readonly ModelPreset[]): TreeNode {
	const { t } = vscode.l10n;
	const there = presets.filter(({ presentAs }) => presentAs !== null).length;
	return {
		id: 'presets',
		label: t('Models worth having'),
		description: t('{0} of {1} are there', there, presets.length),
		icon: 'library',
		children: () => presets.map(presetNode),
	};
}

function presetNode(preset: ModelPreset): ModelsNode {
	const { t } = vscode.l10n;
	const { id, label, presentAs, server, model, url } = preset;
	const next = server === 'ollama' ? t('can be pulled') : server === 'lemonade' ? t('load it in Lemonade') : t('needs an address and a key');
	const add: vscode.Command = { command: server === 'ollama' ? COMMANDS.pullModel : COMMANDS.addServer, title: next, arguments: [{ preset }] };
	return {
		id: `preset/${id}`,
		label,
		description: presentAs === null ? next : t('there'),
		icon: presentAs === null ? (server === 'ollama' ? 'cloud-download' : 'add') : 'check',
		tooltip: `${model}\n${url}`,
		context: presentAs === null ? `preset ${server}` : 'preset there',
		preset,
		...(presentAs === null ? { command: add } : {}),
	};
}
