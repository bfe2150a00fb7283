import * as vscode from 'vscode';
import type { SpendingSummary } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';

/** Another window spends too. */
const INTERVAL_MS = 300_000;

/** What was spent and saved, as of the last answer of this window or some minutes ago. */
export class SpendingWatch implements vscode.Disposable {
	readonly #client: CoordinatorClient;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscriptions: vscode.Disposable;
	#summary: SpendingSummary | null = null;
	#isLooking = false;

	readonly onDidChange = this.#changed.event;

	constructor(client: CoordinatorClient) {
		this.#client = client;
		let wasRunning = client.status !== null;
		const timer = setInterval(() => void this.#look(), INTERVAL_MS);
		this.#subscriptions = vscode.Disposable.from(
			client.onDidAnswer(() => void this.#look()),
			client.onDidChangeStatus((status) => {
				if (status && !wasRunning) void this.#look();
				wasRunning = status !== null;
			}),
			new vscode.Disposable(() => clearInterval(timer)),
		);
	}

	/** Null before the coordinator said anything. */
	get summary(): SpendingSummary | null {
		return this.#summary;
	}

	dispose(): void {
		this.#subscriptions.dispose();
		this.#changed.dispose();
	}

	/** Never starts the coordinator. */
	async #look(): Promise<void> {
		if (this.#isLooking || !this.#client.status) return;
		this.#isLooking = true;
		try {
			this.#summary = await this.#client.request('ledger/summary', null);
			this.#changed.fire();
		} catch {
			// What was known stays: the next answer asks again.
		} finally {
			this.#isLooking = false;
		}
	}
}
