import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type DashboardHost, DashboardSession } from '#extension/dashboard/dashboardSession';
import { pageHtml } from '#extension/dashboard/pageHtml';
import { readPageMessage } from '#extension/dashboard/readPageMessage';
import type { Words } from '#extension/dashboard/words';
import { findBrowser } from '../../scripts/host/browser.mjs';
import { assetsPath } from './assets.ts';

export const TOKEN = '00112233445566778899aabbccddeeff';
export const ENGLISH: Words = { t: (message, ...parameters) => message.replaceAll(/\{(\d+)\}/g, (_, index) => String(parameters[Number(index)])), language: 'en' };

/** Colours as the editor's own themes have them. */
export const THEMES = {
	'light': {
		'--vscode-foreground': '#3b3b3b',
		'--vscode-descriptionForeground': '#3b3b3b',
		'--vscode-editor-background': '#ffffff',
		'--vscode-editorWidget-background': '#f8f8f8',
		'--vscode-widget-border': '#e5e5e5',
		'--vscode-dropdown-background': '#ffffff',
		'--vscode-dropdown-foreground': '#3b3b3b',
		'--vscode-dropdown-border': '#cecece',
		'--vscode-button-secondaryBackground': '#e5e5e5',
		'--vscode-button-secondaryForeground': '#3b3b3b',
		'--vscode-textLink-foreground': '#005fb8',
		'--vscode-focusBorder': '#005fb8',
		'--vscode-charts-blue': '#0063d3',
		'--vscode-charts-green': '#388a34',
		'--vscode-charts-orange': '#d18616',
		'--vscode-charts-red': '#e51400',
		'--vscode-charts-purple': '#652d90',
	},
	'dark': {
		'--vscode-foreground': '#cccccc',
		'--vscode-descriptionForeground': '#9d9d9d',
		'--vscode-editor-background': '#1f1f1f',
		'--vscode-editorWidget-background': '#202020',
		'--vscode-widget-border': '#313131',
		'--vscode-dropdown-background': '#313131',
		'--vscode-dropdown-foreground': '#cccccc',
		'--vscode-dropdown-border': '#3c3c3c',
		'--vscode-button-secondaryBackground': '#313131',
		'--vscode-button-secondaryForeground': '#cccccc',
		'--vscode-textLink-foreground': '#4daafc',
		'--vscode-focusBorder': '#0078d4',
		'--vscode-charts-blue': '#59a4f9',
		'--vscode-charts-green': '#89d185',
		'--vscode-charts-orange': '#d18616',
		'--vscode-charts-red': '#f14c4c',
		'--vscode-charts-purple': '#b180d7',
	},
	'high-contrast': {
		'--vscode-foreground': '#ffffff',
		'--vscode-descriptionForeground': '#ffffff',
		'--vscode-editor-background': '#000000',
		'--vscode-editorWidget-background': '#0c141f',
		'--vscode-contrastBorder': '#6fc3df',
		'--vscode-dropdown-background': '#000000',
		'--vscode-dropdown-foreground': '#ffffff',
		'--vscode-textLink-foreground': '#21a6ff',
		'--vscode-focusBorder': '#f38518',
		'--vscode-charts-blue': '#59a4f9',
		'--vscode-charts-green': '#89d185',
		'--vscode-charts-orange': '#d18616',
		'--vscode-charts-red': '#f48771',
		'--vscode-charts-purple': '#b180d7',
	},
} as const;

export interface OpenedDashboard extends AsyncDisposable {
	readonly page: Page;
	readonly session: DashboardSession;
	/** Files that were saved, newest last. */
	readonly saved: { readonly name: string; readonly bytes: Uint8Array }[];
	/** What the browser complained of, a broken content policy among it. */
	readonly complaints: string[];
	/** What came from the page and was taken for no message of it. */
	readonly refused: unknown[];
	setTheme(theme: keyof typeof THEMES): Promise<void>;
}

