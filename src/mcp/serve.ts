import { type MetricsServer, serveMetrics } from '#node/http/serveMetrics';
import { readToken } from '#node/http/token';
import type { createLog } from '#node/log';
import { createMonitor } from '#node/prometheus';
import { createMcpServer } from './createMcpServer.ts';
import { serveHttp } from './http/serveHttp.ts';
import { addUser, gateOf } from './http/users.ts';
import { openWorkspace } from './openWorkspace.ts';
import type { ServeLine } from './serveLine.ts';

/** Many ask at once: files are looked through for changes at most so often. */
const FRESH_MS = 30_000;
const MOST_SESSIONS = 512;

/** Serves a team until it is closed; with `addUser` only adds one. Rejects with `invalid-argument` where a port, a token or the users are of no use. */
export async function serve(line: ServeLine, log: ReturnType<typeof createLog>): Promise<{ close(): Promise<void> } | null> {
	if (line.addUser) {
		const token = addUser(line.users, line.addUser.name, line.addUser.until);
		process.stderr.write(`Token of ${line.addUser.name}, kept nowhere else: ${token}\n`);
		return null;
	}
	const monitor = createMonitor(log);
	const workspace = openWorkspace({ folders: line.folders, dataDirectory: line.dataDirectory, log, monitor, freshMs: FRESH_MS });
	const gate = gateOf(line.users, { log });
	const http = await serveHttp({
		...line.listen,
		hosts: line.hosts,
		gate,
		mostSessions: MOST_SESSIONS,
		createServer: (user) => createMcpServer({ workspace, log, user }),
		log,
	});
	process.stderr.write(`Serving ${http.url}\n`);
	let metrics: MetricsServer | undefined;
	if (line.metrics) {
		const { token, isNew } = readToken(line.metrics.tokenFile);
		metrics = await serveMetrics({ ...line.metrics, hosts: line.hosts, monitor, token, log });
		process.stderr.write(`Metrics ${metrics.url}\n${isNew && line.metrics.tokenFile === null ? `Token of the metrics: ${token}\n` : ''}`);
	}
	// The first question of the day should not wait for the index.
	void workspace.upToDate({ signal: new AbortController().signal }).catch((error: unknown) => log.warn(`The workspace could not be indexed: ${String(error)}`));
	return {
		close: async () => {
			await http.close();
			await metrics?.close();
			await workspace.close();
		},
	};
}
