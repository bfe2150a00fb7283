import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { type InitializeResult, PROTOCOL_VERSION, type SearchResult } from '#protocol/messages';
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
