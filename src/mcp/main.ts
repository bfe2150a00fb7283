import { Writable } from 'node:stream';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CoordinatorError } from '#core/base/errors';
import { readToken } from '#node/http/token';
import { createLog } from '#node/log';
import { readCommandLine, USAGE } from './commandLine.ts';
import { createMcpServer } from './createMcpServer.ts';
import { gateOfToken } from './http/admit.ts';
import { serveHttp } from './http/serveHttp.ts';
import { watchLifeline } from './lifeline.ts';
import { openWorkspace } from './openWorkspace.ts';
import { serve } from './serve.ts';
import { readServeLine, SERVE_USAGE } from './serveLine.ts';

/** How long an orderly close may take before the process ends anyway. */
const CLOSE_LIMIT_MS = 2_000;
const MOST_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Standard output is the protocol's alone: whatever else is written there, by any library, goes to standard error. */
function takeStandardOutput(): Writable {
	const write = process.stdout.write.bind(process.stdout);
	process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
	const protocol = new Writable({ decodeStrings: false, write: (chunk: string | Uint8Array, encoding, done) => void write(chunk, encoding, done) });
	return protocol.setMaxListeners(0);
}

/** Messages go to standard error; an error that nobody handles is one more message. */
function openLog(isVerbose: boolean): ReturnType<typeof createLog> {
	const log = createLog((level, message) => process.stderr.write(`${level}: ${message}\n`), isVerbose ? 'debug' : 'warn');
	process.on('uncaughtException', (error) => log.error('An error was not handled', error));
	process.on('unhandledRejection', (error) => log.error('A rejection was not handled', error));
	return log;
}

/** `serve`: the same workspace for a team, over HTTP alone. */
async function mainServe(words: readonly string[]): Promise<void> {
	const line = readServeLine(words);
	if (line.isHelp) {
		process.stdout.write(SERVE_USAGE);
		process.exit(0);
	}
	const log = openLog(line.isVerbose);
	const served = await serve(line, log);
	if (!served) process.exit(0);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => {
			setTimeout(() => process.exit(0), CLOSE_LIMIT_MS);
			void served.close().finally(() => process.exit(0));
		});
	}
}

async function main(): Promise<void> {
	if (process.argv[2] === 'serve') return mainServe(process.argv.slice(3));
	const words = process.argv.slice(process.argv[2] === 'mcp' ? 3 : 2);
	const line = readCommandLine(words);
	if (line.isHelp) {
		process.stdout.write(USAGE);
		process.exit(0);
	}
	const output = takeStandardOutput();
	const log = openLog(line.isVerbose);
	const workspace = openWorkspace({ ...line, log });
	let close: () => Promise<void> = async () => undefined;
	const end = (reason: string) => {
		log.debug(`Ending: ${reason}`);
		setTimeout(() => process.exit(0), CLOSE_LIMIT_MS);
		void close()
			.then(() => workspace.close())
			.finally(() => process.exit(0));
	};

	if (line.httpPort !== null) {
		const { token, isNew } = readToken(line.tokenFile);
		const http = await serveHttp({ port: line.httpPort, gate: gateOfToken(token), createServer: () => createMcpServer({ workspace, log }), log });
		close = () => http.close();
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(signal));
		process.stderr.write(`Serving ${http.url}\n${isNew && line.tokenFile === null ? `Token: ${token}\n` : ''}`);
		return;
	}
	const server = createMcpServer({ workspace, log });
	close = () => server.close();
	process.stdout.on('error', () => end('standard output was closed'));
	watchLifeline(end);
	// A message that is longer than any that is wanted closes the transport, and with it the only way to be asked.
	server.server.onclose = () => end('the connection was closed');
	await server.connect(new StdioServerTransport(process.stdin, output, { maxBufferSize: MOST_MESSAGE_BYTES }));
}

main().catch((error: unknown) => {
	const isUsage = (error instanceof TypeError && 'code' in error) || CoordinatorError.is(error, 'invalid-argument');
	const command = process.argv[2] === 'serve' ? 'serve' : 'mcp';
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${isUsage ? `See ${command} --help.\n` : ''}`);
	process.exit(isUsage ? 2 : 1);
});
