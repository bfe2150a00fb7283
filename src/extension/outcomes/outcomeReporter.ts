import type * as vscode from 'vscode';
import type { Signal } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';

/** Signals that the coordinator has not taken yet, kept between windows. */
const STATE_KEY = 'outcomes.pending';
/** What waits beyond that is dropped, oldest first: evidence is worth less than the memory of the editor. */
const KEPT = 200;
/** So that what comes together goes together. */
const PAUSE_MS = 200;

/** Hands signals to the coordinator, later where it is not there now, also after a reload. Reporting costs the caller nothing. */
export class OutcomeReporter implements vscode.Disposable {
	readonly #client: Pick<CoordinatorClient, 'request' | 'status' | 'onDidChangeStatus'>;
	readonly #state: Pick<vscode.Memento, 'get' | 'update'>;
	readonly #subscription: { dispose(): unknown };
	#waiting: readonly Signal[];
	#timer: NodeJS.Timeout | undefined;
	#isSending = false;

	constructor(client: Pick<CoordinatorClient, 'request' | 'status' | 'onDidChangeStatus'>, state: Pick<vscode.Memento, 'get' | 'update'>) {
		this.#client = client;
		this.#state = state;
		this.#waiting = state.get<readonly Signal[]>(STATE_KEY, []);
		this.#subscription = client.onDidChangeStatus((status) => {
			if (status && this.#waiting.length > 0) this.#sendSoon();
		});
	}

	/** Signals that still wait, for tests. */
	get waiting(): readonly Signal[] {
		return this.#waiting;
	}

	report(...signals: readonly Signal[]): void {
		if (signals.length === 0) return;
		this.#keep([...this.#waiting, ...signals].slice(-KEPT));
		this.#sendSoon();
	}

	dispose(): void {
		clearTimeout(this.#timer);
		this.#subscription.dispose();
	}

	#sendSoon(): void {
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined;
			void this.#send();
		}, PAUSE_MS);
	}

	async #send(): Promise<void> {
		if (this.#isSending) return;
		this.#isSending = true;
		const sent = this.#waiting;
		try {
			await this.#client.request('outcome/report', { signals: sent });
			const ids = new Set(sent.map(({ id }) => id));
			this.#keep(this.#waiting.filter(({ id }) => !ids.has(id)));
		} catch {
			// They wait for the next status, or for the next signal: the coordinator knows those that it has by their ids.
			return;
		} finally {
			this.#isSending = false;
		}
		if (this.#waiting.length > 0) this.#sendSoon();
	}

	#keep(signals: readonly Signal[]): void {
		this.#waiting = signals;
		void this.#state.update(STATE_KEY, signals);
	}
}
