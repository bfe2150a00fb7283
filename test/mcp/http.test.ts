import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMcpServer } from '#mcp/createMcpServer';
import { gateOfToken } from '#mcp/http/admit';
import { type HttpServer, serveHttp } from '#mcp/http/serveHttp';
import { bearsToken, readToken } from '#node/http/token';
import { callTool, QUIET, startTestServer, type TestServer } from '../support/mcp.ts';
import { startMcpProcess } from '../support/mcpProcess.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const TOKEN = 'a-token-of-some-length';
const INITIALIZE = {
	jsonrpc: '2.0',
	id: 0,
	method: 'initialize',
	params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const ACCEPT = 'application/json, text/event-stream';

interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
	readonly body: string;
}

describe('the server over HTTP', () => {
	let workspace: TemporaryFolder;
	let data: TemporaryFolder;
	let server: TestServer;
	let http: HttpServer;
	const serve = (more: { readonly stalledMs?: number; readonly mostSessions?: number } = {}) =>
		serveHttp({ port: 0, gate: gateOfToken(TOKEN), createServer: () => createMcpServer({ workspace: server.workspace, log: QUIET }), log: QUIET, ...more });
	beforeEach(async () => {
		workspace = temporaryFolder();
		data = temporaryFolder();
		workspace.write({ 'src/lamp.ts': '/** Turns the lamp on at dusk. */\nexport function lightLamp(hour: number) {\n\treturn hour > 18;\n}\n' });
		server = startTestServer({ folder: workspace.path, data: data.path });
		http = await serve();
	});
	afterEach(async () => {
		await http.close();
		await server.close();
		workspace[Symbol.dispose]();
		data[Symbol.dispose]();
	});

	/** A request with exactly these headers; null leaves one out. */
	function send(
		options: { readonly method?: string; readonly path?: string; readonly headers?: Record<string, string | null>; readonly body?: string | Buffer } = {},
	): Promise<Answer> {
		const url = new URL(http.url);
		const wanted = { 'host': url.host, 'authorization': `Bearer ${TOKEN}`, 'content-type': 'application/json', 'accept': ACCEPT, ...options.headers };
		const headers = Object.fromEntries(Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== null));
		return new Promise((resolve, reject) => {
			// A connection of its own: the one before may just be closing.
			const sent = request({ agent: false, host: '127.0.0.1', port: url.port, path: options.path ?? '/mcp', method: options.method ?? 'POST', headers }, (response) => {
				let body = '';
				response.on('data', (part) => {
					body += part;
				});
				response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
				response.on('error', reject);
			});
			sent.on('error', reject);
			sent.end(options.body ?? JSON.stringify(INITIALIZE));
		});
	}
	async function connectClient(name = 'http'): Promise<Client> {
		const client = new Client({ name, version: '1.0.0' });
		await client.connect(
			new StreamableHTTPClientTransport(new URL(http.url), { requestInit: { headers: { authorization: `Bearer ${TOKEN}` } } }) as Parameters<Client['connect']>[0],
		);
		return client;
	}

	it('serves the SDK’s own client, each connection under its own name', async () => {
		const [first, second] = [await connectClient('one'), await connectClient('two')];
		expect(JSON.stringify(await callTool(first, 'search_context', { query: 'when is the lamp lit?' }))).toContain('hour > 18');
		const { data: tracked } = await callTool<{ interaction_id: string }>(second, 'track_interaction', { query: 'q', response: 'r' });
		await callTool(first, 'update_outcome', { interaction_id: tracked.interaction_id, outcome: 'failure' });
		const detail = await (await server.workspace.coordinator()).knowledge.detail(tracked.interaction_id);
		expect(detail.signals.map(({ source }) => source)).toEqual(['agent:one']);
		await first.close();
		await second.close();
	});

	it.each<[string, Record<string, string | null>, number]>([
		['no token', { authorization: null }, 401],
		['a wrong token', { authorization: 'Bearer wrong' }, 401],
		['a token that only begins right', { authorization: `Bearer ${TOKEN}x` }, 401],
		['the token in another scheme', { authorization: `Basic ${TOKEN}` }, 401],
		['a name that points here', { host: 'evil.example:80' }, 403],
		['no port in the host', { host: '127.0.0.1' }, 403],
		['a page of elsewhere', { origin: 'https://evil.example' }, 403],
		['a page of another port here', { origin: 'http://localhost:3000' }, 403],
		['an opaque origin', { origin: 'null' }, 403],
	])('refuses %s', async (_, headers, status) => {
		const refused = await send({ headers });
		expect(refused.status).toBe(status);
		expect(refused.body).not.toContain('serverInfo');
		expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
		expect(server.opened()).toBe(0);
	});

	it('lets a page of its own address through, and no other path or method', async () => {
		const { host } = new URL(http.url);
		expect((await send({ headers: { origin: `http://${host}` } })).status).toBe(200);
		expect((await send({ path: '/' })).status).toBe(404);
		expect((await send({ method: 'OPTIONS', body: '' })).status).toBe(405);
		expect((await send({ method: 'OPTIONS', body: '', headers: { authorization: null } })).status).toBe(401);
	});

	it.each<[string, string | Buffer, number]>([
		['no JSON', '{"jsonrpc"', 400],
		['another message before initialize', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }), 400],
		['an empty body', '', 400],
		['a body that is too long', Buffer.alloc(5_000_000, 'x'), 413],
	])('refuses %s', async (_, body, status) => {
		expect((await send({ body }).catch(() => ({ status: 413 }))).status).toBe(status);
		expect((await send()).status).toBe(200);
	});

	it('knows no session that it did not open, or that has ended', async () => {
		expect((await send({ headers: { 'mcp-session-id': 'made-up' } })).status).toBe(404);
		const id = String((await send()).headers['mcp-session-id']);
		expect((await send({ method: 'DELETE', headers: { 'mcp-session-id': id }, body: '' })).status).toBe(200);
		expect((await send({ headers: { 'mcp-session-id': id }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }) })).status).toBe(404);
	});

	it('serves a hundred clients, and makes room for a new one at the cost of the one that was unused longest', async () => {
		const clients = await Promise.all(Array.from({ length: 100 }, (_, i) => connectClient(`c${i}`)));
		const answers = await Promise.all(clients.map((client) => callTool(client, 'search_context', { query: 'lightLamp' })));
		expect(answers.every(({ text }) => text.includes('src/lamp.ts'))).toBe(true);
		expect(server.opened()).toBe(1);
		await Promise.all(clients.map((client) => client.close()));
		await http.close();
		http = await serve({ mostSessions: 2 });
		const ids: string[] = [];
		for (let i = 0; i < 3; i++) ids.push(String((await send()).headers['mcp-session-id']));
		const isServed = async (id = '') =>
			(await send({ headers: { 'mcp-session-id': id }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }) })).status === 200;
		expect([await isServed(ids[0]), await isServed(ids[1]), await isServed(ids[2])]).toEqual([false, true, true]);
	});

	it('lets go of a client that never reads, and serves the others meanwhile', async () => {
		// The first call makes the index, which may take longer than the limit that follows.
		await server.workspace.upToDate({ signal: new AbortController().signal });
		await http.close();
		const accepted: Socket[] = [];
		const note = (message: unknown) => void accepted.push((message as { readonly socket: Socket }).socket);
		subscribe('net.server.socket', note);
		http = await serve({ stalledMs: 8_000 });
		const id = String((await send()).headers['mcp-session-id']);
		const { port, host } = new URL(http.url);
		const socket = connect(Number(port), '127.0.0.1');
		socket.pause();
		socket.on('error', () => undefined);
		await once(socket, 'connect');
		// Who does not read does not hear that it was let go: the other end of the socket tells.
		const served = accepted.find(({ remotePort }) => remotePort === socket.localPort) ?? socket;
		const closed = new Promise((resolve) => served.once('close', resolve));
		const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
		const message = `POST /mcp HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${TOKEN}\r\nMcp-Session-Id: ${id}\r\nContent-Type: application/json\r\nAccept: ${ACCEPT}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
		for (let i = 0; i < 2_000; i++) socket.write(message);
		const other = await connectClient();
		expect(JSON.stringify(await callTool(other, 'search_context', { query: 'lightLamp' }))).toContain('src/lamp.ts');
		await closed;
		unsubscribe('net.server.socket', note);
		socket.destroy();
		await other.close();
	}, 60_000);

	it('is off by default, prints a token of its own, and takes one from a file', async () => {
		const folder = { folder: workspace.path, data: data.path };
		const shown = startMcpProcess({ ...folder, words: ['--http', '0'] });
		while (!/Token: \S+\n/.test(shown.errors())) await new Promise((resolve) => setTimeout(resolve, 20));
		const [, url = '', token = ''] = /Serving (\S+)\nToken: (\S+)\n/.exec(shown.errors()) ?? [];
		expect(token.length).toBeGreaterThan(40);
		const post = (bearer: string) =>
			fetch(url, {
				method: 'POST',
				headers: { 'authorization': `Bearer ${bearer}`, 'content-type': 'application/json', 'accept': ACCEPT },
				body: JSON.stringify(INITIALIZE),
			});
		expect((await post(token)).status).toBe(200);
		expect((await post(TOKEN)).status).toBe(401);
		expect(shown.lines).toEqual([]);
		shown.child.kill('SIGTERM');
		expect((await shown.exit)[0]).toBe(0);

		const file = data.join('token');
		writeFileSync(file, 'short');
		const refused = startMcpProcess({ ...folder, words: ['--http', '0', '--token-file', file] });
		expect((await refused.exit)[0]).toBe(2);
	});

	it('reads its token from a file, or makes the file for its owner alone', () => {
		const made = readToken(data.join('new'));
		expect(made).toMatchObject({ isNew: true });
		expect(readToken(data.join('new'))).toEqual({ token: made.token, isNew: false });
		expect(readFileSync(data.join('new'), 'utf8')).toBe(`${made.token}\n`);
		if (process.platform !== 'win32') expect(statSync(data.join('new')).mode & 0o777).toBe(0o600);
		writeFileSync(data.join('two'), 'two words that are long enough');
		expect(() => readToken(data.join('two'))).toThrow('one word');
		expect(() => readToken(data.path)).toThrow('cannot be read');
		expect([bearsToken(`Bearer ${TOKEN}`, TOKEN), bearsToken(`bearer ${TOKEN}`, TOKEN), bearsToken(undefined, TOKEN)]).toEqual([true, false, false]);
	});
});
