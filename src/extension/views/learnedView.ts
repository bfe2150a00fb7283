import * as vscode from 'vscode';
import type { KnowledgeItem, LearnedCollection, RouterOverview } from '#protocol/messages';
import { workLabel } from '../chat/routeWords.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS, CONTEXT_KEYS, SETTING_SECTION, VIEWS } from '../ids.ts';
import { explainFailure } from '../messages.ts';
import { readSetting } from '../readSettings.ts';
import { formatCount, formatShare } from '../status/format.ts';
import { parseFilter } from './learnedFilter.ts';
import { COLLECTIONS, collectionLabel, outcomeLabel, sharedByLabel, statusLabel } from './learnedWords.ts';
import { rankingNode } from './rankingNode.ts';
import { type TreeNode, toTreeItem } from './treeNode.ts';

/** Items that a group shows at first, and again with each “more”. */
const PAGE = 100;
/** An answer is remembered a moment after it was given. */
const AFTER_ANSWER_MS = 1_500;

export type LearnedNode = TreeNode & { readonly item?: KnowledgeItem };

export interface LearnedView extends vscode.Disposable {
	refresh(): void;
	/** What is known may be another. */
	readonly onDidRefresh: vscode.Event<undefined>;
	/** Somebody looks at it. */
	readonly onDidShow: vscode.Event<undefined>;
	readonly filter: string;
	setFilter(filter: string): void;
	/** Shows another page of a group. */
	showMore(collection: LearnedCollection): void;
}

const ICONS: Readonly<Record<LearnedCollection, string>> = {
	'skills-patterns': 'mortar-board',
	'error-solutions': 'lightbulb',
	'best-practices': 'law',
	'interaction-history': 'comment-discussion',
};

/** The view with what was learned: skills, fixes, practices, interactions, and the router's record. */
export function registerLearnedView(client: CoordinatorClient): LearnedView {
	const changed = new vscode.EventEmitter<undefined>();
	const shown = new vscode.EventEmitter<undefined>();
	const limits = new Map<LearnedCollection, number>();
	let filter = '';
	let timer: NodeJS.Timeout | undefined;
	const tree = vscode.window.createTreeView<TreeNode>(VIEWS.learned, {
		treeDataProvider: {
			onDidChangeTreeData: changed.event,
			getChildren: async (node) => [...(node ? ((await node.children?.()) ?? []) : await rootNodes(client, filter, limits))],
			getTreeItem: toTreeItem,
		},
	});
	const refresh = () => {
		const isPaused = !readSetting('learning.enabled');
		tree.description = [...(isPaused ? [vscode.l10n.t('paused')] : []), ...(filter ? [`“${filter}”`] : [])].join(' · ') || undefined;
		void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.learning, isPaused ? 'paused' : 'on');
		changed.fire(undefined);
	};
	let wasRunning = client.status !== null;
	const subscriptions = vscode.Disposable.from(
		tree,
		changed,
		shown,
		new vscode.Disposable(() => clearTimeout(timer)),
		client.onDidAnswer(() => {
			clearTimeout(timer);
			timer = setTimeout(() => {
				if (tree.visible) refresh();
			}, AFTER_ANSWER_MS);
		}),
		client.onDidChangeStatus((status) => {
			if ((status !== null) !== wasRunning) refresh();
			wasRunning = status !== null;
		}),
		tree.onDidChangeVisibility(({ visible }) => {
			if (!visible) return;
			refresh();
			shown.fire(undefined);
		}),
		vscode.workspace.onDidChangeConfiguration((event) => {
			if (event.affectsConfiguration(`${SETTING_SECTION}.learning`)) refresh();
		}),
	);
	refresh();
	return {
		refresh,
		onDidRefresh: changed.event,
		onDidShow: shown.event,
		get filter() {
			return filter;
		},
		setFilter(next) {
			filter = next.trim();
			limits.clear();
			refresh();
		},
		showMore(collection) {
			limits.set(collection, (limits.get(collection) ?? PAGE) + PAGE);
			refresh();
		},
		dispose: () => subscriptions.dispose(),
	};
}

