import { createServer, type Server } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMonitor } from '#node/prometheus';
import { WindowMetrics } from '#server/windowMetrics';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

describe('the metrics of a window whose port another program has', () => {
	let data: TemporaryFolder;
	let other: Server;
	let port = 0;
	const said: string[] = [];
	beforeEach(async () => {
		data = temporaryFolder();
		said.length = 0;
		other = createServer((_, response) => response.end('other'));
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		const address = other.address();
		port = address !== null && typeof address === 'object' ? address.port : 0;
	});
	afterEach(async () => {
		await new Promise((resolve) => other.close(resolve));
		data[Symbol.dispose]();
	});
	const open = () => {
		const log = { info: (message: string) => said.push(message), warn: (message: string) => said.push(message) };
		return new WindowMetrics({ createMonitor: () => createMonitor(log), dataDirectory: data.path, log, retry: { firstMs: 5, mostMs: 20 } });
	};
	const shown = () =>
		fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close' } }).then(
			({ status }) => status,
			() => 'nobody',
		);
	const freed = () => new Promise((resolve) => other.close(resolve));

	it('are served there as soon as it is free, and the refusal is told once', async () => {
		const metrics = open();
		await metrics.apply(port);
		expect(await shown()).toBe(200);
		// Other settings change, and the port stays.
		await metrics.apply(port);
		await freed();
		await expect.poll(shown, { timeout: 30_000 }).toBe(401);
		expect(said).toEqual([expect.stringContaining('not served by this window'), expect.stringContaining('are served at')]);
		await metrics.apply(0);
		expect(await shown()).toBe('nobody');
	});

	it('are asked for no more where another port was set meanwhile, or none', async () => {
		const metrics = open();
		await metrics.apply(port);
		await metrics.apply(0);
		await freed();
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(await shown()).toBe('nobody');
		// Nobody took it in secret either: it can be listened at.
		const listener = createSocketServer();
		await new Promise<void>((resolve, reject) => listener.once('error', reject).listen(port, '127.0.0.1', resolve));
		await new Promise((resolve) => listener.close(resolve));
	});
});
