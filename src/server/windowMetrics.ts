import { join } from 'node:path';
import { CoordinatorError } from '#core/base/errors';
import type { LogPort } from '#core/ports';
import { type MetricsServer, serveMetrics } from '#node/http/serveMetrics';
import { readToken } from '#node/http/token';
import type { Monitor } from '#node/prometheus';

/** How long a window waits before it asks for a taken port again: twice as long each time, up to the most. */
const RETRY = { firstMs: 1_000, mostMs: 30_000 };

/**
 * The metrics of a window's coordinator, where a port is set for them. The token lies in the data directory, in `metrics.token`. Of several
 * windows the first has the port; the others say so in the log, and the first of them that asks after that one is gone takes its place.
 */
export class WindowMetrics {
	readonly #createMonitor: () => Monitor;
	#monitor: Monitor | undefined;
	readonly #dataDirectory: string;
	readonly #log: Pick<LogPort, 'info' | 'warn'>;
	readonly #retry: typeof RETRY;
	#waiting: NodeJS.Timeout | undefined;
	#port = 0;
	#server: MetricsServer | undefined;
	#turn: Promise<void> = Promise.resolve();

	/** `createMonitor` is called for the first port: who serves nothing counts nothing. */
	constructor(options: {
		readonly createMonitor: () => Monitor;
		readonly dataDirectory: string;
		readonly log: Pick<LogPort, 'info' | 'warn'>;
		readonly retry?: typeof RETRY;
	}) {
		this.#createMonitor = options.createMonitor;
		this.#dataDirectory = options.dataDirectory;
		this.#log = options.log;
		this.#retry = options.retry ?? RETRY;
	}

	/** Serves at this port, 0: not at all. Never rejects. */
	apply(port: number): Promise<void> {
		this.#turn = this.#turn.then(() => this.#apply(port));
		return this.#turn;
	}

	async #apply(port: number): Promise<void> {
		if (port === this.#port && (port === 0 || this.#server || this.#waiting)) return;
		clearTimeout(this.#waiting);
		this.#waiting = undefined;
		await this.#server?.close();
		this.#server = undefined;
		this.#port = port;
		if (port === 0) return;
		const problem = await this.#serve(port);
		if (!problem) return;
		this.#log.warn(`Metrics are not served by this window: ${problem instanceof Error ? problem.message : String(problem)}`);
		if (CoordinatorError.is(problem, 'invalid-argument')) this.#askAgain(port, this.#retry.firstMs);
	}

	/** Until the port is free or another is set. Only the first refusal is told. */
	#askAgain(port: number, waitMs: number): void {
		const timer = setTimeout(() => {
			this.#turn = this.#turn.then(async () => {
				// Another port, or this one again, may have been set before its turn came.
				if (this.#waiting !== timer) return;
				this.#waiting = undefined;
				if (await this.#serve(port)) this.#askAgain(port, Math.min(2 * waitMs, this.#retry.mostMs));
			});
		}, waitMs);
		this.#waiting = timer.unref();
	}

	/** Null, or why not. */
	async #serve(port: number): Promise<unknown> {
		try {
			this.#monitor ??= this.#createMonitor();
			const { token } = readToken(join(this.#dataDirectory, 'metrics.token'));
			this.#server = await serveMetrics({ port, monitor: this.#monitor, token, log: this.#log });
			this.#log.info(`Metrics are served at ${this.#server.url}`);
			return null;
		} catch (error) {
			return error;
		}
	}
}
