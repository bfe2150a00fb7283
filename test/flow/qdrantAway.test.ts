import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import { settingsFromWire } from '#core/settingsFromWire';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';
import { assetsPath } from '../support/assets.ts';
import { quietPorts } from '../support/ports.ts';
import { temporaryFolder } from '../support/workspace.ts';

async function open(url: string, dataDirectory: string, key: string | null = null) {
	const lines: string[] = [];
	const ports = createPorts({
		assetsPath: assetsPath(),
		threads: 1,
		log: createLog((level, message) => void lines.push(`${level}: ${message}`), 'debug'),
		secrets: { get: async () => key },
		hostModels: { models: async () => [] },
	});
	const { settings } = settingsFromWire({ qdrant: { url }, embedding: { provider: 'none' } });
	const { coordinator } = await createCoordinator({ ports, settings, dataDirectory });
	return { coordinator, lines };
}

const problemsOf = (coordinator: Awaited<ReturnType<typeof open>>['coordinator']) =>
	new Promise<readonly { readonly code: string; readonly details?: object }[]>((resolve) => {
		const { problems } = coordinator.status();
		if (problems.length > 0) resolve(problems);
		else coordinator.onDidChangeStatus(({ problems: now }) => now.length > 0 && resolve(now));
	});

test.each([
	['refuses the key', 'unauthorized', (response: import('node:http').ServerResponse) => response.writeHead(401).end('Invalid API key or JWT')],
	['is too old', 'server-error', (response: import('node:http').ServerResponse) => response.end(JSON.stringify({ title: 'qdrant', version: '1.7.4' }))],
	['is no Qdrant', 'server-error', (response: import('node:http').ServerResponse) => response.end('<html>It works!</html>')],
	['is starting', 'server-error', (response: import('node:http').ServerResponse) => response.writeHead(503).end('')],
] as const)('a question is answered here while the server %s, and the status says so', async (_, reason, answer) => {
	using workspace = temporaryFolder();
	using data = temporaryFolder();
	workspace.write({ 'src/invoice.ts': '/** Sums the lines of an invoice. */\nexport function invoiceTotal(): number {\n\treturn 1;\n}\n' });
	const server = createServer((_request, response) => answer(response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { coordinator, lines } = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, data.path, 'sesame');
	try {
		await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
		await coordinator.startIndexing();
		const { hits } = await coordinator.search({ query: 'invoice total', limit: 3 });
		expect(hits[0]?.filePath).toBe('src/invoice.ts');
		const [problem] = await problemsOf(coordinator);
		expect(problem).toMatchObject({ code: 'shared-store-away', details: { reason } });
		expect(await coordinator.moveStores('qdrant', () => undefined).catch((error: unknown) => String(error))).toMatch(/cannot be used|answered|refused|Qdrant/);
		expect(JSON.stringify([problem, lines])).not.toContain('sesame');
	} finally {
		await coordinator.close();
		server.close();
	}
});

test('nothing is shared, and no problem told, where no server is set', async () => {
	using data = temporaryFolder();
	const ports = quietPorts();
	const { coordinator } = await createCoordinator({ ports, settings: settingsFromWire({}).settings, dataDirectory: data.path });
	expect(coordinator.status().problems).toEqual([]);
	await expect(coordinator.moveStores('qdrant', () => undefined)).rejects.toMatchObject({ code: 'invalid-argument' });
	await coordinator.close();
});