/** Why there is no browser here; null: there is one. */
export function browserUnavailable(): string | null {
	const found = findBrowser();
	return 'path' in found && found.path ? null : (found.reason ?? 'none was found');
}

export async function launchBrowser(): Promise<Browser> {
	const found = findBrowser();
	return chromium.launch({ ...('path' in found && found.path ? { executablePath: found.path } : {}), args: ['--no-sandbox'] });
}

/** The built page in a real browser, with the extension's side of it and `request` in the coordinator's place. */
export async function openDashboard(
	browser: Browser,
	request: DashboardHost['request'],
	options: { readonly width?: number; readonly height?: number; readonly theme?: keyof typeof THEMES; readonly words?: Words } = {},
): Promise<OpenedDashboard> {
	const { width = 1280, height = 900, theme = 'light', words = ENGLISH } = options;
	const context = await browser.newContext({ viewport: { width, height } });
	const page = await context.newPage();
	const saved: { name: string; bytes: Uint8Array }[] = [];
	const complaints: string[] = [];
	const refused: unknown[] = [];
	const session = new DashboardSession({
		words,
		request,
		nameOf: () => null,
		explain: (error) => (error instanceof Error ? error.message : String(error)),
		post: (message) => void page.evaluate(`window.postMessage(${JSON.stringify({ ...message, token: TOKEN })}, '*')`).catch(() => undefined),
		save: async (name, bytes) => {
			saved.push({ name, bytes });
			return true;
		},
		warn: (text) => complaints.push(text),
	});
	// As long as the page: the browser asks for an icon when it likes.
	const server = await servePage(words);
	page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
	page.on('pageerror', (error) => complaints.push(String(error)));
	await page.exposeFunction('sendToHost', (data: unknown) => {
		const message = readPageMessage(data, TOKEN);
		if (message) void session.answer(message).catch((error: unknown) => complaints.push(String(error)));
		else refused.push(data);
	});
	// Texts, since this project's types know no browser.
	await page.addInitScript('window.acquireVsCodeApi = () => ({ postMessage: (data) => window.sendToHost(data), setState: (state) => { window.keptState = state; } })');
	const setTheme = async (name: keyof typeof THEMES) => {
		const variables = { ...THEMES[name], '--vscode-font-family': 'DejaVu Sans, sans-serif', '--vscode-font-size': '13px' };
		await page.evaluate(`{
			document.documentElement.removeAttribute('style');
			for (const [variable, value] of Object.entries(${JSON.stringify(variables)})) document.documentElement.style.setProperty(variable, value);
			document.body.className = 'vscode-${name}';
		}`);
	};
	session.begin();
	await page.goto(server.url, { waitUntil: 'load' });
	await setTheme(theme);
	return {
		page,
		session,
		saved,
		complaints,
		refused,
		setTheme,
		[Symbol.asyncDispose]: async () => {
			await context.close();
			await server[Symbol.asyncDispose]();
		},
	};
}

async function servePage(words: Words): Promise<{ readonly url: string } & AsyncDisposable> {
	const server = createServer(({ url }, response) => {
		const { port } = server.address() as AddressInfo;
		const origin = `http://127.0.0.1:${port}`;
		if (url === '/dashboard.js' || url === '/dashboard.css') {
			response.setHeader('content-type', url.endsWith('.js') ? 'text/javascript' : 'text/css');
			return void response.end(readFileSync(join(assetsPath(), url.slice(1))));
		}
		if (url !== '/') return void response.writeHead(204).end();
		response.setHeader('content-type', 'text/html');
		const page = { title: words.t('Dashboard'), loading: words.t('Loading…'), language: words.language, cspSource: origin, nonce: 'bm9uY2U=', token: TOKEN };
		response.end(pageHtml({ ...page, scriptUri: `${origin}/dashboard.js`, styleUri: `${origin}/dashboard.css` }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
