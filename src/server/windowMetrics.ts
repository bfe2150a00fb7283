import { join } from 'node:path';
import type { LogPort } from '#core/ports';
import { type MetricsServer, serveMetrics } from '#node/http/serveMetrics';
import { readToken } from '#node/http/token';
import type { Monitor } from '#node/prometheus';

/**
 * The metrics of a window's coordinator, where a port is set for them. The token lies in the data directory, in `metrics.token`. Of several
 * windows the first has the port; the others say so in the log, and have it when they ask again after that one is gone.
 */
export class WindowMetrics {
	readonly #createMonitor: () => Monitor;
	#monitor: Monitor | undefined;
	readonly #dataDirectory: string;
	readonly #log: Pick<LogPort, 'info' | 'warn'>;
	#port = 0;
	#server: MetricsServer | undefined;
	#turn: Promise<void> = Promise.resolve();

	/** `createMonitor` is called for the first port: who serves nothing counts nothing. */
	constructor(options: { readonly createMonitor: () => Monitor; readonly dataDirectory: string; readonly log: Pick<LogPort, 'info' | 'warn'> }) {
		this.#createMonitor = options.createMonitor;
		this.#dataDirectory = options.dataDirectory;
		this.#log = options.log;
	}

	/** Serves at this port, 0: not at all. Never rejects. */
	apply(port: number): Promise<void> {
		this.#turn = this.#turn.then(() => this.#apply(port));
		return this.#turn;
	}

	async #apply(port: number): Promise<void> {
		if (port === this.#port && (port === 0 || this.#server)) return;
		await this.#server?.close();
		this.#server = undefined;
		this.#port = port;
		if (port === 0) return;
		try {
			this.#monitor ??= this.#createMonitor();
			const { token } = readToken(join(this.#dataDirectory, 'metrics.token'));
			this.#server = await serveMetrics({ port, monitor: this.#monitor, token, log: this.#log });
			this.#log.info(`Metrics are served at ${this.#server.url}`);
		} catch (error) {
			this.#log.warn(`Metrics are not served by this window: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
}
