import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CoordinatorError } from '#core/base/errors';
import { foldersOf } from './commandLine.ts';

export interface Listening {
	readonly address: string;
	/** 0: any free port. */
	readonly port: number;
}

export interface ServeLine {
	/** Absolute, one at least. */
	readonly folders: readonly string[];
	readonly dataDirectory: string | null;
	readonly listen: Listening;
	/** Lower-case names beside this machine's own under which the server is asked. */
	readonly hosts: readonly string[];
	/** Absolute path of the file of users. */
	readonly users: string;
	readonly metrics: (Listening & { readonly tokenFile: string | null }) | null;
	/** Set: add this user to the file and print the token instead of serving. */
	readonly addUser: { readonly name: string; readonly until?: string } | null;
	readonly isVerbose: boolean;
	readonly isHelp: boolean;
}

export const SERVE_USAGE = `Usage: hybrid-coordinator serve --users FILE [options]

Serves the workspace to the agents of a team by the Model Context Protocol over HTTP, at /mcp. It speaks plain HTTP: put a proxy with TLS before it.

  --users FILE          who may ask: lines of NAME DIGEST [LAST-DAY]; read anew when it changes
  --add-user NAME       add a user to FILE, print the token once, and end
  --until YYYY-MM-DD    last day of that token
  --workspace DIR       the folder (default: this one); may be repeated
  --data-directory DIR  where indexes and knowledge are kept
  --listen ADDRESS:PORT default 127.0.0.1:7077
  --host NAME           a name by which clients reach it; may be repeated; needed beyond this machine
  --metrics ADDRESS:PORT   serve Prometheus metrics at /metrics
  --metrics-token-file FILE  the token that the scraper must send; without it one is made and printed to standard error
  --verbose             log more to standard error
`;

/** Reads the words after `serve`. Throws `invalid-argument` for what cannot be used, and the TypeError of parseArgs for unknown options. */
export function readServeLine(words: readonly string[]): ServeLine {
	const { values, positionals } = parseArgs({
		args: [...words],
		allowPositionals: true,
		options: {
			'users': { type: 'string' },
			'add-user': { type: 'string' },
			'until': { type: 'string' },
			'workspace': { type: 'string', multiple: true, default: [] },
			'data-directory': { type: 'string' },
			'listen': { type: 'string', default: '127.0.0.1:7077' },
			'host': { type: 'string', multiple: true, default: [] },
			'metrics': { type: 'string' },
			'metrics-token-file': { type: 'string' },
			'verbose': { type: 'boolean', default: false },
			'help': { type: 'boolean', short: 'h', default: false },
		},
	});
	const [surplus] = positionals;
	if (surplus !== undefined) throw new CoordinatorError('invalid-argument', `serve takes no word “${surplus}”; name a folder with --workspace.`);
	if (values.users === undefined && !values.help) throw new CoordinatorError('invalid-argument', 'serve needs --users FILE; add the first user with --add-user NAME.');
	const listen = listening('--listen', values.listen);
	if (!isLoopback(listen.address) && values.host.length === 0)
		throw new CoordinatorError('invalid-argument', `--listen ${values.listen} reaches beyond this machine: name with --host how clients reach it.`);
	const tokenFile = values['metrics-token-file'];
	return {
		folders: foldersOf(values.workspace),
		dataDirectory: values['data-directory'] === undefined ? null : resolve(values['data-directory']),
		listen,
		hosts: values.host.map((host) => host.toLowerCase()),
		users: resolve(values.users ?? ''),
		metrics: values.metrics === undefined ? null : { ...listening('--metrics', values.metrics), tokenFile: tokenFile === undefined ? null : resolve(tokenFile) },
		addUser: values['add-user'] === undefined ? null : { name: values['add-user'], ...(values.until === undefined ? {} : { until: values.until }) },
		isVerbose: values.verbose,
		isHelp: values.help,
	};
}

function listening(option: string, text: string): Listening {
	const [, address, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
	if (port === undefined || Number(port) > 65_535) throw new CoordinatorError('invalid-argument', `${option} needs ADDRESS:PORT, not “${text}”.`);
	return { address: (address ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

function isLoopback(address: string): boolean {
	return address === 'localhost' || address === '::1' || address.startsWith('127.');
}
