import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { assetsPath } from './assets.ts';

/** The built server as a child, spoken to in raw lines. */
export interface McpProcess {
	readonly child: ChildProcessWithoutNullStreams;
	/** Every line of standard output. */
	readonly lines: string[];
	readonly errors: () => string;
	send(message: unknown): void;
	/** The answer to a request of this id. */
	answer(id: number): Promise<Record<string, unknown>>;
	initialize(): Promise<Record<string, unknown>>;
	readonly exit: Promise<readonly [code: number | null, afterMs: number]>;
}

export function startMcpProcess(options: {
	readonly folder: string;
	readonly data: string;
	readonly words?: readonly string[];
	readonly environment?: Record<string, string>;
	/** Bundle and first words; default the bundle for agents. */
	readonly program?: readonly [bundle: string, ...words: string[]];
}): McpProcess {
	const [file, ...first] = options.program ?? ['mcp.mjs'];
	const child = spawn(process.execPath, ['--no-warnings', join(assetsPath(), file), ...first, '--workspace', options.folder, ...(options.words ?? [])], {
		env: { ...process.env, HYBRID_DATA_DIRECTORY: options.data, ...options.environment },
	});
	const lines: string[] = [];
	let errors = '';
	child.stderr.on('data', (part) => {
		errors += part;
	});
	child.stdin.on('error', () => undefined);
	const waiting = new Map<number, (message: Record<string, unknown>) => void>();
	createInterface({ input: child.stdout }).on('line', (line) => {
		lines.push(line);
		const message = JSON.parse(line) as Record<string, unknown>;
		waiting.get(message.id as number)?.(message);
	});
	const started = Date.now();
	const exit = once(child, 'exit').then(([code]) => [code as number | null, Date.now() - started] as const);
	const send = (message: unknown) => void child.stdin.write(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`);
	const answer = (id: number) =>
		new Promise<Record<string, unknown>>((resolve) => {
			const known = lines.map((line) => JSON.parse(line)).find((message) => message.id === id);
			if (known) resolve(known);
			else waiting.set(id, resolve);
		});
	return {
		child,
		lines,
		errors: () => errors,
		send,
		answer,
		exit,
		async initialize() {
			send({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } } });
			const message = await answer(0);
			send({ jsonrpc: '2.0', method: 'notifications/initialized' });
			return message;
		},
	};
}

export const toolCall = (id: number, name: string, input: unknown) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: input } });
