import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callTool } from '../support/mcp.ts';
import { type McpProcess, startMcpProcess } from '../support/mcpProcess.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

describe('a workspace that is served to a team', () => {
	let workspace: TemporaryFolder;
	let data: TemporaryFolder;
	const started: McpProcess[] = [];
	beforeEach(() => {
		workspace = temporaryFolder();
		data = temporaryFolder();
		workspace.write({ 'src/lamp.ts': '/** Turns the lamp on at dusk. */\nexport function lightLamp(hour: number) {\n\treturn hour > 18;\n}\n' });
	});
	afterEach(async () => {
		for (const { child, exit } of started.splice(0)) {
			child.kill('SIGTERM');
			await exit;
		}
		workspace[Symbol.dispose]();
		data[Symbol.dispose]();
	});

	const start = (...words: string[]): McpProcess => {
		const child = startMcpProcess({ folder: workspace.path, data: data.path, program: ['cli.mjs', 'serve'], words: ['--users', data.join('users'), ...words] });
		started.push(child);
		return child;
	};
	async function said(process: McpProcess, pattern: RegExp): Promise<readonly string[]> {
		for (;;) {
			const found = pattern.exec(process.errors());
			if (found) return found;
			if (process.child.exitCode !== null) throw new Error(process.errors());
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}
	async function addUser(name: string): Promise<string> {
		const adding = start('--add-user', name);
		expect((await adding.exit)[0]).toBe(0);
		return /: (\S+)\n/.exec(adding.errors())?.[1] ?? '';
	}
	async function connect(url: string, token: string, name = 'test'): Promise<Client> {
		const client = new Client({ name, version: '1.0.0' });
		const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } });
		await client.connect(transport as Parameters<Client['connect']>[0]);
		return client;
	}

	it('tells its users apart, shows Prometheus what they did, and says that it lives to anybody', async () => {
		const [ada, grace] = [await addUser('ada'), await addUser('grace')];
		const server = start('--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0');
		const [, url = '', metricsUrl = '', metricsToken = ''] = await said(server, /Serving (\S+)\nMetrics (\S+)\nToken of the metrics: (\S+)\n/);
		const [first, second] = [await connect(url, ada), await connect(url, grace)];
		expect((await callTool(first, 'search_context', { query: 'when is the lamp lit?' })).text).toContain('hour > 18');
		const { data: tracked } = await callTool<{ interaction_id: string }>(second, 'track_interaction', { query: 'when is the lamp lit?', response: 'after 18' });
		await callTool(first, 'update_outcome', { interaction_id: tracked.interaction_id, outcome: 'success' });

		const scrape = (headers: Record<string, string>) => fetch(metricsUrl, { headers });
		const answer = await scrape({ authorization: `Bearer ${metricsToken}` });
		expect(answer.headers.get('content-type')).toContain('version=0.0.4');
		const text = await answer.text();
		expect(text).toMatch(/^hybrid_search_seconds_count 1$/m);
		expect(text).toMatch(/^hybrid_signals_total\{signal="agent-report",direction="good"\} 1$/m);
		expect(text).toMatch(/^hybrid_knowledge_items\{collection="interaction-history"\} 1$/m);
		expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
		for (const secret of ['ada', 'grace', 'lamp', ada]) expect(text).not.toContain(secret);
		expect((await scrape({ authorization: `Bearer ${ada}` })).status).toBe(401);
		expect((await scrape({})).status).toBe(401);

		const { origin } = new URL(url);
		expect(await (await fetch(`${origin}/healthz`)).text()).toBe('ok\n');
		expect((await fetch(`${origin}/mcp`, { method: 'POST', headers: { authorization: `Bearer ${metricsToken}` } })).status).toBe(401);

		// A session belongs to who opened it: its id alone opens nothing.
		const { sessionId } = first.transport as StreamableHTTPClientTransport;
		const stolen = await fetch(url, {
			method: 'POST',
			headers: {
				'authorization': `Bearer ${grace}`,
				'mcp-session-id': sessionId ?? '',
				'content-type': 'application/json',
				'accept': 'application/json, text/event-stream',
			},
			body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
		});
		expect(stolen.status).toBe(404);
		await Promise.all([first.close(), second.close()]);
	}, 60_000);

	it('refuses to start without users or beyond this machine without a name, and says what is missing', async () => {
		const nameless = start('--listen', '0.0.0.0:0');
		expect((await nameless.exit)[0]).toBe(2);
		expect(nameless.errors()).toContain('--host');
		const bad = start('--add-user', 'a/b');
		expect((await bad.exit)[0]).toBe(2);
	});
});