/** Nothing where nothing was learned: the view's welcome text stands there. */
async function rootNodes(client: CoordinatorClient, filter: string, limits: ReadonlyMap<LearnedCollection, number>): Promise<TreeNode[]> {
	const { t } = vscode.l10n;
	try {
		const query = parseFilter(filter);
		const limitOf = (collection: LearnedCollection) => limits.get(collection) ?? PAGE;
		const pages = await Promise.all(
			COLLECTIONS.map(async (collection) => ({
				collection,
				...(await client.request('knowledge/list', { ...query, collections: [collection], limit: limitOf(collection) })),
			})),
		);
		const router = await client.request('router/overview', null);
		const ranking = await client.request('ranking/overview', null);
		const groups = pages.map(({ collection, items, total }): TreeNode => {
			const more: TreeNode[] =
				items.length < total
					? [
							{
								id: `${collection}/more`,
								label: t('{0} more', formatCount(total - items.length)),
								icon: 'ellipsis',
								command: { command: COMMANDS.showMoreLearned, title: t('More'), arguments: [collection] },
							},
						]
					: [];
			const children = () => [...items.map(itemNode), ...more];
			return { id: collection, label: collectionLabel(collection), description: formatCount(total), icon: ICONS[collection], ...(total > 0 ? { children } : {}) };
		});
		const isEmpty = pages.every(({ total }) => total === 0) && router.outcomes === 0 && ranking.outcomes === 0;
		if (!isEmpty) return [...groups, routerNode(router), rankingNode(ranking)];
		return filter
			? [{ id: 'none', label: t('Nothing that was learned fits the filter.'), icon: 'info', command: { command: COMMANDS.filterLearned, title: t('Filter') } }]
			: [];
	} catch (error) {
		const { text, action } = explainFailure(error);
		return [{ id: 'failure', label: text, icon: 'warning', tooltip: text, ...(action ? { description: action.title, command: { ...action } } : {}) }];
	}
}

function itemNode(item: KnowledgeItem): LearnedNode {
	const { t } = vscode.l10n;
	const { id, collection, title, text, status, scope, owner, isPinned, successRate, timesUsed, outcome, updatedMs } = item;
	const isInteraction = collection === 'interaction-history';
	const words = [
		...(owner === null ? [] : [sharedByLabel(owner)]),
		...(isPinned ? [t('pinned')] : []),
		...(status === 'active' ? [] : [statusLabel(status)]),
		...(outcome ? [outcomeLabel(outcome)] : []),
		...(timesUsed > 0 && successRate !== null ? [t('worked {0} in {1} uses', formatShare(successRate), formatCount(timesUsed))] : []),
		...(isInteraction ? [new Date(updatedMs).toLocaleDateString()] : []),
	];
	const icon =
		owner !== null
			? 'organization'
			: isPinned
				? 'pinned'
				: status === 'retired'
					? 'archive'
					: status === 'proposed'
						? 'question'
						: outcome === 'failure'
							? 'thumbsdown'
							: outcome === 'success'
								? 'thumbsup'
								: 'circle-small';
	return {
		id: `${collection}/${id}`,
		label: title || t('(no title)'),
		description: words.join(' · '),
		icon,
		tooltip: `${title}\n\n${text}`.slice(0, 600),
		// What is a teammate's can be looked at, and no more.
		context: owner !== null ? 'shared' : `learned ${collection} ${status} ${scope}${isPinned ? ' pinned' : ''}`,
		command: { command: COMMANDS.showLearned, title: t('Show'), arguments: [{ item }] },
		item,
	};
}

function routerNode({ outcomes, records }: RouterOverview): TreeNode {
	const { t } = vscode.l10n;
	return {
		id: 'router',
		label: t('Router'),
		description: outcomes === 1 ? t('1 outcome') : t('{0} outcomes', formatCount(outcomes)),
		icon: 'git-compare',
		tooltip: t('How the answers of each model turned out, which decides who is asked next.'),
		context: 'router',
		...(records.length === 0
			? {}
			: {
					children: () =>
						records.map(({ modelId, workKind, outcomes: count, success, presumed }) => ({
							id: `router/${modelId}/${workKind}`,
							label: modelId.slice(modelId.indexOf('/') + 1),
							description: t('{0}: {1} of {2}, presumed {3}', workLabel(workKind), formatShare(success), formatCount(count), formatShare(presumed)),
							icon: 'hubot',
							tooltip: modelId,
						})),
				}),
	};
}
