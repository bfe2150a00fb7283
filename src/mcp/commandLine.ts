import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CoordinatorError } from '#core/base/errors';

export interface CommandLine {
	/** Absolute, one at least. */
	readonly folders: readonly string[];
	readonly dataDirectory: string | null;
	/** Null: stdio. 0: any free port. */
	readonly httpPort: number | null;
	/** A file that holds the token of HTTP; null: one is made. */
	readonly tokenFile: string | null;
	readonly isVerbose: boolean;
	readonly isHelp: boolean;
}

export const USAGE = `Usage: hybrid-coordinator mcp [options]

Serves the workspace to an agent by the Model Context Protocol, over standard input and output.

  --workspace DIR       the folder (default: this one); may be repeated
  --data-directory DIR  where indexes and knowledge are kept
  --http PORT           serve over HTTP on 127.0.0.1 instead (0: any free port)
  --token-file FILE     the token that HTTP clients must send; without it one is made and printed to standard error
  --verbose             log more to standard error
`;

/** Reads the words after `mcp`. Throws `invalid-argument` for what cannot be used, and the TypeError of parseArgs for unknown options. */
export function readCommandLine(words: readonly string[]): CommandLine {
	const { values, positionals } = parseArgs({
		args: [...words],
		allowPositionals: true,
		options: {
			'workspace': { type: 'string', multiple: true, default: [] },
			'data-directory': { type: 'string' },
			'http': { type: 'string' },
			'token-file': { type: 'string' },
			'verbose': { type: 'boolean', default: false },
			'help': { type: 'boolean', short: 'h', default: false },
		},
	});
	const [surplus] = positionals;
	if (surplus !== undefined) throw new CoordinatorError('invalid-argument', `mcp takes no word “${surplus}”; name a folder with --workspace.`);
	const httpPort = values.http === undefined ? null : Number(values.http);
	if (httpPort !== null && !(Number.isInteger(httpPort) && httpPort >= 0 && httpPort < 65_536)) {
		throw new CoordinatorError('invalid-argument', `--http needs a port from 0 to 65535, not “${values.http}”.`);
	}
	return {
		folders: foldersOf(values.workspace),
		dataDirectory: values['data-directory'] === undefined ? null : resolve(values['data-directory']),
		httpPort,
		tokenFile: values['token-file'] === undefined ? null : resolve(values['token-file']),
		isVerbose: values.verbose,
		isHelp: values.help,
	};
}

/** Absolute paths of the folders that were named, or of this one. Throws `invalid-argument` for one that is none. */
export function foldersOf(named: readonly string[]): readonly string[] {
	const folders = (named.length > 0 ? named : ['.']).map((folder) => resolve(folder));
	for (const folder of folders) {
		if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new CoordinatorError('invalid-argument', `There is no folder ${folder}.`);
	}
	return folders;
}
