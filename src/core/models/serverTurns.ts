import type { Turn, TurnStore } from '#core/domain/turn';
import type { ClockPort, LogPort, ProcessPort } from '#core/ports';

/** How often who waits looks whether it is its turn. */
const LOOK_MS = 150;
/** No call takes so long: a claim that is older, of a process of which nobody can tell whether it is alive, is taken away. */
const LONGEST_TURN_MS = 3_600_000;

/**
 * Whose turn it is at servers of this machine, over all processes that share a data directory: two windows ask such a server one after the
 * other, so that neither takes the time that it waits for the other for a server that hangs. A store that fails costs the order, not the answer.
 */
export class ServerTurns {
	readonly #store: TurnStore;
	readonly #clock: ClockPort;
	readonly #processes: ProcessPort;
	readonly #log: Pick<LogPort, 'warn'>;
	/** Claims of this instance. */
	readonly #own = new Set<number>();
	#isClosed = false;

	constructor(store: TurnStore, ports: { readonly clock: ClockPort; readonly processes: ProcessPort; readonly log: Pick<LogPort, 'warn'> }) {
		this.#store = store;
		this.#clock = ports.clock;
		this.#processes = ports.processes;
		this.#log = ports.log;
	}

	/**
	 * Resolves with the end of the turn when it has come; call it once, whatever happens. `onPosition` gets how many are before this one whenever
	 * that changes, and 0 when its turn comes after a wait. Rejects with `cancelled`, and the claim is gone.
	 */
	async take(place: string, onPosition: (position: number) => void, signal?: AbortSignal): Promise<() => void> {
		const number = this.#try(() => this.#store.enter(place, this.#processes.own, this.#clock.nowMs()), null);
		if (number === null) return () => undefined;
		this.#own.add(number);
		const leave = () => {
			if (this.#own.delete(number)) this.#try(() => this.#store.leave([number]), undefined);
		};
		try {
			for (let shown = 0; ; ) {
				const ahead = this.#try(() => this.#ahead(place, number), 0);
				if (ahead !== shown) onPosition(ahead);
				if (ahead === 0) return leave;
				shown = ahead;
				await this.#clock.delay(LOOK_MS, signal);
			}
		} catch (error) {
			leave();
			throw error;
		}
	}

	/** Takes back what is claimed here, and closes the store. Who waits goes on without a turn. */
	close(): void {
		if (this.#isClosed) return;
		this.#try(() => this.#store.leave([...this.#own]), undefined);
		this.#own.clear();
		this.#try(() => this.#store.close(), undefined);
		this.#isClosed = true;
	}

	/** How many claims are before one; those of processes that have ended are taken away. */
	#ahead(place: string, number: number): number {
		const before = this.#store.turns(place).filter((turn) => turn.number < number);
		const gone = before.filter((turn) => this.#hasEnded(turn));
		if (gone.length > 0) this.#store.leave(gone.map((turn) => turn.number));
		return before.length - gone.length;
	}

	/** The clock alone ends no turn of this process. */
	#hasEnded({ owner, timeMs }: Turn): boolean {
		return this.#processes.hasEnded(owner) || (owner !== this.#processes.own && Math.abs(this.#clock.nowMs() - timeMs) > LONGEST_TURN_MS);
	}

	#try<T>(work: () => T, otherwise: T): T {
		if (this.#isClosed) return otherwise;
		try {
			return work();
		} catch (error) {
			this.#log.warn(`The queue of a model server that all windows share could not be used: ${String(error)}`);
			return otherwise;
		}
	}
}
