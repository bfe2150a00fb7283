import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { CoordinatorError } from '#core/base/errors';
import type { LogPort } from '#core/ports';
import { ownHosts } from '#node/http/guard';
import { admit, type Gate } from './admit.ts';
import { HttpSessions } from './sessions.ts';

const MOST_BODY_BYTES = 4 * 1024 * 1024;
const MOST_SESSIONS = 128;
const MOST_SOCKETS = 512;
const IDLE_MS = 30 * 60_000;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** A socket on which nothing moves for so long is closed: open streams are kept alive every 15 seconds, so only a client that does not read is met. */
const STALLED_MS = 60_000;

export interface HttpServer {
	readonly url: string;
	close(): Promise<void>;
}

/** Serves the protocol to whom the gate lets in, on 127.0.0.1 unless another address is named. Rejects with `invalid-argument` where the port cannot be had. */
export async function serveHttp(options: {
	readonly port: number;
	readonly address?: string;
	/** Names beside this machine's own under which it is asked. */
	readonly hosts?: readonly string[];
	readonly gate: Gate;
	/** Makes the server of one connection, which is that of one user. */
	readonly createServer: (user: string) => McpServer;
	readonly log: Pick<LogPort, 'warn'>;
	readonly stalledMs?: number;
	readonly mostSessions?: number;
}): Promise<HttpServer> {
	const { gate, log, address: listenAddress = '127.0.0.1' } = options;
	const sessions = new HttpSessions({ most: options.mostSessions ?? MOST_SESSIONS, idleMs: IDLE_MS });
	let { port } = options;
	let hosts: readonly string[] = [];

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		// Whether the process lives, for whoever restarts it: nothing that wants a token.
		if (request.method === 'GET' && request.url === '/healthz') return void response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
		const admitted = admit(request, { hosts, gate });
		if ('status' in admitted) return refuse(response, admitted.status, admitted.message);
		const { user } = admitted;
		let body: unknown;
		if (request.method === 'POST') {
			const text = await readBody(request);
			if (text === null) return refuse(response, 413, `A message may have ${MOST_BODY_BYTES} bytes.`);
			try {
				body = JSON.parse(text);
			} catch {
				return refuse(response, 400, 'The body is no JSON.', -32_700);
			}
		}
		const id = request.headers['mcp-session-id'];
		if (typeof id === 'string') {
			const used = sessions.use(id, user);
			if (!used) return refuse(response, 404, 'This session has ended: initialize again.');
			response.once('close', used.done);
			return used.transport.handleRequest(request, response, body);
		}
		if (!isInitializeRequest(body)) return refuse(response, 400, 'The first message must be initialize.');
		if (!sessions.makeRoom()) return refuse(response, 503, 'Too many sessions are open. Try again later.');
		const transport = new StreamableHTTPServerTransport({
			sessionIdGenerator: randomUUID,
			onsessioninitialized: (sessionId) => sessions.add(sessionId, user, transport),
			onsessionclosed: (sessionId) => sessions.remove(sessionId),
		});
		await options.createServer(user).connect(transport as Parameters<McpServer['connect']>[0]);
		await transport.handleRequest(request, response, body);
	}

	const http = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }, (request, response) => {
		answer(request, response).catch((error: unknown) => {
			log.warn(`A request over HTTP failed: ${error instanceof Error ? error.message : String(error)}`);
			refuse(response, 500, 'The request failed.');
		});
	});
	http.maxConnections = MOST_SOCKETS;
	http.timeout = options.stalledMs ?? STALLED_MS;
	await new Promise<void>((resolve, reject) => {
		http.once('error', (cause) => reject(new CoordinatorError('invalid-argument', `Port ${options.port} cannot be served: ${cause.message}`, { cause })));
		http.listen(options.port, listenAddress, resolve);
	});
	const address = http.address();
	if (address !== null && typeof address === 'object') port = address.port;
	hosts = [...ownHosts(port), ...(options.hosts ?? []).flatMap((host) => [host, `${host}:${port}`])];
	return {
		url: `http://${listenAddress}:${port}/mcp`,
		close: async () => {
			await sessions.close();
			http.closeAllConnections();
			await new Promise((resolve) => http.close(resolve));
		},
	};
}

/** Null where the body is longer than any that is wanted; the rest is not read. */
async function readBody(request: IncomingMessage): Promise<string | null> {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of request) {
		size += (part as Buffer).length;
		if (size > MOST_BODY_BYTES) return null;
		parts.push(part as Buffer);
	}
	return Buffer.concat(parts).toString('utf8');
}

function refuse(response: ServerResponse, status: number, message: string, code = -32_000): void {
	if (response.headersSent) {
		response.destroy();
		return;
	}
	response.writeHead(status, { 'content-type': 'application/json', 'connection': 'close', ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}) });
	response.end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }));
}
