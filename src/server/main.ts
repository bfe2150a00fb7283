import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { serveCoordinator } from './serveCoordinator.ts';

/** How long an orderly close may take before the process ends anyway. */
const CLOSE_LIMIT_MS = 2_000;

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const served = serveCoordinator(connection);

/** The channel is the parent's life line: without it nobody can ask anything, so the process ends. */
function end(exitCode: number): void {
	setTimeout(() => process.exit(exitCode), CLOSE_LIMIT_MS).unref();
	void served.close().finally(() => process.exit(exitCode));
}

process.once('disconnect', () => end(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(0));
connection.onClose(() => end(0));
connection.listen();
