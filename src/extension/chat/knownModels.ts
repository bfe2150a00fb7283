import * as vscode from 'vscode';
import type { ModelDescription } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { SETTING_SECTION } from '../ids.ts';

/** The models of servers that were there last, kept between windows. */
const STATE_KEY = 'models.known';
/** Time between two looks that nobody but the picker asked for. */
const PAUSE_MS = 30_000;

/** Models of servers: those that were there last at once, and those that are there now as soon as the coordinator runs and says so. */
export class KnownModels implements vscode.Disposable {
	readonly #client: CoordinatorClient;
	readonly #state: vscode.Memento;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscriptions: vscode.Disposable;
	#models: readonly ModelDescription[];
	#lastLookMs = 0;

	readonly onDidChange = this.#changed.event;

	constructor(client: CoordinatorClient, state: vscode.Memento) {
		this.#client = client;
		this.#state = state;
		this.#models = state.get<readonly ModelDescription[]>(STATE_KEY, []);
		let wasRunning = client.status !== null;
		this.#subscriptions = vscode.Disposable.from(
			client.onDidChangeStatus((status) => {
				if (status && !wasRunning) void this.#look();
				wasRunning = status !== null;
			}),
			vscode.workspace.onDidChangeConfiguration((event) => {
				if (event.affectsConfiguration(`${SETTING_SECTION}.models`) && client.status) void this.#look();
			}),
		);
	}

	/** Never waits for the coordinator: it may be asking for the editor's models right now, of which these are some. Looks again behind the caller's back. */
	list(): readonly ModelDescription[] {
		if (this.#client.status && Date.now() - this.#lastLookMs > PAUSE_MS) void this.#look();
		return this.#models;
	}

	dispose(): void {
		this.#subscriptions.dispose();
		this.#changed.dispose();
	}

	async #look(): Promise<void> {
		this.#lastLookMs = Date.now();
		const all = await this.#client.request('models/list', null).catch(() => null);
		if (!all) return;
		const own = all.filter(({ id }) => !id.startsWith('host:'));
		if (JSON.stringify(own) === JSON.stringify(this.#models)) return;
		this.#models = own;
		await this.#state.update(STATE_KEY, own);
		this.#changed.fire();
	}
}
