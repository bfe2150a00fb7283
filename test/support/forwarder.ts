import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** An address of this machine behind which one server or another answers. */
export interface Forwarder extends AsyncDisposable {
	readonly port: number;
	/** From now on the server at this port is meant; connections to the other are cut. */
	turnTo(port: number): void;
}

export async function startForwarder(first: number): Promise<Forwarder> {
	let target = first;
	const open = new Set<Socket>();
	const cut = () => {
		for (const socket of open) socket.destroy();
	};
	const server = createServer((near) => {
		const far = connect(target, '127.0.0.1');
		for (const [socket, other] of [
			[near, far],
			[far, near],
		] as const) {
			open.add(socket);
			socket.on('error', () => undefined);
			socket.once('close', () => {
				open.delete(socket);
				other.destroy();
			});
			socket.pipe(other);
		}
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	return {
		port: address !== null && typeof address === 'object' ? address.port : 0,
		turnTo(port) {
			target = port;
			cut();
		},
		async [Symbol.asyncDispose]() {
			cut();
			server.close();
			await once(server, 'close');
		},
	};
}
