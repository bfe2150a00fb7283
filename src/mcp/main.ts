import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CoordinatorError } from '#core/base/errors';
import { createCoordinator } from '#core/coordinator';
import { resolveDataDirectory } from '#node/dataDirectory';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';
import { secretsFromEnvironment } from '#node/secretsFromEnvironment';
import { agentSettings } from './agentSettings.ts';
import { type CommandLine, readCommandLine, USAGE } from './commandLine.ts';
import { createMcpServer } from './createMcpServer.ts';
import { serveHttp } from './http/serveHttp.ts';
import { readToken } from './http/token.ts';
import { watchLifeline } from './lifeline.ts';
import { Workspace } from './workspace.ts';

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

function openWorkspace(line: CommandLine, log: ReturnType<typeof createLog>): Workspace {
	const { settings, refused } = agentSettings(process.env);
	if (refused.length > 0) log.warn(`These settings have a value that cannot be used and keep their default: ${refused.join(', ')}`);
	const dataDirectory = resolveDataDirectory(line.dataDirectory ?? settings.dataDirectory);
	return new Workspace({
		folders: line.folders,
		dataDirectory,
		log,
		open: async () => {
			const ports = createPorts({
				assetsPath: dirname(fileURLToPath(import.meta.url)),
				threads: settings.index.threads,
				log,
				secrets: secretsFromEnvironment(process.env),
				hostModels: { models: async () => [] },
				network: () => settings.network,
			});
			return (await createCoordinator({ ports, settings, dataDirectory })).coordinator;
		},
	});
}

async function main(): Promise<void> {
	const words = process.argv.slice(process.argv[2] === 'mcp' ? 3 : 2);
	const line = readCommandLine(words);
	if (line.isHelp) {
		process.stdout.write(USAGE);
		process.exit(0);
	}
	const output = takeStandardOutput();
	const log = createLog((level, message) => process.stderr.write(`${level}: ${message}\n`), line.isVerbose ? 'debug' : 'warn');
	process.on('uncaughtException', (error) => log.error('An error was not handled', error));
	process.on('unhandledRejection', (error) => log.error('A rejection was not handled', error));
	const workspace = openWorkspace(line, log);
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
		const http = await serveHttp({ port: line.httpPort, token, createServer: () => createMcpServer({ workspace, log }), log });
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
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${isUsage ? 'See mcp --help.\n' : ''}`);
	process.exit(isUsage ? 2 : 1);
});
