import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import { settingsFromWire } from '#core/settingsFromWire';
import { outsideAddress } from '../support/modelServer.ts';
import { quietPorts } from '../support/ports.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** Requests that a server of another machine got while a workspace was indexed and asked. */
async function requestsOf(
	isTrusted: boolean,
): Promise<{ readonly requests: readonly string[]; readonly kept: readonly (boolean | undefined)[]; readonly moved: string }> {
	using workspace = temporaryFolder();
	using data = temporaryFolder();
	workspace.write({ 'src/invoice.ts': '/** Sums the lines of an invoice. */\nexport function invoiceTotal(): number {\n\treturn 1;\n}\n' });
	const requests: string[] = [];
	const server = createServer((request, response) => {
		requests.push(`${request.method} ${request.url}`);
		response.writeHead(503).end('');
	});
	await new Promise<void>((resolve) => server.listen(0, outsideAddress, resolve));
	const url = `http://${outsideAddress}:${(server.address() as AddressInfo).port}`;
	const { settings } = settingsFromWire({ isTrusted, qdrant: { url }, embedding: { provider: 'none' } });
	const { coordinator } = await createCoordinator({ ports: quietPorts(), settings, dataDirectory: data.path });
	await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
	await coordinator.startIndexing();
	await coordinator.ask({ interactionId: randomUUID(), prompt: 'Where is the invoice total?', history: [], attachments: [], signals: {} }, () => undefined);
	const moved = await coordinator
		.moveStores('qdrant', () => undefined)
		.then(
			() => 'moved',
			(error: { readonly code: string }) => error.code,
		);
	if (isTrusted) await expect.poll(() => requests.length).toBeGreaterThan(0);
	const { items } = await coordinator.knowledge.list({ collections: ['interaction-history'], limit: 10 });
	await coordinator.close();
	server.close();
	return { requests, kept: items.map(({ isLocalOnly }) => isLocalOnly), moved };
}

it.skipIf(!outsideAddress)('a Qdrant server on another machine hears of no workspace that is not trusted (needs an address beside loopback)', async () => {
	expect(await requestsOf(false)).toEqual({ requests: [], kept: [true], moved: 'untrusted-workspace' });
	const trusted = await requestsOf(true);
	expect(trusted.requests.length).toBeGreaterThan(0);
	expect(trusted.kept).toEqual([false]);
});
