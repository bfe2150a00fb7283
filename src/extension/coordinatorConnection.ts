import type { ChildProcess } from 'node:child_process';
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
import type { ClientNotifications, ClientRequests, ServerNotifications, WireError } from '#protocol/messages';
import { CoordinatorFailure } from './coordinatorFailure.ts';
import { serveHostModels } from './ports/hostModels.ts';

export interface ConnectionListeners {
	onNotification<N extends keyof ServerNotifications>(name: N, value: ServerNotifications[N]): void;
	secret(name: string): Thenable<string | undefined>;
	onError(error: Error): void;
}

/** Messages to and from the coordinator's process. Only this module and what it imports know the wire; it is loaded when the first process is forked. */
export class CoordinatorConnection {
	readonly #connection: MessageConnection;

	constructor(child: ChildProcess, listeners: ConnectionListeners) {
		const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
		for (const name of ['index/statusChanged', 'ask/part', 'models/pullProgress', 'log'] as const) {
			connection.onNotification(name, (value: ServerNotifications[typeof name]) => listeners.onNotification(name, value));
		}
		connection.onRequest('secrets/get', ({ name }: { name: string }) => listeners.secret(name).then((value) => value ?? null));
		serveHostModels(connection);
		connection.onError(([error]) => listeners.onError(error));
		connection.listen();
		this.#connection = connection;
	}

	/** Rejects with a CoordinatorFailure. */
	async request<R extends keyof ClientRequests>(name: R, params: ClientRequests[R][0], token?: vscode.CancellationToken): Promise<ClientRequests[R][1]> {
		const cancellation = new CancellationTokenSource();
		const subscription = token?.onCancellationRequested(() => cancellation.cancel());
		if (token?.isCancellationRequested) cancellation.cancel();
		try {
			return await this.#connection.sendRequest<ClientRequests[R][1]>(name, params, cancellation.token);
		} catch (error) {
			// The library rejects what is in flight when the connection is disposed of, which the process's end does.
			const isDead = error instanceof ConnectionError || (error instanceof ResponseError && error.code === ErrorCodes.PendingResponseRejected);
			if (isDead) throw new CoordinatorFailure('coordinator-died', vscode.l10n.t('The coordinator ended while it worked on this.'));
			const data = error instanceof ResponseError ? (error.data as WireError | undefined) : undefined;
			throw new CoordinatorFailure(data?.code ?? 'internal', error instanceof Error ? error.message : String(error), data?.details);
		} finally {
			subscription?.dispose();
			cancellation.dispose();
		}
	}

	notify<N extends keyof ClientNotifications>(name: N, value: ClientNotifications[N]): Promise<void> {
		return this.#connection.sendNotification(name, value);
	}

	dispose(): void {
		this.#connection.dispose();
	}
}
