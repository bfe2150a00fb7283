// For looking: `node scripts/host/look.mjs start [WORKSPACE]` keeps a VS Code and a browser open;
// `node scripts/host/look.mjs do 'JAVASCRIPT WITH page' [PICTURE.png]` drives it.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { root } from '../setup.mjs';
import { extensionUnderTest, openPage, startHost } from './host.mjs';
import { hostFolder, installHost } from './install.mjs';

const DEBUGGING_PORT = Number(process.env.LOOK_PORT ?? 9333);
const [mode, first, second] = process.argv.slice(2);
if (mode === 'start') {
	installHost();
	const workspace = first ? resolve(first) : join(root, 'sample');
	const host = await startHost({ ...extensionUnderTest(), workspace, isCopied: !first, settings: JSON.parse(process.env.SETTINGS ?? '{}') });
	const { browser, page } = await openPage({ parameters: [`--remote-debugging-port=${DEBUGGING_PORT}`] });
	await page.goto(host.url());
	console.log(`ready ${host.url()} ${host.at()}`);
	for (const signal of ['SIGINT', 'SIGTERM']) {
		process.once(signal, async () => {
			await browser.close();
			await host.stop();
			process.exit(0);
		});
	}
} else {
	const { chromium } = createRequire(join(hostFolder, 'package.json'))('playwright-core');
	const browser = await chromium.connectOverCDP(`http://127.0.0.1:${DEBUGGING_PORT}`);
	const page = browser
		.contexts()
		.flatMap((context) => context.pages())
		.find((candidate) => candidate.url().includes('?folder='));
	const result = await new (async () => {}).constructor('page', first)(page);
	if (result !== undefined) console.log(JSON.stringify(result));
	if (second) await page.screenshot({ path: second });
	process.exit(0);
}
