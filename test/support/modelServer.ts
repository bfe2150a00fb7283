import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A loopback HTTP server for one test. `closed` resolves when the client hangs up on the request under way. */
export interface ModelServer extends AsyncDisposable {
	readonly origin: string;
	readonly requests: {
		readonly method: string;
		readonly path: string;
		readonly authorization: string | undefined;
		readonly headers: IncomingMessage['headers'];
		readonly body: string;
	}[];
	readonly closed: Promise<void>;
}

export type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void | Promise<void>;

/** An address of this machine that counts as another machine's, where there is one. */
export const outsideAddress = Object.values(networkInterfaces())
	.flat()
	.find((place) => place && !place.internal && place.family === 'IPv4')?.address;

/** Starts a server, on a free port unless one is named; each request is answered by `answer`. Use with `await using`. */
export async function startModelServer(answer: Answer, address = '127.0.0.1', port = 0): Promise<ModelServer> {
	const requests: ModelServer['requests'] = [];
	let onHangUp: () => void = () => undefined;
	const closed = new Promise<void>((resolve) => {
		onHangUp = resolve;
	});
	const server = createServer(async (request, response) => {
		let body = '';
		for await (const part of request) body += String(part);
		requests.push({ method: request.method ?? '', path: request.url ?? '', authorization: request.headers.authorization, headers: request.headers, body });
		response.on('close', () => {
			if (!response.writableFinished) onHangUp();
		});
		await answer(response, request, body);
	});
	await new Promise<void>((resolve) => server.listen(port, address, resolve));
	return {
		origin: `http://${address}:${(server.address() as AddressInfo).port}`,
		requests,
		closed,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

/** Answers with JSON. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
	return (response) => {
		response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
	};
}
