import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { callTool, openCoordinator } from '../support/mcp.ts';
import { type McpProcess, startMcpProcess, toolCall } from '../support/mcpProcess.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const END_MS = 5_000;

describe('the built server over standard input and output', () => {
	let workspace: TemporaryFolder;
	let data: TemporaryFolder;
	const started: McpProcess[] = [];
	beforeEach(() => {
		workspace = temporaryFolder();
		data = temporaryFolder();
		workspace.write({ 'src/lamp.ts': '/** Turns the lamp on at dusk. */\nexport function lightLamp(hour: number): boolean {\n\treturn hour > 18;\n}\n' });
	});
	afterEach(() => {
		for (const { child } of started.splice(0)) child.kill('SIGKILL');
		workspace[Symbol.dispose]();
		data[Symbol.dispose]();
	});
	const start = (more: Partial<Parameters<typeof startMcpProcess>[0]> = {}): McpProcess => {
		const server = startMcpProcess({ folder: workspace.path, data: data.path, ...more });
		started.push(server);
		return server;
	};
	const isRunning = (processId: number) => {
		try {
			process.kill(processId, 0);
			return true;
		} catch {
			return false;
		}
	};

	it('serves the SDK’s own client, by the command line’s command too', async () => {
		const client = new Client({ name: 'sdk', version: '1.0.0' });
		const transport = new StdioClientTransport({
			command: process.execPath,
			args: ['--no-warnings', join(assetsPath(), 'cli.mjs'), 'mcp', '--workspace', workspace.path],
			env: { ...(process.env as Record<string, string>), HYBRID_DATA_DIRECTORY: data.path },
		});
		await client.connect(transport);
		const { data: page } = await callTool<{ pieces: { path: string }[] }>(client, 'search_context', { query: 'when is the lamp lit?' });
		expect(page.pieces[0]?.path).toBe('src/lamp.ts');
		await client.close();
	});

	it('answers initialize before it looks at the folder or makes anything', async () => {
		workspace.write(Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`many/f${i}.ts`, `export const value${i} = ${i};\n`])));
		const server = start();
		expect(await server.initialize()).toMatchObject({ result: { serverInfo: { name: 'hybrid-coordinator' } } });
		server.send({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
		await server.answer(1);
		server.send(toolCall(2, 'index_status', {}));
		expect(await server.answer(2)).toMatchObject({ result: { structuredContent: { phase: 'not-indexed' } } });
	});

	it('writes nothing but the protocol to standard output, whatever it is sent, and goes on serving', async () => {
		const server = start({ words: ['--verbose'] });
		await server.initialize();
		for (const garbage of ['not json\n', '{}\n', '[]\n', 'null\n', '{"jsonrpc":"2.0","id":{"a":1},"method":"tools/call"}\n', '\0\xff\n', `${'['.repeat(5_000)}\n`])
			server.send(garbage);
		server.send({ jsonrpc: '2.0', id: 5, method: 'no/such/method' });
		expect(await server.answer(5)).toMatchObject({ error: { code: -32_601 } });
		server.send(toolCall(6, 'search_context', { query: 'x'.repeat(1_000_000) }));
		expect(await server.answer(6)).toMatchObject({ result: { isError: true } });
		server.send(toolCall(7, 'search_context', { query: 'lightLamp' }));
		expect(JSON.stringify(await server.answer(7))).toContain('src/lamp.ts');
		for (const line of server.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
		expect(server.errors()).toContain('could not be handled');
	});

	it('ends at a message without end, instead of keeping it', async () => {
		const server = start();
		await server.initialize();
		const piece = 'x'.repeat(1_000_000);
		for (let sent = 0; sent < 8; sent++) server.send(piece);
		expect((await server.exit)[0]).toBe(0);
	});

	it('sends progress while it indexes, and stops a call that is cancelled', async () => {
		workspace.write(Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`many/f${i}.ts`, `export function value${i}() {\n\treturn ${i};\n}\n`])));
		const server = start();
		await server.initialize();
		const call = toolCall(1, 'search_context', { query: 'value7' });
		server.send({ ...call, params: { ...call.params, _meta: { progressToken: 'p' } } });
		server.send(toolCall(2, 'search_context', { query: 'value8' }));
		server.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
		await server.answer(1);
		const progress = server.lines.map((line) => JSON.parse(line)).filter(({ method }) => method === 'notifications/progress');
		expect(progress.length).toBeGreaterThan(0);
		expect(progress.map(({ params }) => params.progress)).toEqual([...progress.map(({ params }) => params.progress)].sort((a, b) => a - b));
		expect(server.lines.some((line) => JSON.parse(line).id === 2)).toBe(false);
	});

	it('refuses what it cannot serve with the reason, before any message', async () => {
		const server = start({ words: ['--http', 'many'] });
		expect((await server.exit)[0]).toBe(2);
		expect(server.errors()).toContain('--http needs a port');
		expect(server.lines).toEqual([]);
		const broken = start({ environment: { HYBRID_SETTINGS: '{"privacy":' } });
		expect((await broken.exit)[0]).toBe(1 + 1);
		expect(broken.errors()).toContain('HYBRID_SETTINGS is no JSON object');
	});

	it('keeps to the settings that the editor handed over', async () => {
		const server = start({ environment: { HYBRID_SETTINGS: JSON.stringify({ privacy: { localOnly: ['src/'] } }) } });
		await server.initialize();
		server.send(toolCall(1, 'search_context', { query: 'lightLamp' }));
		expect(await server.answer(1)).toMatchObject({ result: { structuredContent: { pieces: [], withheld: 1 } } });
	});

	it.each([
		['when standard input ends', (server: McpProcess) => server.child.stdin.end()],
		[
			'at once with calls under way, when standard input ends',
			(server: McpProcess) => server.child.stdin.end(`${JSON.stringify(toolCall(9, 'search_context', { query: 'lamp' }))}\n`),
		],
		[
			'when standard output is closed',
			(server: McpProcess) => {
				server.child.stdout.destroy();
				server.send(toolCall(9, 'index_status', {}));
			},
		],
		['when it is told to', (server: McpProcess) => void server.child.kill('SIGTERM')],
	])('ends within five seconds %s', async (_, end) => {
		const server = start();
		await server.initialize();
		server.send(toolCall(1, 'search_context', { query: 'lamp' }));
		await server.answer(1);
		const from = Date.now();
		end(server);
		expect((await server.exit)[0]).toBe(0);
		expect(Date.now() - from).toBeLessThan(END_MS);
	});

	it.skipIf(process.platform === 'win32')('ends within five seconds of its parent, even where the pipe lives on', async () => {
		const words = [join(repositoryRoot, 'test/support/mcpParent.mjs'), join(assetsPath(), 'mcp.mjs'), '--workspace', workspace.path];
		const parent = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, HYBRID_DATA_DIRECTORY: data.path } });
		// A second reader of the same pipe keeps it open.
		const [line] = await once(parent.stdout, 'data');
		const child = Number(String(line).trim());
		await new Promise((resolve) => setTimeout(resolve, 1_500));
		expect(isRunning(child)).toBe(true);
		parent.kill('SIGKILL');
		const from = Date.now();
		while (isRunning(child) && Date.now() - from < 2 * END_MS) await new Promise((resolve) => setTimeout(resolve, 50));
		expect(isRunning(child)).toBe(false);
		expect(Date.now() - from).toBeLessThan(END_MS);
	});

	it('follows an editor that has the folder open, sees what it indexes, and is seen by it', async () => {
		const editor = await openCoordinator(data.path);
		try {
			await editor.openFolders([{ path: workspace.path, name: 'w' }]);
			await editor.startIndexing();
			await editor.whenIdle({ vectors: true });
			const server = start();
			await server.initialize();
			server.send(toolCall(1, 'search_context', { query: 'when is the lamp lit?' }));
			expect(JSON.stringify(await server.answer(1))).toContain('hour > 18');
			server.send(toolCall(2, 'index_status', {}));
			expect(await server.answer(2)).toMatchObject({ result: { structuredContent: { phase: 'following' } } });
			server.send(toolCall(3, 'track_interaction', { query: 'When is the lamp lit?', response: 'lightLamp of src/lamp.ts: after 18.' }));
			await server.answer(3);
			const { items } = await editor.knowledge.list({ collections: ['interaction-history'], limit: 5 });
			expect(items).toMatchObject([{ title: 'When is the lamp lit?' }]);
		} finally {
			await editor.close();
		}
	});
});
