import { createServer } from 'node:http';
import { CoordinatorError } from '#core/base/errors';
import type { LogPort } from '#core/ports';
import type { Monitor } from '../prometheus.ts';
import { ownHosts, strangerOf } from './guard.ts';
import { bearsToken } from './token.ts';

export interface MetricsServer {
	readonly url: string;
	close(): Promise<void>;
}

/**
 * Serves `/metrics` to who bears the token, on 127.0.0.1 unless another address is named, and then under the names in `hosts`. Rejects with
 * `invalid-argument` where the port cannot be had, as when another window has it.
 */
export async function serveMetrics(options: {
	readonly monitor: Monitor;
	readonly address?: string;
	readonly port: number;
	readonly hosts?: readonly string[];
	readonly token: string;
	readonly log: Pick<LogPort, 'warn'>;
}): Promise<MetricsServer> {
	const { monitor, address = '127.0.0.1', token, log } = options;
	let hosts: readonly string[] = [];
	const http = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
		const end = (status: number, text: string, type = 'text/plain; charset=utf-8') => {
			response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}) });
			response.end(text);
		};
		const stranger = strangerOf(request.headers, hosts);
		if (stranger) return end(stranger.status, stranger.message);
		if (!bearsToken(request.headers.authorization, token)) return end(401, 'Send the token of the metrics as `Authorization: Bearer TOKEN`.');
		if (request.url?.split('?', 1)[0] !== '/metrics') return end(404, 'The metrics are at /metrics.');
		if (request.method !== 'GET') return end(405, 'Use GET.');
		monitor.text().then(
			(text) => end(200, text, monitor.contentType),
			(error: unknown) => {
				log.warn(`Metrics could not be read: ${String(error)}`);
				end(500, 'The metrics could not be read.');
			},
		);
	});
	http.maxConnections = 32;
	await new Promise<void>((resolve, reject) => {
		http.once('error', (cause) => reject(new CoordinatorError('invalid-argument', `Metrics cannot be served at port ${options.port}: ${cause.message}`, { cause })));
		http.listen(options.port, address, resolve);
	});
	const bound = http.address();
	const port = bound !== null && typeof bound === 'object' ? bound.port : options.port;
	hosts = [...ownHosts(port), ...(options.hosts ?? []).flatMap((host) => [host, `${host}:${port}`])];
	http.unref();
	return {
		url: `http://${address}:${port}/metrics`,
		close: async () => {
			http.closeAllConnections();
			await new Promise((resolve) => http.close(resolve));
		},
	};
}
