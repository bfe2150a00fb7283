import { CoordinatorError } from '#core/base/errors';
import { Emitter, type Event } from '#core/base/event';

/** Why a shared store is not used now; null while it is. */
export type SharedProblem = Pick<CoordinatorError, 'code' | 'message' | 'details'>;

/** What is known of the way to a shared store. A failure closes it, until a probe has gone well. */
export class SharedLink {
	readonly #probe: () => Promise<void>;
	readonly #changed = new Emitter<void>();
	#problem: SharedProblem | null = { code: 'server-unreachable', message: 'The shared store was not asked yet.', details: {} };
	#hasAsked = false;

	/** `probe` rejects when the store cannot be used. */
	constructor(probe: () => Promise<void>) {
		this.#probe = probe;
	}

	get isOpen(): boolean {
		return this.#problem === null;
	}

	/** Null also before the first probe. */
	get problem(): SharedProblem | null {
		return this.#hasAsked ? this.#problem : null;
	}

	get onDidChange(): Event<void> {
		return this.#changed.event;
	}

	/** Asks whether the store can be used; never rejects. */
	async probe(): Promise<boolean> {
		try {
			await this.#probe();
			this.#set(null);
		} catch (error) {
			this.failed(error);
		}
		return this.isOpen;
	}

	/** The same for a caller who needs the store: rejects with why it cannot be used. */
	async require(): Promise<void> {
		await this.probe();
		if (this.#problem) throw new CoordinatorError(this.#problem.code, this.#problem.message, { isRetryable: true, details: this.#problem.details });
	}

	failed(error: unknown): void {
		if (CoordinatorError.is(error, 'cancelled')) return;
		this.#set(
			CoordinatorError.is(error) ? { code: error.code, message: error.message, details: error.details } : { code: 'internal', message: String(error), details: {} },
		);
	}

	#set(problem: SharedProblem | null): void {
		const hasChanged = !this.#hasAsked || this.#problem?.code !== problem?.code;
		this.#hasAsked = true;
		this.#problem = problem;
		if (hasChanged) this.#changed.fire();
	}
}
