import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import {
	type ExportedBundle,
	type ImportReport,
	type InitializeResult,
	type KnowledgeDetail,
	type KnowledgeItem,
	type KnowledgePage,
	PROTOCOL_VERSION,
	type SearchResult,
} from '#protocol/messages';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { temporaryFolder } from '../support/workspace.ts';

describe('server', () => {
	const cleanUps: (() => void)[] = [];
	afterEach(() => {
		for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
	});

	function start(): {
		readonly child: ChildProcess;
		readonly connection: MessageConnection;
		readonly initialize: (wire?: object) => Promise<InitializeResult>;
		readonly workspace: string;
	} {
		const workspace = temporaryFolder();
		const data = temporaryFolder();
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write({ 'a.py': 'def greet(name):\n    return f"hello {name}"\n' });
		const child = fork(join(assetsPath(), 'server.mjs'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, HYBRID_DATA_DIRECTORY: data.path } });
		cleanUps.push(() => child.kill('SIGKILL'));
		const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
		connection.listen();
		const initialize = (more: object = {}) =>
			connection.sendRequest<InitializeResult>('initialize', {
				protocolVersion: PROTOCOL_VERSION,
				settings: { embedding: { provider: 'none' } },
				folders: [{ path: workspace.path, name: 'w' }],
				extensionPath: repositoryRoot,
				logLevel: 'off',
				...more,
			});
		return { child, connection, initialize, workspace: workspace.path };
	}

	it('indexes and searches for a client over the channel of a forked process', async () => {
		const { connection, initialize } = start();
		expect(await initialize()).toMatchObject({ protocolVersion: PROTOCOL_VERSION, status: { phase: 'not-indexed' } });
		await connection.sendRequest('index/start', null);
		const { hits } = await connection.sendRequest<SearchResult>('search', { query: 'greet', limit: 5 });
		expect(hits[0]).toMatchObject({ filePath: 'a.py', symbol: 'greet' });
	});

	it('serves metrics at the port that is set, to who has the token, and takes the place of a window that had the port and is gone', async () => {
		const port = await freePort();
		const settings = { embedding: { provider: 'none' }, monitoring: { port } };
		const [first, second] = [start(), start()];
		const tokenOf = ({ dataDirectory }: InitializeResult) => readFileSync(join(dataDirectory, 'metrics.token'), 'utf8').trim();
		const token = tokenOf(await first.initialize({ settings }));
		const next = tokenOf(await second.initialize({ settings }));
		expect(next).not.toBe(token);
		await first.connection.sendRequest('index/start', null);
		await first.connection.sendRequest('search', { query: 'greet', limit: 5 });
		const scrape = (bearer: string) => fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${bearer}` } });
		expect(await (await scrape(token)).text()).toMatch(/^hybrid_search_seconds_count 1$/m);
		expect((await scrape('guessed')).status).toBe(401);
		await second.connection.sendRequest('index/start', null);
		expect((await second.connection.sendRequest<SearchResult>('search', { query: 'greet', limit: 5 })).hits).toHaveLength(1);
		first.child.kill('SIGKILL');
		await expect
			.poll(
				() =>
					scrape(next).then(
						({ status }) => status,
						() => 'gone',
					),
				{ timeout: 90_000, interval: 200 },
			)
			.toBe(200);
	}, 120_000);

	it('lets a client see, take out, take in and forget what was learned, and says what is wrong with a bundle', async () => {
		const { connection, initialize } = start();
		await initialize();
		const bundle = [
			{ format: 'hybrid-knowledge', version: 1, items: 1 },
			{
				collection: 'error-solutions',
				id: '00000001-0000-4000-8000-000000000000',
				payload: {
					...{ error_message: 'greet is not defined', error_type: 'python', context: '', solution: 'import it', solution_verified: true },
					...{ success_count: 1, failure_count: 0, first_seen: '2026-01-01T00:00:00.000Z', last_used: null, confidence_score: 0.7 },
					...{ repository_id: null, scope: 'workspace', status: 'active', provenance: [] },
				},
			},
		];
		const text = bundle.map((line) => `${JSON.stringify(line)}\n`).join('');
		const report = await connection.sendRequest<ImportReport>('knowledge/import', { text, isApplied: true, isTrusted: true });
		expect(report.added).toMatchObject({ 'error-solutions': 1 });
		const page = await connection.sendRequest<KnowledgePage>('knowledge/list', { text: 'greet', limit: 10 });
		const [item] = page.items;
		expect(item).toMatchObject({ collection: 'error-solutions', status: 'active', title: 'greet is not defined' });
		const retired = await connection.sendRequest<KnowledgeItem>('knowledge/update', { id: item?.id, change: { action: 'retire' } });
		expect(retired.status).toBe('retired');
		expect((await connection.sendRequest<KnowledgeDetail>('knowledge/detail', { id: item?.id })).fields).toContainEqual({
			name: 'solution',
			value: 'import it',
			isEditable: true,
		});
		expect((await connection.sendRequest<ExportedBundle>('knowledge/export', {})).counts).toMatchObject({ 'error-solutions': 1 });
		expect(await connection.sendRequest('dataset/preview', {})).toMatchObject({ train: 0, examples: [] });
		expect(await connection.sendRequest('knowledge/status', null)).toMatchObject({ items: { 'error-solutions': 1 }, extractions: { waiting: 0 } });
		expect(await connection.sendRequest('knowledge/forget', { everything: true })).toMatchObject({ 'error-solutions': 1 });
		await expect(connection.sendRequest('knowledge/detail', { id: item?.id })).rejects.toMatchObject({ data: { code: 'not-found' } });
		await expect(
			connection.sendRequest('knowledge/import', { text: text.replace('"version":1', '"version":9'), isApplied: true, isTrusted: true }),
		).rejects.toMatchObject({
			data: { code: 'bundle-newer', details: { version: 9, known: 1 } },
		});
	});

	it('refuses a client of another version, and requests before initialize, with a code', async () => {
		const { connection, initialize } = start();
		await expect(connection.sendRequest('index/status', null)).rejects.toMatchObject({ data: { code: 'invalid-argument' } });
		await expect(initialize({ protocolVersion: 999 })).rejects.toMatchObject({ data: { code: 'invalid-argument', details: { expected: PROTOCOL_VERSION } } });
	});

	it('ends when its parent’s channel closes', async () => {
		const { child, initialize } = start();
		await initialize();
		const exit = once(child, 'exit');
		child.disconnect();
		expect((await exit)[0]).toBe(0);
	});
});

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as { readonly port: number };
	await new Promise((resolve) => server.close(resolve));
	return port;
}
