import * as vscode from 'vscode';
import type { Hit } from '#protocol/messages';
import { editorSignals } from '../chat/chatRequest.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { explainFailure } from '../messages.ts';
import { hitFolder, hitUri, openHit } from './openHit.ts';

const DEBOUNCE_MS = 120;
const RESULTS = 30;

type HitItem = vscode.QuickPickItem & { readonly hit?: Hit };

/** A quick pick over the index: results while typing, the file shown while moving, Enter opens it, Escape goes back to where one was. */
export function searchContext(client: CoordinatorClient): void {
	const origin = vscode.window.activeTextEditor;
	const originSelection = origin?.selection;
	const signals = editorSignals();
	const pick = vscode.window.createQuickPick<HitItem>();
	pick.placeholder = vscode.l10n.t('Search this workspace by words, names or meaning');
	pick.matchOnDescription = true;
	pick.matchOnDetail = true;
	let timer: NodeJS.Timeout | undefined;
	let running: vscode.CancellationTokenSource | undefined;
	let isAccepted = false;

	const search = async (query: string) => {
		running?.cancel();
		const cancellation = new vscode.CancellationTokenSource();
		running = cancellation;
		pick.busy = true;
		try {
			const { hits } = await client.request('search', { query, limit: RESULTS, signals, canEmbed: false }, cancellation.token);
			if (!cancellation.token.isCancellationRequested) {
				pick.items = hits.length > 0 ? hits.map(toItem) : [{ label: vscode.l10n.t('Nothing fits “{0}”.', query), alwaysShow: true }];
			}
		} catch (error) {
			if (!cancellation.token.isCancellationRequested) pick.items = [{ label: explainFailure(error).text, alwaysShow: true }];
		} finally {
			if (running === cancellation) pick.busy = false;
			cancellation.dispose();
		}
	};
	pick.onDidChangeValue((value) => {
		clearTimeout(timer);
		if (value.trim() === '') {
			running?.cancel();
			pick.items = [];
		} else timer = setTimeout(() => void search(value.trim()), DEBOUNCE_MS);
	});
	let previewed: vscode.Uri | undefined;
	pick.onDidChangeActive(([item]) => {
		if (!item?.hit) return;
		previewed = hitUri(item.hit);
		void openHit(item.hit, { isPreview: true });
	});
	pick.onDidAccept(() => {
		const hit = pick.activeItems[0]?.hit;
		if (!hit) return;
		isAccepted = true;
		pick.hide();
		void openHit(hit, { isPreview: false });
	});
	pick.onDidHide(() => {
		clearTimeout(timer);
		running?.cancel();
		pick.dispose();
		if (isAccepted) return;
		if (!origin) void closePreview(previewed);
		else void vscode.window.showTextDocument(origin.document, { ...(originSelection ? { selection: originSelection } : {}) });
	});
	pick.show();
}

/** Where no editor was open, none stays open. */
async function closePreview(uri: vscode.Uri | undefined): Promise<void> {
	const isPreviewed = ({ input, isPreview }: vscode.Tab) => isPreview && input instanceof vscode.TabInputText && input.uri.toString() === uri?.toString();
	await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(isPreviewed)));
}

function toItem(hit: Hit): HitItem {
	const folder = [hitFolder(hit), ...hit.filePath.split('/').slice(0, -1)].filter((name) => name !== undefined).join('/');
	const firstLine = hit.text.split('\n').find((line) => line.trim() !== '') ?? '';
	return {
		label: `$(symbol-${hit.symbol ? 'method' : 'file'}) ${hit.breadcrumb.length > 0 ? hit.breadcrumb.join(' › ') : `${hit.filePath.split('/').at(-1)}`}`,
		description: `${hit.filePath.split('/').at(-1)}:${hit.startLine}${folder ? ` · ${folder}` : ''}`,
		detail: firstLine.trim().slice(0, 160),
		alwaysShow: true,
		hit,
	};
}
