import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A real forward proxy on loopback that takes every host for this machine, at the port that was asked for or `securePort` for 443. */
export interface ProxyServer extends AsyncDisposable {
	readonly port: number;
	/** What was asked, in order: `GET http://…` or `CONNECT host:port`, and with which credentials. */
	readonly asked: { readonly line: string; readonly credentials: string | undefined }[];
}

export async function startProxy(options: { readonly port: number; readonly securePort?: number; readonly credentials?: string }): Promise<ProxyServer> {
	const asked: ProxyServer['asked'] = [];
	const sockets = new Set<Socket>();
	const isRefused = (line: string, header: string | undefined) => {
		asked.push({ line, credentials: header });
		return options.credentials !== undefined && header !== `Basic ${Buffer.from(options.credentials).toString('base64')}`;
	};
	const server = createServer((incoming, outgoing) => {
		if (isRefused(`${incoming.method} ${incoming.url}`, incoming.headers['proxy-authorization'])) return outgoing.writeHead(407).end();
		const { pathname } = new URL(incoming.url ?? '');
		const onward = request({ host: '127.0.0.1', port: options.port, path: pathname, method: incoming.method, headers: incoming.headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(outgoing);
		});
		return incoming.pipe(onward);
	});
	server.on('connect', (incoming, socket: Socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined);
		if (isRefused(`CONNECT ${incoming.url}`, incoming.headers['proxy-authorization'])) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
		const onward = connect(options.securePort ?? options.port, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			onward.pipe(socket).pipe(onward);
		});
		sockets.add(onward);
		return onward.on('error', () => socket.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		asked,
		async [Symbol.asyncDispose]() {
			for (const socket of sockets) socket.destroy();
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
