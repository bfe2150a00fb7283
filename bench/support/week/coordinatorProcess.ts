import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { type AnswerSummary, type AskPart, type AskQuery, type ClientNotifications, type ClientRequests, type Hit, PROTOCOL_VERSION } from '#protocol/messages';

const ROOT = join(import.meta.dirname, '../../..');

export interface Answered {
	readonly summary: AnswerSummary;
	/** The code that was sent, best first. */
	readonly hits: readonly Hit[];
}

/** The built coordinator in a process of its own, spoken to as the extension does. */
export class CoordinatorProcess {
	readonly #child: ChildProcess;
	readonly #connection: MessageConnection;
	readonly #hits = new Map<string, readonly Hit[]>();
	readonly #exited: Promise<unknown>;
	/** What it wrote into its log. */
	readonly warnings: string[] = [];

	private constructor(child: ChildProcess) {
		this.#child = child;
		this.#exited = once(child, 'exit');
		this.#connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
		this.#connection.onRequest('secrets/get', () => null);
		this.#connection.onRequest('hostModels/list', () => []);
		this.#connection.onNotification('ask/part', ({ interactionId, part }: { interactionId: string; part: AskPart }) => {
			if (part.type === 'references') this.#hits.set(interactionId, part.hits);
		});
		this.#connection.onNotification('log', ({ level, message }: { level: string; message: string }) => {
			if (level === 'warn' || level === 'error') this.warnings.push(message);
		});
		this.#connection.listen();
	}

	/** `clockOffsetMs`: how much later it is for this process than for the machine. `seed`: of what it draws by chance. */
	static async start(options: {
		readonly dataDirectory: string;
		readonly folders: readonly { readonly path: string; readonly name: string }[];
		readonly settings: Readonly<Record<string, unknown>>;
		readonly clockOffsetMs: number;
		readonly seed: number;
	}): Promise<CoordinatorProcess> {
		const child = fork(join(ROOT, 'dist/server.mjs'), {
			execArgv: ['--import', join(import.meta.dirname, 'movedClock.mjs')],
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
			env: {
				...process.env,
				HYBRID_DATA_DIRECTORY: options.dataDirectory,
				HYBRID_BENCH_CLOCK_OFFSET_MS: String(options.clockOffsetMs),
				HYBRID_BENCH_SEED: String(options.seed),
			},
		});
		const started = new CoordinatorProcess(child);
		await started.request('initialize', {
			protocolVersion: PROTOCOL_VERSION,
			settings: options.settings,
			folders: options.folders,
			extensionPath: ROOT,
			logLevel: 'warn',
		});
		await started.request('index/start', null);
		return started;
	}

	request<R extends keyof ClientRequests>(name: R, parameters: ClientRequests[R][0]): Promise<ClientRequests[R][1]> {
		return this.#connection.sendRequest<ClientRequests[R][1]>(name, parameters);
	}

	notify<N extends keyof ClientNotifications>(name: N, value: ClientNotifications[N]): Promise<void> {
		return this.#connection.sendNotification(name, value);
	}

	async ask(query: Pick<AskQuery, 'interactionId' | 'prompt'> & Partial<AskQuery>): Promise<Answered> {
		const summary = await this.request('ask', { history: [], attachments: [], signals: {}, ...query });
		const hits = this.#hits.get(query.interactionId) ?? [];
		this.#hits.delete(query.interactionId);
		return { summary, hits };
	}

	/** Resolves when every chunk has its vector. */
	async whenEmbedded(): Promise<void> {
		for (;;) {
			const { vectors, phase } = await this.request('index/status', null);
			if (phase === 'ready' && vectors.done === vectors.total) return;
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	}

	/** Ends as it does with its window. */
	async end(): Promise<void> {
		await this.request('shutdown', null);
		this.#child.disconnect();
		await this.#exited;
	}

	/** Ends as in a crash. */
	async kill(): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.#exited;
		this.#connection.dispose();
	}
}
