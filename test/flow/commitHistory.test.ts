import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { Hit } from '#core/domain/hit';
import type { Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { quietPorts } from '../support/ports.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** No word of the report is in the code at fault, nor in its path. */
const FILES = {
	'engine/k7.ts': 'export function settle(of: string) {\n\treturn of.length;\n}\n',
	'engine/k8.ts': 'export function adjust(of: string) {\n\treturn of.length + 1;\n}\n',
	'samples/invoiceDemo.ts':
		"/** The invoice shows a wrong total after the customer changed it. */\nexport function invoiceDemo() {\n\treturn 'customer invoice total';\n}\n",
	...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`samples/other${i}.ts`, `/** Something else, number ${i}. */\nexport const other${i} = ${i};\n`])),
};
/** Long enough to be an issue. */
const REPORT = `The invoice rounds cents away\n\nI expected that settle and adjust keep them. ${'It happens every time, on my machine and on the one of a colleague too, with the newest version and with the one before. '.repeat(3)}`;

describe('what the commits of a repository changed', { timeout: 120_000 }, () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	async function start() {
		const [workspace, data] = [temporaryFolder(), temporaryFolder()];
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write(FILES);
		let aheadMs = 0;
		const git = (...args: readonly string[]) =>
			execFileSync('git', ['-C', workspace.path, '-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'commit.gpgsign=false', ...args], { stdio: 'pipe' });
		const commit = (message: string, ...paths: readonly string[]) => {
			git('add', ...(paths.length > 0 ? paths : ['.']));
			git('commit', '-q', '-m', message);
		};
		const open = async (): Promise<Coordinator> => {
			const ports = quietPorts();
			const { settings } = settingsFromWire({ embedding: { provider: 'none' } });
			const clock = { ...ports.clock, nowMs: () => ports.clock.nowMs() + aheadMs };
			const { coordinator } = await createCoordinator({ ports: { ...ports, clock }, settings, dataDirectory: data.path });
			cleanUps.push(() => coordinator.close());
			await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
			await coordinator.startIndexing();
			await coordinator.whenIdle();
			return coordinator;
		};
		const pass = (ms: number) => {
			aheadMs += ms;
		};
		return { workspace, git, commit, open, pass };
	}
	const found = async (coordinator: Coordinator): Promise<readonly Hit[]> => (await coordinator.search({ query: REPORT, limit: 12 })).hits;
	const rankOf = (hits: readonly Hit[], file: string, signal: 'file-words' | 'commits') =>
		hits.find(({ filePath }) => filePath === file)?.reasons.find((reason) => reason.signal === signal)?.value;

	test('says which file a report is about, and a new commit says it anew', async () => {
		const { workspace, git, commit, open, pass } = await start();
		git('init', '-q');
		commit('Begin');
		workspace.write({ 'engine/k7.ts': `${FILES['engine/k7.ts']}// 1\n` });
		commit('Keep the cents of an invoice when it rounds', 'engine/k7.ts');
		const coordinator = await open();
		await expect.poll(async () => rankOf(await found(coordinator), 'engine/k7.ts', 'commits'), { timeout: 60_000 }).toBe(1);
		const before = await found(coordinator);
		expect(rankOf(before, 'engine/k7.ts', 'file-words')).toBe(1);
		expect(rankOf(before, 'engine/k8.ts', 'commits')).toBeUndefined();

		for (let times = 0; times < 4; times++) {
			workspace.write({ 'engine/k8.ts': `${FILES['engine/k8.ts']}// ${times}\n` });
			commit('The invoice rounds cents away', 'engine/k8.ts');
		}
		pass(10 * 60_000);
		await expect.poll(async () => rankOf(await found(coordinator), 'engine/k8.ts', 'commits'), { timeout: 60_000 }).toBe(1);
		const after = await found(coordinator);
		expect(rankOf(after, 'engine/k8.ts', 'file-words')).toBe(1);
		expect(rankOf(after, 'engine/k7.ts', 'commits')).toBe(2);
	});

	test('says nothing where there is no repository, and where it has no commit', async () => {
		const { workspace, git, open } = await start();
		const coordinator = await open();
		const hits = await found(coordinator);
		expect(rankOf(hits, 'samples/invoiceDemo.ts', 'file-words')).toBe(1);
		expect(hits.flatMap(({ reasons }) => reasons).filter(({ signal }) => signal === 'commits')).toEqual([]);
		git('init', '-q');
		workspace.write({ 'new.ts': 'export const fresh = 1;\n' });
		expect((await found(coordinator)).length).toBeGreaterThan(0);
	});
});
