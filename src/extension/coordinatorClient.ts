import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
	type AskPart,
	type ClientNotifications,
	type ClientRequests,
	type IndexStatus,
	type InitializeResult,
	PROTOCOL_VERSION,
	type PullProgress,
	type ServerNotifications,
} from '#protocol/messages';
import { childEnvironment } from './childEnvironment.ts';
import type { ConnectionListeners, CoordinatorConnection } from './coordinatorConnection.ts';
import { CoordinatorFailure } from './coordinatorFailure.ts';
import { readSettings } from './readSettings.ts';
import type { ShownState } from './status/shownState.ts';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
/** So many deaths within the window, and starting again is the user's decision. */
const MAX_DEATHS = 5;
const DEATH_WINDOW_MS = 180_000;
const SHUTDOWN_LIMIT_MS = 2_000;

interface RunningCoordinator {
	readonly child: ChildProcess;
	/** Rejects never: what the module of the connection needs is in the package. */
	readonly connection: Promise<CoordinatorConnection>;
	ready: Promise<InitializeResult>;
}

/** Starts the coordinator's process, talks to it, and starts it again with growing delays when it dies. */
export class CoordinatorClient implements vscode.Disposable, ShownState {
	readonly #context: vscode.ExtensionContext;
	readonly #log: vscode.LogOutputChannel;
	readonly #onDidChangeStatus = new vscode.EventEmitter<IndexStatus | null>();
	readonly #onDidAnswer = new vscode.EventEmitter<void>();
	readonly #partListeners = new Map<string, (part: AskPart) => void>();
	readonly #pullListeners = new Map<string, (progress: PullProgress) => void>();
	#running: RunningCoordinator | undefined;
	#deaths: number[] = [];
	#timer: NodeJS.Timeout | undefined;
	#isDisposed = false;
	#failure: CoordinatorFailure | undefined;
	#status: IndexStatus | null = null;
	#lastStatus: IndexStatus | null = null;
	/** From a death until the index is known again: until then the new status says less than the last one. */
	#isCatchingUp = false;
	#wasIndexing = false;
	#wasPaused = false;

	/** The newest status; null while the coordinator is not there. */
	readonly onDidChangeStatus = this.#onDidChangeStatus.event;
	/** A question of this window came to its end. */
	readonly onDidAnswer = this.#onDidAnswer.event;

	constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
		this.#context = context;
		this.#log = log;
	}

	get status(): IndexStatus | null {
		return this.#status;
	}

	get shownStatus(): IndexStatus | null {
		return this.transition ? this.#lastStatus : this.#status;
	}

	get transition(): ShownState['transition'] {
		if (this.#failure || (!this.#running && !this.#timer)) return null;
		if (this.#isCatchingUp) return 'restarting';
		return this.#status ? null : 'starting';
	}

	/** Why the coordinator is not running, when it gave up. */
	get failure(): CoordinatorFailure | undefined {
		return this.#failure;
	}

	/** The process id, for tests and the log. */
	get processId(): number | undefined {
		return this.#running?.child.pid;
	}

	/** Starts the coordinator where it is not running, also after it was given up. */
	async start(): Promise<InitializeResult> {
		this.#clearTimer();
		this.#failure = undefined;
		return (this.#running ?? this.#spawn()).ready;
	}

	async restart(): Promise<void> {
		this.#deaths = [];
		await this.#stop();
		await this.start();
	}

	/** Sends a request; starts the coordinator first where it is not running. Rejects with a CoordinatorFailure. */
	async request<R extends keyof ClientRequests>(name: R, params: ClientRequests[R][0], token?: vscode.CancellationToken): Promise<ClientRequests[R][1]> {
		if (this.#failure) throw this.#failure;
		const running = this.#running ?? this.#spawn();
		await running.ready;
		if (name === 'index/start') this.#wasIndexing = true;
		if (name === 'index/stop' || name === 'index/clear') this.#wasIndexing = false;
		if (name === 'index/pause') this.#wasPaused = true;
		if (name === 'index/start' || name === 'index/resume' || name === 'index/stop' || name === 'index/clear') this.#wasPaused = false;
		return (await running.connection).request(name, params, token);
	}

	/** A request whose parts stream while it runs. */
	async ask(query: ClientRequests['ask'][0], onPart: (part: AskPart) => void, token: vscode.CancellationToken): Promise<ClientRequests['ask'][1]> {
		this.#partListeners.set(query.interactionId, onPart);
		try {
			return await this.request('ask', query, token);
		} finally {
			this.#partListeners.delete(query.interactionId);
			if (!this.#isDisposed) this.#onDidAnswer.fire();
		}
	}

	/** Has an Ollama server fetch a model, with its progress. */
	async pullModel(
		request: { readonly url: string; readonly model: string },
		onProgress: (progress: PullProgress) => void,
		token: vscode.CancellationToken,
	): Promise<void> {
		const pullId = randomUUID();
		this.#pullListeners.set(pullId, onProgress);
		try {
			await this.request('models/pull', { pullId, ...request }, token);
		} finally {
			this.#pullListeners.delete(pullId);
		}
	}

	/** Tells the coordinator, where it runs; a later start reads settings and folders anew. */
	notify<N extends keyof ClientNotifications>(name: N, value: ClientNotifications[N]): void {
		const running = this.#running;
		running?.ready
			.then(() => running.connection)
			.then((connection) => connection.notify(name, value))
			.catch(() => undefined);
	}

	dispose(): void {
		this.#isDisposed = true;
		this.#clearTimer();
		void this.#stop();
		this.#onDidChangeStatus.dispose();
		this.#onDidAnswer.dispose();
	}

	#spawn() {
		const child = fork(join(this.#context.extensionPath, 'dist', 'server.mjs'), [], {
			execArgv: ['--no-warnings'],
			env: childEnvironment(process.env),
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		});
		for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => this.#log.debug(`coordinator: ${data.toString().trimEnd()}`));
		// Loaded with the first process: activation has no use for it.
		const connection = import('./coordinatorConnection.ts').then((module) => new module.CoordinatorConnection(child, this.#listeners()));
		const ready = connection.then((opened) =>
			opened.request('initialize', {
				protocolVersion: PROTOCOL_VERSION,
				settings: readSettings(),
				folders: currentFolders(),
				extensionPath: this.#context.extensionPath,
				logLevel: toLogLevel(this.#log.logLevel),
			}),
		);
		const running: RunningCoordinator = { child, connection, ready };
		this.#clearTimer();
		this.#running = running;
		this.#setStatus(null);
		const died = new Promise<never>((_, reject) => {
			child.once('error', (error) => reject(new CoordinatorFailure('internal', error.message)));
			child.once('exit', (code, signal) => {
				reject(new CoordinatorFailure('coordinator-died', `The coordinator ended (${signal ?? code}).`));
				this.#onExit(running);
			});
		});
		died.catch(() => undefined);
		running.ready = Promise.race([ready, died]);
		running.ready.then(
			(result) => {
				this.#log.info(`Coordinator ${result.version} runs with ${result.sqliteEngine}; data in ${result.dataDirectory}`);
				this.#setStatus(result.status);
				if (!this.#wasIndexing) return;
				const warn = (error: unknown) => this.#log.warn(String(error));
				const send = (name: 'index/start' | 'index/pause') => connection.then((opened) => opened.request(name, null)).catch(warn);
				void send('index/start');
				if (this.#wasPaused) void send('index/pause');
			},
			(error) => {
				this.#log.error(`The coordinator did not start: ${error}`);
				if (this.#running === running && error instanceof CoordinatorFailure && error.code !== 'coordinator-died') {
					this.#failure = error;
					this.#setStatus(null);
					void this.#stop();
				}
			},
		);
		return running;
	}

	#listeners(): ConnectionListeners {
		const react: { readonly [N in keyof ServerNotifications]: (value: ServerNotifications[N]) => void } = {
			'index/statusChanged': (status) => this.#setStatus(status),
			'ask/part': ({ interactionId, part }) => this.#partListeners.get(interactionId)?.(part),
			'models/pullProgress': ({ pullId, progress }) => this.#pullListeners.get(pullId)?.(progress),
			'log': ({ level, message }) => this.#log[level](message),
		};
		return {
			onNotification: (name, value) => react[name](value),
			secret: (name) => this.#context.secrets.get(name),
			onError: (error) => this.#log.error(error),
		};
	}

	#onExit(running: RunningCoordinator): void {
		void running.connection.then((connection) => connection.dispose());
		if (this.#running !== running) return;
		this.#running = undefined;
		this.#status = null;
		if (!this.#isDisposed && !this.#failure) this.#startAgain();
		this.#setStatus(null);
	}

	/** After a growing delay, or never where it died too often. */
	#startAgain(): void {
		this.#isCatchingUp = this.#lastStatus !== null;
		const now = Date.now();
		this.#deaths = [...this.#deaths.filter((time) => now - time < DEATH_WINDOW_MS), now];
		if (this.#deaths.length >= MAX_DEATHS) {
			this.#failure = new CoordinatorFailure('coordinator-gave-up', `The coordinator died ${MAX_DEATHS} times within three minutes.`);
			this.#log.error(this.#failure.message);
			return;
		}
		const delay = Math.min(FIRST_DELAY_MS * 2 ** (this.#deaths.length - 1), LONGEST_DELAY_MS);
		this.#log.warn(`The coordinator ended unexpectedly; it starts again in ${delay / 1_000} s.`);
		this.#timer = setTimeout(() => void this.start().catch(() => undefined), delay);
	}

	#clearTimer(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	#setStatus(status: IndexStatus | null): void {
		if (this.#isDisposed) return;
		this.#status = status;
		const isEarly = status?.phase === 'not-indexed' || status?.phase === 'scanning' || status?.phase === 'indexing';
		if (status && (status.isSearchable || !isEarly || !this.#wasIndexing)) this.#isCatchingUp = false;
		if (!this.#isCatchingUp && status) this.#lastStatus = status;
		this.#onDidChangeStatus.fire(status);
	}

	async #stop(): Promise<void> {
		const running = this.#running;
		this.#running = undefined;
		if (!running) return;
		const exited = new Promise<void>((resolve) => running.child.once('exit', () => resolve()));
		const closed = running.connection.then((connection) => connection.request('shutdown', null));
		closed.then(
			() => running.child.disconnect(),
			() => running.child.kill(),
		);
		await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, SHUTDOWN_LIMIT_MS))]);
		if (running.child.exitCode === null && running.child.signalCode === null) running.child.kill('SIGKILL');
	}
}

/** The workspace's folders that lie on a disk. */
export function currentFolders(): { readonly path: string; readonly name: string }[] {
	return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri, name }) => ({ path: uri.fsPath, name }));
}

/** VS Code's level in the protocol's words. */
export function toLogLevel(level: vscode.LogLevel): ClientNotifications['log/level']['level'] {
	return (['off', 'trace', 'debug', 'info', 'warn', 'error'] as const)[level] ?? 'info';
}
