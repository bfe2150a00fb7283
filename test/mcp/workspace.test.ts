import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CoordinatorError } from '#core/base/errors';
import type { IndexStatus } from '#core/domain/indexStatus';
import type { Coordinator } from '#core/domain/requests';
import { Workspace } from '#mcp/workspace';
import { callTool, openCoordinator, QUIET, startTestServer } from '../support/mcp.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

describe('the workspace of an agent’s server', () => {
	let workspace: TemporaryFolder;
	let data: TemporaryFolder;
	beforeEach(() => {
		workspace = temporaryFolder();
		data = temporaryFolder();
		workspace.write({ 'src/lamp.ts': 'export const lamp = 1;\n' });
	});
	afterEach(() => {
		workspace[Symbol.dispose]();
		data[Symbol.dispose]();
	});
	const phaseOf = (coordinator: Coordinator, isWanted: (phase: IndexStatus['phase']) => boolean) =>
		new Promise<void>((resolve) => {
			if (isWanted(coordinator.status().phase)) return resolve();
			const subscription = coordinator.onDidChangeStatus(({ phase }) => {
				if (!isWanted(phase)) return;
				subscription.dispose();
				resolve();
			});
		});

	it('leaves indexing to an editor once no agent asks any more, and finds what that one indexes', async () => {
		const server = startTestServer({ folder: workspace.path, data: data.path, restMs: 50 });
		const editor = await openCoordinator(data.path);
		try {
			const client = await server.connect();
			expect((await callTool(client, 'search_context', { query: 'lamp' })).text).toContain('src/lamp.ts');
			await editor.openFolders([{ path: workspace.path, name: 'w' }]);
			await editor.startIndexing();
			await phaseOf(editor, (phase) => phase === 'ready');
			expect((await server.workspace.coordinator()).status().phase).toBe('stopped');
			workspace.write({ 'src/zeppelin.ts': 'export const zeppelin = 1;\n' });
			editor.filesChanged([{ path: workspace.join('src/zeppelin.ts'), kind: 'created' }]);
			await editor.whenIdle();
			expect((await callTool(client, 'search_context', { query: 'zeppelin' })).text).toContain('src/zeppelin.ts');
		} finally {
			await server.close();
			await editor.close();
		}
	});

	it('answers with what there is where the index takes longer than a call should', async () => {
		workspace.write(Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`many/f${i}.ts`, `export const value${i} = ${i};\n`])));
		const server = startTestServer({ folder: workspace.path, data: data.path, waitMs: 1 });
		try {
			const client = await server.connect();
			const { text, isError } = await callTool(client, 'search_context', { query: 'value7' });
			expect(isError).toBe(false);
			expect(text).toContain('The index is still being built');
		} finally {
			await server.close();
		}
	});

	it('tells why it could not open, and tries again with the next call', async () => {
		let tries = 0;
		const flaky = new Workspace({
			folders: [workspace.path],
			dataDirectory: data.path,
			log: QUIET,
			open: async () => {
				tries++;
				if (tries === 1) throw new CoordinatorError('database-locked', 'The database is locked.');
				return openCoordinator(data.path);
			},
		});
		await expect(flaky.coordinator()).rejects.toMatchObject({ code: 'database-locked' });
		expect((await flaky.coordinator()).status().phase).toBe('not-indexed');
		await flaky.close();
		await expect(flaky.coordinator()).rejects.toMatchObject({ code: 'cancelled' });
	});
});
