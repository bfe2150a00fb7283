import type { CommandRun, KnowledgeHit } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';

/** Failures that are kept, the newest. */
const KEPT = 10;
/** What has not passed by then is not waited for. */
const KEPT_MS = 24 * 3_600_000;

/**
 * Tells the coordinator of commands that ended, and one that was started anew of those that failed before and have not passed since: it keeps them in
 * memory alone, as this does, because what a command prints may hold secrets that nobody recognises.
 */
export class CommandTeller {
	readonly #client: Pick<CoordinatorClient, 'request' | 'status' | 'onDidChangeStatus'>;
	readonly #nowMs: () => number;
	readonly #subscription: { dispose(): unknown };
	/** By what was run; the last to fail is the last. */
	readonly #failures = new Map<string, CommandRun>();
	#isGone: boolean;
	#isToldAgain: Promise<void> = Promise.resolve();

	constructor(client: Pick<CoordinatorClient, 'request' | 'status' | 'onDidChangeStatus'>, nowMs: () => number = Date.now) {
		this.#client = client;
		this.#nowMs = nowMs;
		this.#isGone = client.status === null;
		this.#subscription = client.onDidChangeStatus((status) => {
			if (status && this.#isGone) this.#isToldAgain = this.#tellAgain();
			this.#isGone = status === null;
		});
	}

	/** Gives what solved such an error before. While the coordinator is away nothing is known; it is told when it is back. */
	async tell(run: CommandRun): Promise<readonly KnowledgeHit[]> {
		this.#keep(run);
		if (this.#client.status === null) return [];
		// What failed before comes before.
		await this.#isToldAgain;
		return this.#client.request('command/ended', run);
	}

	forget(): void {
		this.#failures.clear();
	}

	dispose(): void {
		this.#subscription.dispose();
	}

	#keep(run: CommandRun): void {
		const key = JSON.stringify([run.source, run.cwd, run.commandLine.replace(/\s+/g, ' ').trim()]);
		this.#failures.delete(key);
		if (run.exitCode !== 0) this.#failures.set(key, run);
		for (const [other, { timeMs }] of this.#failures) {
			if (this.#failures.size > KEPT || this.#nowMs() - timeMs > KEPT_MS) this.#failures.delete(other);
		}
	}

	/** One that dies meanwhile is told when the next one is there. */
	async #tellAgain(): Promise<void> {
		try {
			for (const run of [...this.#failures.values()]) if (this.#nowMs() - run.timeMs <= KEPT_MS) await this.#client.request('command/ended', run);
		} catch {
			return;
		}
	}
}
