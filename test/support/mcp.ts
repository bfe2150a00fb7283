import { basename } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { createCoordinator } from '#core/coordinator';
import type { Coordinator } from '#core/domain/requests';
import { toBundleItem, writeBundle } from '#core/learn/book/bundle';
import { settingsFromWire } from '#core/settingsFromWire';
import { createMcpServer } from '#mcp/createMcpServer';
import { Workspace } from '#mcp/workspace';
import { createLog } from '#node/log';
import { quietPorts } from './ports.ts';
import { errorPoint, practicePoint, skillPoint } from './skills.ts';

export const QUIET = createLog(() => undefined, 'off');

/** A coordinator as a head makes one, over a data directory that others may have open as well. */
export async function openCoordinator(dataDirectory: string, wire: Record<string, unknown> = {}): Promise<Coordinator> {
	const ports = quietPorts();
	return (await createCoordinator({ ports, settings: settingsFromWire(wire).settings, dataDirectory })).coordinator;
}

export interface TestServer {
	readonly workspace: Workspace;
	/** How often a coordinator was made. */
	readonly opened: () => number;
	/** A client of its own connection, by the SDK. */
	connect(name?: string): Promise<Client>;
	close(): Promise<void>;
}

/** The server of an agent in this process, its clients linked to it in memory. */
export function startTestServer(options: {
	readonly folder: string;
	readonly data: string;
	readonly wire?: Record<string, unknown>;
	readonly waitMs?: number;
	readonly restMs?: number;
}): TestServer {
	let opened = 0;
	const workspace = new Workspace({
		folders: [options.folder],
		dataDirectory: options.data,
		log: QUIET,
		open: () => {
			opened++;
			return openCoordinator(options.data, options.wire);
		},
		...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
		...(options.restMs === undefined ? {} : { restMs: options.restMs }),
	});
	const clients: Client[] = [];
	return {
		workspace,
		opened: () => opened,
		async connect(name = 'tester') {
			const [here, there] = InMemoryTransport.createLinkedPair();
			const client = new Client({ name, version: '1.0.0' });
			await createMcpServer({ workspace, log: QUIET }).connect(there);
			await client.connect(here);
			clients.push(client);
			return client;
		},
		async close() {
			for (const client of clients) await client.close();
			await workspace.close();
		},
	};
}

export interface ToolResult<T> {
	readonly text: string;
	readonly data: T;
	readonly isError: boolean;
}

/** Calls a tool and reads both sides of its result. The client checks the data against the schema of the tool. */
export async function callTool<T = Record<string, unknown>>(client: Client, name: string, input: Record<string, unknown> = {}): Promise<ToolResult<T>> {
	const { content, structuredContent, isError } = (await client.callTool({ name, arguments: input })) as CallToolResult;
	const [first] = content;
	return { text: first?.type === 'text' ? first.text : '', data: structuredContent as T, isError: isError === true };
}

/** A skill, a practice and an error solution that the workspace has learned. */
export async function teach(coordinator: Coordinator, folder: string): Promise<void> {
	await coordinator.openFolders([{ path: folder, name: basename(folder) }]);
	const items = [
		toBundleItem(
			'skills-patterns',
			'00000000-0000-4000-8000-000000000001',
			skillPoint(1, { skill_name: 'Retry requests', description: 'Retry a request with growing waits.' }).payload,
		),
		toBundleItem('best-practices', '00000000-0000-4000-8000-000000000002', practicePoint(2, { title: 'Money is kept in cents' }).payload),
		toBundleItem(
			'error-solutions',
			'00000000-0000-4000-8000-000000000003',
			errorPoint(3, {
				error_message: "Cannot find module './ledger' or its corresponding type declarations.",
				solution: 'Add the file extension: import from ./ledger.ts.',
			}).payload,
		),
	];
	const text = writeBundle(items.filter((item) => item !== null));
	await coordinator.knowledge.import({ text, isApplied: true, isTrusted: true });
}
