import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
	CancellationTokenSource,
	ConnectionError,
	createMessageConnection,
	ErrorCodes,
	IPCMessageReader,
	IPCMessageWriter,
	type MessageConnection,
	ResponseError,
} from 'vscode-jsonrpc/node';
import {
	type AskPart,
	type ClientNotifications,
	type ClientRequests,
	type IndexStatus,
	type InitializeResult,
	PROTOCOL_VERSION,
	type ServerNotifications,
	type WireError,
} from '#protocol/messages';
import { childEnvironment } from './childEnvironment.ts';
import { CoordinatorFailure } from './coordinatorFailure.ts';
import { serveHostModels } from './ports/hostModels.ts';
import { readSettings } from './readSettings.ts';
import type { ShownState } from './status/shownState.ts';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
/** So many deaths within the window, and starting again is the user's decision. */
const MAX_DEATHS = 5;
const DEATH_WINDOW_MS = 180_000;
const SHUTDOWN_LIMIT_MS = 2_000;

/** Starts the coordinator's process, talks to it, and starts it again with growing delays when it dies. */
export class CoordinatorClient implements vscode.Disposable, ShownState {
	readonly #context: vscode.ExtensionContext;
	readonly #log: vscode.LogOutputChannel;
	readonly #onDidChangeStatus = new vscode.EventEmitter<IndexStatus | null>();
	readonly #partListeners = new Map<string, (part: AskPart) => void>();
	#running: { readonly child: ChildProcess; readonly connection: MessageConnection; ready: Promise<InitializeResult> } | undefined;
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
		return this.#send(running.connection, name, params, token);
	}

	/** A request whose parts stream while it runs. */
	async ask(query: ClientRequests['ask'][0], onPart: (part: AskPart) => void, token: vscode.CancellationToken): Promise<ClientRequests['ask'][1]> {
		this.#partListeners.set(query.interactionId, onPart);
		try {
			return await this.request('ask', query, token);
		} finally {
			this.#partListeners.delete(query.interactionId);
		}
	}

	/** Tells the coordinator, where it runs; a later start reads settings and folders anew. */
	notify<N extends keyof ClientNotifications>(name: N, value: ClientNotifications[N]): void {
		const running = this.#running;
		running?.ready.then(() => running.connection.sendNotification(name, value)).catch(() => undefined);
	}

	dispose(): void {
		this.#isDisposed = true;
		this.#clearTimer();
		void this.#stop();
		this.#onDidChangeStatus.dispose();
	}

	#spawn() {
		const child = fork(join(this.#context.extensionPath, 'dist', 'server.mjs'), [], {
			execArgv: ['--no-warnings'],
			env: childEnvironment(process.env),
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		});
		for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => this.#log.debug(`coordinator: ${data.toString().trimEnd()}`));
		const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
		this.#listen(connection);
		connection.listen();
		const ready = this.#send(connection, 'initialize', {
			protocolVersion: PROTOCOL_VERSION,
			settings: readSettings(),
			folders: currentFolders(),
			extensionPath: this.#context.extensionPath,
			logLevel: toLogLevel(this.#log.logLevel),
		});
		const running = { child, connection, ready };
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
				this.#send(connection, 'index/start', null).catch(warn);
				if (this.#wasPaused) this.#send(connection, 'index/pause', null).catch(warn);
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

	#listen(connection: MessageConnection): void {
		const on = <N extends keyof ServerNotifications>(name: N, react: (value: ServerNotifications[N]) => void) => connection.onNotification(name, react);
		on('index/statusChanged', (status) => this.#setStatus(status));
		on('ask/part', ({ interactionId, part }) => this.#partListeners.get(interactionId)?.(part));
		on('log', ({ level, message }) => this.#log[level](message));
		connection.onRequest('secrets/get', ({ name }: { name: string }) => this.#context.secrets.get(name).then((value) => value ?? null));
		serveHostModels(connection);
		connection.onError(([error]) => this.#log.error(error));
	}

	async #send<R extends keyof ClientRequests>(
		connection: MessageConnection,
		name: R,
		params: ClientRequests[R][0],
		token?: vscode.CancellationToken,
	): Promise<ClientRequests[R][1]> {
		const cancellation = new CancellationTokenSource();
		const subscription = token?.onCancellationRequested(() => cancellation.cancel());
		try {
			return await connection.sendRequest<ClientRequests[R][1]>(name, params, cancellation.token);
		} catch (error) {
			// The library rejects what is in flight when the connection is disposed of, which `#onExit` does.
			const isDead = error instanceof ConnectionError || (error instanceof ResponseError && error.code === ErrorCodes.PendingResponseRejected);
			if (isDead) throw new CoordinatorFailure('coordinator-died', vscode.l10n.t('The coordinator ended while it worked on this.'));
			const data = error instanceof ResponseError ? (error.data as WireError | undefined) : undefined;
			throw new CoordinatorFailure(data?.code ?? 'internal', error instanceof Error ? error.message : String(error), data?.details);
		} finally {
			subscription?.dispose();
			cancellation.dispose();
		}
	}

	#onExit(running: { readonly connection: MessageConnection }): void {
		running.connection.dispose();
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
		const isEarly = status?.phase === 'not-indexed' || status?.phase === 'scanning';
		if (status && (status.isSearchable || !isEarly || !this.#wasIndexing)) this.#isCatchingUp = false;
		if (!this.#isCatchingUp && status) this.#lastStatus = status;
		this.#onDidChangeStatus.fire(status);
	}

	async #stop(): Promise<void> {
		const running = this.#running;
		this.#running = undefined;
		if (!running) return;
		const exited = new Promise<void>((resolve) => running.child.once('exit', () => resolve()));
		running.connection.sendRequest('shutdown', null).then(
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
