import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openPage, startHost } from '../scripts/host/host.mjs';
import { installHost } from '../scripts/host/install.mjs';

const LIMIT_MS = 90_000;
const root = join(import.meta.dirname, '..');

/** What a real VS Code says itself under “Show Running Extensions”: code loading and the call of `activate`, over `--runs N` (default 5) new windows. */
export async function run(parameters: string[]) {
	const { values } = parseArgs({ args: parameters, options: { runs: { type: 'string', default: '5' } } });
	const times: number[] = [];
	const peers: number[] = [];
	installHost();
	for (let index = 0; index < Number(values.runs); index++) {
		const { own, peer } = await measure();
		times.push(own);
		if (peer !== null) peers.push(peer);
	}
	return {
		data: 'sample, a new profile each time, indexing on start',
		n: times.length,
		figures: { medianMs: median(times), maxMs: Math.max(...times) },
		settings: { automatic: 'always' },
		peers: { emmet: { medianMs: median(peers) } },
	};
}

async function measure(): Promise<{ readonly own: number; readonly peer: number | null }> {
	const host = await startHost({ workspace: join(root, 'sample'), links: [root], settings: { 'hybrid.index.automatic': 'always' } });
	const { browser, page } = await openPage();
	try {
		await page.goto(host.url());
		await page.locator('.statusbar-item', { hasText: 'Hybrid' }).first().waitFor({ timeout: LIMIT_MS });
		await page.keyboard.press('F1');
		await page.waitForSelector('.quick-input-widget input');
		await page.keyboard.type('Developer: Show Running Extensions', { delay: 10 });
		await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Show Running Extensions' }).first().click();
		const own = await activationOf(page, 'Hybrid Coordinator');
		if (own === null) throw new Error('The editor lists no time for the extension.');
		return { own, peer: await activationOf(page, 'Emmet') };
	} finally {
		await browser.close();
		await host.stop();
	}
}

async function activationOf(page: Awaited<ReturnType<typeof openPage>>['page'], name: string): Promise<number | null> {
	const row = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: name }).first();
	const text = await row.innerText({ timeout: 10_000 }).catch(() => '');
	const found = /Activation: (\d+)ms/.exec(text);
	return found ? Number(found[1]) : null;
}

function median(values: readonly number[]): number | null {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
