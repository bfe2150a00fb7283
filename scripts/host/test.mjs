// `npm run test:host [-- REPORT.json]`: the suites inside a real VS Code, the flows through its page, and both on the installed package.
// ONLY=PATTERN in the environment leaves out what it does not match: `suites`, `package`, or names of flows.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../setup.mjs';
import { findBrowser } from './browser.mjs';
import { extensionUnderTest, openPage, startHost } from './host.mjs';
import { hostUnavailable, installHost } from './install.mjs';

const LIMIT_MS = 300_000;
/** No question is drawn for the share that is sent without code: a test would fail now and then. */
const SETTINGS = { 'hybrid.ledger.controlShare': 0 };
const isWanted = (name) => new RegExp(process.env.ONLY ?? '').test(name);
const out = join(root, 'out/host');
const results = [];
mkdirSync(out, { recursive: true });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const note = (result) => {
	results.push(result);
	const sign = { passed: '✓', failed: '✗' }[result.status] ?? '-';
	console.log(`${sign} ${result.fullName}${result.reason ? ` (${result.reason})` : ''}${result.message ? `\n${result.message}` : ''}`);
};

/** The suites, in the extension host. */
async function runSuites(title) {
	const file = join(out, 'suites.jsonl');
	rmSync(file, { force: true });
	const host = await startHost({
		...extensionUnderTest(),
		workspace: join(root, 'sample'),
		settings: { ...SETTINGS, 'hybrid.index.automatic': 'never' },
		environment: { ITEST_OUT: file, HYBRID_TEST_TOKEN: 'not for children' },
	});
	const { browser, page } = await openPage();
	let code = 'no end within five minutes';
	try {
		const done = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
		await page.exposeFunction('codeAutomationLog', () => undefined);
		await page.goto(host.url(join(root, 'test/host/index.cjs')));
		code = await Promise.race([done, new Promise((resolve) => setTimeout(resolve, LIMIT_MS, code))]);
	} finally {
		await browser.close();
		await host.stop();
	}
	const lines = existsSync(file)
		? readFileSync(file, 'utf8')
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line))
		: [];
	for (const line of lines) note({ ...line, fullName: `${title}: ${line.fullName}` });
	if (code !== 0 && !lines.some(({ status }) => status === 'failed')) note({ status: 'failed', fullName: `${title}: the suites end`, message: String(code) });
}

/** The flows: each drives the page of a host of its own. */
async function runFlows(title) {
	for (const name of readdirSync(join(root, 'test/host/flows')).filter((file) => file.endsWith('.mjs') && isWanted(file))) {
		const {
			flow,
			prepare,
			settings = {},
			size = {},
			isTrusted = true,
			folders = [],
			description,
		} = await import(pathToFileURL(join(root, 'test/host/flows', name)).href);
		const prepared = await prepare?.();
		if (prepared?.reason) {
			note({ status: 'pending', fullName: `${title}: ${description}`, reason: prepared.reason });
			continue;
		}
		const host = await startHost({
			...extensionUnderTest(),
			workspace: join(root, 'sample'),
			folders,
			settings: { ...SETTINGS, ...settings, ...prepared?.settings },
			isTrusted,
		});
		const { browser, page } = await openPage(size);
		try {
			await page.goto(host.url());
			await flow(page, { picture: (picture) => page.screenshot({ path: join(out, `${picture}.png`) }), host, prepared });
			note({ status: 'passed', fullName: `${title}: ${description}` });
		} catch (error) {
			await page.screenshot({ path: join(out, `failed-${name}.png`) }).catch(() => undefined);
			note({ status: 'failed', fullName: `${title}: ${description}`, message: String(error.stack ?? error) });
		} finally {
			await browser.close();
			await host.stop();
			await prepared?.close();
		}
	}
}

const unavailable = hostUnavailable();
if (!unavailable) installHost();
const browser = unavailable ? {} : findBrowser();
const reason = unavailable ?? browser.reason;
if (reason) {
	for (const name of ['suites from source', 'flows from source', 'suites on the installed package'])
		note({ status: 'pending', fullName: `real VS Code: ${name}`, reason });
} else {
	if (isWanted('suites')) await runSuites('from source');
	await runFlows('from source');
	const packages = (isWanted('package') ? readdirSync(join(root, 'out')) : [])
		.filter((file) => file.endsWith('.vsix') && !file.includes('-linux-'))
		.map((file) => join(root, 'out', file));
	if (packages.length === 0 && isWanted('package'))
		note({ status: 'pending', fullName: 'real VS Code: suites on the installed package', reason: 'there is no package: npm run package' });
	for (const file of packages) {
		process.env.VSIX = file;
		await runSuites('installed package');
	}
}

const count = (status) => results.filter((result) => result.status === status).length;
const report = process.argv[2];
if (report) {
	const summary = { numPassedTests: count('passed'), numFailedTests: count('failed'), testResults: [{ assertionResults: results }] };
	writeFileSync(report, JSON.stringify(summary));
}
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('pending')} skipped`);
process.exit(count('failed') === 0 ? 0 : 1);
