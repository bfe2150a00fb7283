import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { AskPart } from '#core/domain/answer';
import type { AskQuery, Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { quietPorts } from '../support/ports.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const FILES = {
	'src/invoice.ts': `import { round } from './money';

/** Sums the lines of an invoice and adds the value added tax. */
export function invoiceTotal(lines: readonly { price: number; quantity: number }[], vatRate: number): number {
	const net = lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
	return round(net * (1 + vatRate));
}
`,
	'src/money.ts': 'export function round(amount: number): number {\n\treturn Math.round(amount * 100) / 100;\n}\n',
	'tools/backup.py': 'def copy_to_bucket(path, bucket):\n    """Uploads a backup archive to the object store."""\n    return bucket.put(path)\n',
	'.env': 'API_KEY=should-never-be-read\n',
	'node_modules/x/index.js': 'module.exports = "ignored";\n',
};

const query = (prompt: string, more: Partial<AskQuery> = {}): AskQuery => ({
	interactionId: randomUUID(),
	prompt,
	history: [],
	attachments: [],
	signals: {},
	...more,
});

describe('coordinator', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	async function start(workspace: TemporaryFolder, data: TemporaryFolder, wire: Record<string, unknown> = {}): Promise<Coordinator> {
		const ports = quietPorts();
		const { coordinator } = await createCoordinator({ ports, settings: settingsFromWire(wire).settings, dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
		return coordinator;
	}
	function folders(): { readonly workspace: TemporaryFolder; readonly data: TemporaryFolder } {
		const workspace = temporaryFolder();
		const data = temporaryFolder();
		cleanUps.push(() => workspace[Symbol.dispose]());
		cleanUps.push(() => data[Symbol.dispose]());
		workspace.write(FILES);
		return { workspace, data };
	}

	it('remembers what it answered, takes in what became of it once, also after a restart, and knows nothing of other answers', async () => {
		const { workspace, data } = folders();
		const asked = query('Where is the value added tax of an invoice computed?');
		const signal = (id: string, interactionId: string) => ({ id, interactionId, kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs: Date.now() }) as const;
		const first = await start(workspace, data);
		await first.startIndexing();
		await first.ask(asked, () => undefined);
		expect(await first.reportOutcome([signal('a', asked.interactionId)])).toBe(1);
		await first.close();
		cleanUps.length = 2;
		const second = await start(workspace, data);
		expect(await second.reportOutcome([signal('a', asked.interactionId), signal('b', asked.interactionId), signal('c', randomUUID())])).toBe(1);
	});

	it('indexes a folder and answers from it with the code itself when there is no model', async () => {
		const { workspace, data } = folders();
		const coordinator = await start(workspace, data);
		await coordinator.startIndexing();
		await coordinator.whenIdle({ vectors: true });
		const status = coordinator.status();
		expect(status.phase).toBe('ready');
		expect(status.folders[0]).toMatchObject({ files: 3, languages: { typescript: 2, python: 1 } });
		expect(status.folders[0]?.skipped).toMatchObject({ 'secret-file': 1 });
		expect(status.vectors).toEqual({ done: status.folders[0]?.chunks, total: status.folders[0]?.chunks });

		const parts: AskPart[] = [];
		const summary = await coordinator.ask(query('Where is the value added tax of an invoice computed?'), (part) => parts.push(part));
		expect(summary.model).toBeNull();
		expect(summary.notices).toContainEqual({ code: 'no-model' });
		const references = parts.flatMap((part) => (part.type === 'references' ? part.hits : []));
		expect(references[0]).toMatchObject({ filePath: 'src/invoice.ts', symbol: 'invoiceTotal' });
		expect(summary.text).toContain('invoiceTotal');
		expect(summary.text).not.toContain('should-never-be-read');
	});

	it('finds again what it knew after a restart, without a new index', async () => {
		const { workspace, data } = folders();
		const first = await start(workspace, data);
		await first.startIndexing();
		await first.close();
		cleanUps.pop();
		const second = await start(workspace, data);
		const { hits } = await second.search({ query: 'copy_to_bucket', limit: 3, canEmbed: false });
		expect(hits[0]).toMatchObject({ filePath: 'tools/backup.py', symbol: 'copy_to_bucket' });
	});

	it('takes a deleted file out of the results at once', async () => {
		const { workspace, data } = folders();
		const coordinator = await start(workspace, data, { embedding: { provider: 'none' } });
		await coordinator.startIndexing();
		rmSync(workspace.join('tools/backup.py'));
		coordinator.filesChanged([{ path: workspace.join('tools/backup.py'), kind: 'deleted' }]);
		await coordinator.whenIdle();
		const { hits } = await coordinator.search({ query: 'copy_to_bucket', limit: 10, canEmbed: false });
		expect(hits.map((hit) => hit.filePath)).not.toContain('tools/backup.py');
	});

	it('shows no file that is gone, even when nobody told it', async () => {
		const { workspace, data } = folders();
		const coordinator = await start(workspace, data, { embedding: { provider: 'none' } });
		await coordinator.startIndexing();
		rmSync(workspace.join('tools/backup.py'));
		const { hits } = await coordinator.search({ query: 'copy_to_bucket', limit: 10, canEmbed: false });
		expect(hits.map((hit) => hit.filePath)).not.toContain('tools/backup.py');
		await coordinator.whenIdle();
		expect(coordinator.status().folders[0]?.files).toBe(2);
	});

	it('refuses the home folder, and says which folder it was', async () => {
		const data = temporaryFolder();
		cleanUps.push(() => data[Symbol.dispose]());
		const { homedir } = await import('node:os');
		const coordinator = await start({ ...data, path: homedir() }, data);
		await expect(coordinator.startIndexing()).rejects.toMatchObject({ code: 'workspace-refused' });
		const [problem] = coordinator.status().problems;
		expect(problem?.code).toBe('workspace-refused');
		expect(problem?.message).toContain(homedir());
	});

	it('forgets everything when the index is cleared', async () => {
		const { workspace, data } = folders();
		const coordinator = await start(workspace, data, { embedding: { provider: 'none' } });
		await coordinator.startIndexing();
		await coordinator.clearIndex();
		expect((await coordinator.search({ query: 'invoiceTotal', limit: 5 })).hits).toEqual([]);
		expect(coordinator.status()).toMatchObject({ phase: 'not-indexed', isSearchable: false });
		await coordinator.startIndexing();
		expect((await coordinator.search({ query: 'invoiceTotal', limit: 5 })).hits[0]?.symbol).toBe('invoiceTotal');
	});

	it.each(['index.db', 'knowledge.db'])('refuses a %s of a newer version, and changes neither its bytes nor its mode', async (name) => {
		const { workspace, data } = folders();
		const first = await start(workspace, data, { embedding: { provider: 'none' } });
		await first.startIndexing();
		await cleanUps.pop()?.();
		const [repository = ''] = readdirSync(data.join('repositories'));
		const path = name === 'index.db' ? data.join('repositories', repository, name) : data.join(name);
		const newer = new DatabaseSync(path);
		newer.exec('PRAGMA journal_mode = DELETE; CREATE TABLE future (v); PRAGMA user_version = 99');
		newer.close();
		chmodSync(path, 0o640);
		const look = () => [readFileSync(path, 'hex'), statSync(path).mode, statSync(path).mtimeMs, readdirSync(dirname(path)).filter((file) => file.startsWith(name))];
		const before = look();
		const refused = await start(workspace, data, { embedding: { provider: 'none' } }).then(
			(coordinator) => coordinator.status().problems[0],
			(error: unknown) => error,
		);
		expect(refused).toMatchObject({ code: 'database-newer', details: { path, version: 99 } });
		expect(look()).toEqual(before);
	});

	/** A coordinator over an index that was damaged after it was opened: all but the first pages, which are read at opening. */
	async function startDamaged() {
		const { workspace, data } = folders();
		workspace.write(
			Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`src/part${n}.ts`, `export function part${n}() {\n\treturn '${'filler '.repeat(60)}${n}';\n}\n`])),
		);
		const first = await start(workspace, data);
		await first.startIndexing();
		await first.whenIdle();
		await cleanUps.pop()?.();
		const coordinator = await start(workspace, data);
		const [repository = ''] = readdirSync(data.join('repositories'));
		const path = data.join('repositories', repository, 'index.db');
		const bytes = readFileSync(path);
		bytes.fill(0xab, 16 * 4_096);
		writeFileSync(path, bytes);
		return { coordinator, workspace, path };
	}

	it('puts an index aside whose damage shows only in use, builds it anew, and says so', async () => {
		const { coordinator, path } = await startDamaged();
		await expect(coordinator.search({ query: 'invoiceTotal', limit: 3 })).rejects.toMatchObject({ code: 'index-rebuilt', isRetryable: true });
		await coordinator.startIndexing();
		await coordinator.whenIdle();
		expect((await coordinator.search({ query: 'invoiceTotal', limit: 3 })).hits[0]?.filePath).toBe('src/invoice.ts');
		expect(coordinator.status().problems).toMatchObject([{ code: 'index-rebuilt', path }]);
		expect(existsSync(`${path}.damaged`)).toBe(true);
		expect(coordinator.status().folders[0]?.files).toBe(123);
	});

	it('says what is damaged when it cannot be moved aside, and loses no more than that folder', async () => {
		const { workspace, data } = folders();
		const first = await start(workspace, data, { embedding: { provider: 'none' } });
		await first.startIndexing();
		await cleanUps.pop()?.();
		const [repository = ''] = readdirSync(data.join('repositories'));
		const path = data.join('repositories', repository, 'index.db');
		writeFileSync(path, 'no database any more, but something that lies where it should be');
		// A folder that is not empty stands where the damaged file would go.
		mkdirSync(`${path}.damaged/full`, { recursive: true });
		const other = temporaryFolder();
		cleanUps.push(() => other[Symbol.dispose]());
		other.write({ 'b.ts': 'export const lighthouse = 1;\n' });
		const coordinator = await start(workspace, data, { embedding: { provider: 'none' } });
		await coordinator.openFolders([workspace, other].map(({ path }) => ({ path, name: 'w' })));
		expect(coordinator.status().problems).toMatchObject([{ code: 'database-corrupt', message: expect.stringContaining('cannot be moved aside'), details: { path } }]);
		await coordinator.startIndexing();
		expect((await coordinator.search({ query: 'lighthouse', limit: 3 })).hits[0]?.filePath).toBe('b.ts');
		// The way out: clearing it.
		expect((await coordinator.storedIndexes()).map(({ repositoryId }) => repositoryId)).toContain(repository);
		expect(await coordinator.clearStoredIndexes([repository])).toEqual({ cleared: [repository], inUse: [] });
		rmSync(`${path}.damaged`, { recursive: true });
		await coordinator.openFolders([{ path: other.path, name: 'w' }]);
		await coordinator.openFolders([workspace, other].map(({ path }) => ({ path, name: 'w' })));
		await coordinator.whenIdle();
		expect((await coordinator.search({ query: 'invoiceTotal', limit: 3 })).hits[0]?.symbol).toBe('invoiceTotal');
	});

	it('repairs what the indexing itself finds damaged', async () => {
		const { coordinator, workspace } = await startDamaged();
		for (let n = 0; n < 120; n++) workspace.write({ [`src/part${n}.ts`]: `export const changed${n} = ${n};\n` });
		await coordinator.startIndexing().catch(() => undefined);
		await new Promise<void>((resolve) => {
			const look = () => coordinator.status().problems.some(({ code }) => code === 'index-rebuilt') && coordinator.status().phase === 'ready' && resolve();
			coordinator.onDidChangeStatus(look);
			look();
		});
		await coordinator.whenIdle();
		expect((await coordinator.search({ query: 'changed77', limit: 3 })).hits[0]?.filePath).toBe('src/part77.ts');
	});

	it('says which server of the settings does not answer when there is no model for a question', async () => {
		const { workspace, data } = folders();
		workspace.write(FILES);
		const coordinator = await start(workspace, data, { embedding: { provider: 'none' }, models: { openaiUrls: ['http://127.0.0.1:9/v1'] } });
		await coordinator.startIndexing();
		const { notices, model } = await coordinator.ask(query('where is the amount rounded?'), () => undefined);
		expect(model).toBeNull();
		expect(notices).toContainEqual(expect.objectContaining({ code: 'model-failed', model: expect.stringContaining('127.0.0.1:9'), errorCode: 'server-unreachable' }));
	});
});
