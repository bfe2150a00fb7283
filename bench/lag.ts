import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openPage, startHost } from '../scripts/host/host.mjs';
import { installHost } from '../scripts/host/install.mjs';

const LIMIT_MS = 600_000;
const root = join(import.meta.dirname, '..');

/** How late the extension host's event loop is while `--files N` (default 10,000) files are indexed, in a real VS Code. */
export async function run(parameters: string[]) {
	const { values } = parseArgs({ args: parameters, options: { files: { type: 'string', default: '10000' } } });
	const count = Number(values.files);
	installHost();
	const folder = mkdtempSync(join(tmpdir(), 'hybrid-lag-'));
	const workspace = join(folder, 'workspace');
	for (let index = 0; index < count; index++) {
		const place = join(workspace, `package${index % 100}`);
		mkdirSync(place, { recursive: true });
		writeFileSync(join(place, `module${index}.ts`), moduleText(index));
	}
	const out = join(folder, 'lag.json');
	const host = await startHost({
		workspace,
		isCopied: false,
		development: root,
		settings: { 'hybrid.index.automatic': 'never', 'hybrid.embedding.provider': 'none' },
		environment: { LAG_OUT: out },
	});
	const { browser, page } = await openPage();
	try {
		const done = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
		await page.exposeFunction('codeAutomationLog', () => undefined);
		await page.goto(host.url(join(root, 'bench/host/lag.cjs')));
		await Promise.race([done, new Promise((_, reject) => setTimeout(reject, LIMIT_MS, new Error('no end within ten minutes')))]);
		const { rest, indexing, seconds, files, chunks } = JSON.parse(readFileSync(out, 'utf8'));
		return {
			data: `generated, ${count} TypeScript files`,
			n: files,
			figures: { p99Ms: round(indexing.p99Ms), p50Ms: round(indexing.p50Ms), maxMs: round(indexing.maxMs), seconds: round(seconds), chunks },
			settings: { embedding: 'none' },
			peers: { atRest: { p99Ms: round(rest.p99Ms), p50Ms: round(rest.p50Ms), maxMs: round(rest.maxMs) } },
		};
	} finally {
		await browser.close();
		await host.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

const round = (value: number) => Math.round(value * 100) / 100;

function moduleText(index: number): string {
	const functions = Array.from({ length: 4 }, (_, part) => {
		const name = `handle${index}Part${part}`;
		return `/** Part ${part} of what module ${index} does with its records. */\nexport function ${name}(records: readonly string[], limit: number): string[] {\n\tconst kept = records.filter((record) => record.length > limit);\n\treturn kept.map((record) => record.slice(0, limit) + '${index}-${part}');\n}\n`;
	});
	return `import { handle${(index + 1) % 1_000}Part0 } from './module${(index + 1) % 1_000}.js';\n\n${functions.join('\n')}`;
}
