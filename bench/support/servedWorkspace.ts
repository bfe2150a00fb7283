import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { addUser } from '#mcp/http/users';

/** What a process takes. `heapMb`: JavaScript's objects with the buffers that they hold, without those of its workers. */
export interface ProcessUse {
	readonly rssMb: number;
	readonly heapMb: number;
	readonly cpuSeconds: number;
}

/** The built `serve` in a process of its own, over a data directory that goes with it. */
export class ServedWorkspace {
	readonly url: string;
	/** One for each user. */
	readonly tokens: readonly string[];
	readonly #child: ChildProcess;
	readonly #folder: string;

	private constructor(child: ChildProcess, folder: string, url: string, tokens: readonly string[]) {
		this.#child = child;
		this.#folder = folder;
		this.url = url;
		this.tokens = tokens;
	}

	static async start(workspace: string, users: number): Promise<ServedWorkspace> {
		const folder = mkdtempSync(join(tmpdir(), 'hybrid-bench-serve-'));
		const list = join(folder, 'users');
		const tokens = Array.from({ length: users }, (_, i) => addUser(list, `user${i}`));
		const runtime = ['--no-warnings', '--expose-gc', '--import', join(import.meta.dirname, 'memoryProbe.mjs'), join(import.meta.dirname, '../../dist/cli.mjs')];
		const words = ['serve', '--users', list, '--workspace', workspace, '--data-directory', join(folder, 'data'), '--listen', '127.0.0.1:0'];
		const child = spawn(process.execPath, [...runtime, ...words], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
		const url = await new Promise<string>((resolve, reject) => {
			createInterface({ input: child.stderr as NonNullable<typeof child.stderr> }).on('line', (line) => {
				if (line.startsWith('Serving ')) resolve(line.slice('Serving '.length));
				else process.stderr.write(`server: ${line}\n`);
			});
			child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)));
		});
		return new ServedWorkspace(child, folder, url, tokens);
	}

	/** `collect`: after everything is collected that nothing holds any more. Asked one after another. */
	async use(options: { readonly collect: boolean } = { collect: false }): Promise<ProcessUse> {
		const answer = once(this.#child, 'message');
		this.#child.send(options);
		return (await answer)[0];
	}

	async close(): Promise<void> {
		this.#child.kill('SIGTERM');
		if (this.#child.exitCode === null) await once(this.#child, 'exit');
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
