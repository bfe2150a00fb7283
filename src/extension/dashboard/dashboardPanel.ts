import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { saveBytes } from '../commands/saveText.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { explainFailure } from '../messages.ts';
import { showFailure } from '../showFailure.ts';
import { type DashboardChoice, pageTexts } from './buildSnapshot.ts';
import { type DashboardHost, DashboardSession } from './dashboardSession.ts';
import { pageHtml } from './pageHtml.ts';
import { readPageMessage } from './readPageMessage.ts';
import type { Words } from './words.ts';

/** What a tab is restored by, when its window is. */
export const DASHBOARD_VIEW_TYPE = 'hybrid.dashboard';

/** The dashboard's tab. Its page is thrown away while it is hidden, and asks anew when it is back. */
export class DashboardPanel implements vscode.Disposable {
	readonly #panel: vscode.WebviewPanel;
	readonly #subscriptions: vscode.Disposable[];

	/** `restored`: the tab of a window that was closed, with what was chosen in it. Absent: a new tab. */
	constructor(
		client: CoordinatorClient,
		extensionUri: vscode.Uri,
		options: { readonly restored?: { readonly panel: vscode.WebviewPanel; readonly choice: DashboardChoice | null }; readonly onDidDispose: () => void },
	) {
		const { restored, onDidDispose } = options;
		const dist = vscode.Uri.joinPath(extensionUri, 'dist');
		const panel = restored?.panel ?? vscode.window.createWebviewPanel(DASHBOARD_VIEW_TYPE, vscode.l10n.t('Hybrid Dashboard'), vscode.ViewColumn.Active);
		panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
		const icon = (theme: 'light' | 'dark') => vscode.Uri.joinPath(extensionUri, 'media', `hybrid-${theme}.svg`);
		panel.iconPath = { light: icon('light'), dark: icon('dark') };
		this.#panel = panel;
		const { webview } = panel;
		const token = randomBytes(16).toString('hex');
		const words: Words = { t: vscode.l10n.t, language: vscode.env.language };
		const host: DashboardHost = {
			words,
			request: (name, query) => client.request(name, query),
			nameOf: (workspaceId) => client.status?.folders.find(({ worktreeId }) => worktreeId === workspaceId)?.name ?? null,
			explain: (error) => explainFailure(error).text,
			post: (message) => void webview.postMessage({ ...message, token }),
			save: saveBytes,
			warn: (text) => void vscode.window.showWarningMessage(text),
		};
		const session = new DashboardSession(host, restored?.choice ?? null);
		session.begin();
		this.#subscriptions = [
			webview.onDidReceiveMessage((data: unknown) => {
				const message = readPageMessage(data, token);
				if (message) void session.answer(message).catch(showFailure);
			}),
			client.onDidAnswer(() => {
				if (panel.visible) void session.read();
			}),
			panel.onDidDispose(() => {
				this.dispose();
				onDidDispose();
			}),
		];
		webview.html = pageHtml({
			title: pageTexts(words).title,
			loading: pageTexts(words).loading,
			language: words.language,
			scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'dashboard.js')).toString(),
			styleUri: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'dashboard.css')).toString(),
			cspSource: webview.cspSource,
			nonce: randomBytes(16).toString('base64'),
			token,
		});
	}

	reveal(): void {
		this.#panel.reveal();
	}

	dispose(): void {
		for (const subscription of this.#subscriptions) subscription.dispose();
		this.#panel.dispose();
	}
}
