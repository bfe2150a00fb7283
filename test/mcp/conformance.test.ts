import { execFile } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMcpServer } from '#mcp/createMcpServer';
import { gateOfToken } from '#mcp/http/admit';
import { type HttpServer, serveHttp } from '#mcp/http/serveHttp';
import { repositoryRoot } from '../support/assets.ts';
import { QUIET, startTestServer, type TestServer } from '../support/mcp.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const TOKEN = 'a-token-of-some-length';
const SUITE = join(repositoryRoot, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');

/** The others are about what this server has not (pictures, sampling, completion, subscriptions), or call tools that a server has for the suite alone. */
const SCENARIOS = [
	'server-initialize',
	'ping',
	'tools-list',
	'tools-call-error',
	'resources-list',
	'prompts-list',
	'server-sse-multiple-streams',
	'dns-rebinding-protection',
];

describe('the protocol’s own conformance suite', () => {
	let workspace: TemporaryFolder;
	let data: TemporaryFolder;
	let server: TestServer;
	let http: HttpServer;
	let bearer: Awaited<ReturnType<typeof startBearer>>;
	beforeAll(async () => {
		workspace = temporaryFolder();
		data = temporaryFolder();
		workspace.write({ 'src/lamp.ts': '/** Turns the lamp on at dusk. */\nexport function lightLamp(hour: number) {\n\treturn hour > 18;\n}\n' });
		server = startTestServer({ folder: workspace.path, data: data.path });
		http = await serveHttp({ port: 0, gate: gateOfToken(TOKEN), createServer: () => createMcpServer({ workspace: server.workspace, log: QUIET }), log: QUIET });
		bearer = await startBearer(http.url);
	});
	afterAll(async () => {
		await bearer.close();
		await http.close();
		await server.close();
		workspace[Symbol.dispose]();
		data[Symbol.dispose]();
	});

	it.each(SCENARIOS)('passes %s', async (scenario) => {
		const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--no-warnings', SUITE, 'server', '--url', bearer.url, '--scenario', scenario], {
			cwd: data.path,
			env: { ...process.env, NO_COLOR: '1' },
		}).catch((error: { readonly stdout: string; readonly stderr: string }) => error);
		const [, passed, all, failed] = /Passed: (\d+)\/(\d+), (\d+) failed/.exec(stdout) ?? [];
		expect(Number(all), stdout + stderr).toBeGreaterThan(0);
		expect({ passed, failed }, stdout).toEqual({ passed: all, failed: '0' });
	});
});

/** The suite knows no tokens: this puts the server's into its requests, and the server's port into the names that it asks by. */
async function startBearer(serverUrl: string) {
	const { port } = new URL(serverUrl);
	const proxy = createServer((asked, answer) => {
		const named = (name: string | undefined) => name?.replace(/^((?:http:\/\/)?(?:localhost|127\.0\.0\.1)):\d+$/, `$1:${port}`);
		const { host, origin, ...others } = asked.headers;
		const headers = { ...others, host: named(host) ?? '', ...(origin === undefined ? {} : { origin: named(origin) }), authorization: `Bearer ${TOKEN}` };
		const sent = request({ host: '127.0.0.1', port, path: asked.url, method: asked.method, headers, agent: false }, (response) => {
			answer.writeHead(response.statusCode ?? 502, response.headers);
			response.pipe(answer);
		});
		sent.on('error', () => answer.destroy());
		answer.on('close', () => sent.destroy());
		asked.pipe(sent);
	});
	await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://localhost:${(proxy.address() as AddressInfo).port}/mcp`,
		close: () =>
			new Promise<void>((resolve) => {
				proxy.close(() => resolve());
				proxy.closeAllConnections();
			}),
	};
}
