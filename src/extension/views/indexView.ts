import * as vscode from 'vscode';
import type { FolderStatus, IndexStatus } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS, CONTEXT_KEYS, VIEWS } from '../ids.ts';
import { type Advice, explainFailure, explainProblem, phaseLabel, skipLabel } from '../messages.ts';
import { readSetting } from '../readSettings.ts';
import { formatBytes, formatCount, piecesOf, progressLabel } from '../status/format.ts';
import { type ShownState, stateLabel } from '../status/shownState.ts';
import { type TreeNode, toTreeItem } from './treeNode.ts';

/** The view with folders, languages, what was left out and why, problems with their next step. */
export function registerIndexView(client: CoordinatorClient): vscode.Disposable {
	const changed = new vscode.EventEmitter<undefined>();
	const tree = vscode.window.createTreeView<TreeNode>(VIEWS.index, {
		treeDataProvider: {
			onDidChangeTreeData: changed.event,
			getChildren: (node) => (node ? (node.children?.() ?? []) : rootNodes(client)) as vscode.ProviderResult<TreeNode[]>,
			getTreeItem: toTreeItem,
		},
	});
	const update = () => {
		const { shownStatus: status, transition } = client;
		void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.phase, status?.phase ?? transition ?? 'not-indexed');
		tree.description = status || transition ? stateLabel(client) : undefined;
		changed.fire(undefined);
	};
	const subscription = client.onDidChangeStatus(update);
	update();
	return vscode.Disposable.from(tree, changed, subscription);
}

/** Nothing where nothing was indexed: the view's welcome text stands there. */
export function rootNodes(client: ShownState & Pick<CoordinatorClient, 'request'>): readonly TreeNode[] {
	const { t } = vscode.l10n;
	const { shownStatus: status, failure, transition } = client;
	if (failure) return [adviceNode('failure', explainFailure(failure))];
	const waiting: TreeNode[] = transition ? [{ id: 'transition', label: t('The coordinator is {0}.', stateLabel(client)), icon: 'sync~spin' }] : [];
	if (!status && transition) return waiting;
	if (!status || (status.phase === 'not-indexed' && status.problems.length === 0 && !status.isSearchable)) return [];
	return [
		...status.problems.map((problem, index) => adviceNode(`problem-${index}`, explainProblem(problem))),
		...waiting,
		...(transition ? [] : progressNodes(status)),
		...status.folders.map((folder) => folderNode(client, folder, status.folders.length === 1)),
		{
			id: 'embedding',
			label: t('Embedding model'),
			description: status.embedding?.label ?? (readSetting('embedding.provider') === 'none' ? t('none: search by words') : t('loads after the words')),
			icon: 'symbol-array',
			...(status.embedding?.isRemote ? { tooltip: t('Texts of this workspace are sent to {0}.', status.embedding.label) } : {}),
			command: { command: COMMANDS.chooseEmbeddingModel, title: t('Choose Embedding Model') },
		},
		...(status.vectors.total === 0
			? []
			: [
					{
						id: 'vectors',
						label: t('By meaning'),
						description: piecesOf(status.vectors),
						icon: 'graph-scatter',
						tooltip: t('The meaning of these pieces is computed: they are found by questions in other words than their own. All pieces are found by words.'),
					},
				]),
		{ id: 'disk', label: t('On disk'), description: formatBytes(status.sizeBytes), icon: 'database' },
	];
}

function progressNodes({ progress, phase, isSearchable }: IndexStatus): readonly TreeNode[] {
	if (!progress) return [];
	const { t } = vscode.l10n;
	const eta = progress.etaSeconds === null ? '' : t(', about {0} s left', progress.etaSeconds);
	return [
		{
			id: 'progress',
			label: phaseLabel(phase),
			description: `${Math.floor((100 * progress.done) / Math.max(1, progress.total))}%${eta}`,
			tooltip: `${progressLabel(isSearchable, progress)}${eta}`,
			icon: phase === 'paused' ? 'debug-pause' : 'sync~spin',
		},
	];
}

function adviceNode(id: string, { text, action }: Advice): TreeNode {
	return { id, label: text, icon: 'warning', tooltip: text, ...(action ? { description: action.title, command: { command: action.command, title: action.title } } : {}) };
}

function folderNode(client: Pick<CoordinatorClient, 'request'>, folder: FolderStatus, isOnly: boolean): TreeNode {
	const { t } = vscode.l10n;
	const id = folder.worktreeId;
	const skipped = Object.entries(folder.skipped).filter((entry): entry is [string, number] => Boolean(entry[1]));
	const total = skipped.reduce((sum, [, count]) => sum + count, 0);
	const children: TreeNode[] = [
		{ id: `${id}/files`, label: t('Files'), description: formatCount(folder.files), icon: 'files' },
		{ id: `${id}/lines`, label: t('Lines'), description: formatCount(folder.lines), icon: 'list-ordered' },
		{
			id: `${id}/chunks`,
			label: t('Pieces'),
			description: formatCount(folder.chunks),
			icon: 'symbol-snippet',
			tooltip: t('Files are cut into functions, classes, sections and the like: what is searched and sent.'),
		},
		{
			id: `${id}/languages`,
			label: t('Languages'),
			description: formatCount(Object.keys(folder.languages).length),
			icon: 'code',
			children: () =>
				Object.entries(folder.languages).map(([language, count]) => ({ id: `${id}/language/${language}`, label: language, description: formatCount(count) })),
		},
	];
	if (total > 0) {
		children.push({
			id: `${id}/skipped`,
			label: t('Left out'),
			description: formatCount(total),
			icon: 'circle-slash',
			children: () =>
				skipped.map(([reason, count]) => ({
					id: `${id}/skipped/${reason}`,
					label: skipLabel(reason),
					description: formatCount(count),
					children: async () => (await client.request('index/skipped', { worktreeId: id, reason })).map((path) => fileNode(folder, reason, path)),
				})),
		});
	}
	return {
		id,
		label: folder.name,
		description: isOnly ? '' : phaseLabel(folder.phase),
		icon: 'root-folder',
		isExpanded: isOnly,
		tooltip: folder.path,
		children: () => children,
	};
}

function fileNode(folder: FolderStatus, reason: string, path: string): TreeNode {
	const uri = vscode.Uri.joinPath(vscode.Uri.file(folder.path), path);
	return {
		id: `${folder.worktreeId}/skipped/${reason}/${path}`,
		label: path,
		icon: 'file',
		command: { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri] },
	};
}
