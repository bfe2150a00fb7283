import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CoordinatorError } from '#core/base/errors';
import { VERSION } from '#core/coordinator';
import { describeError } from '#node/log';
import { backupCommand } from './backupCommand.ts';
import { runCommand } from './runCommand.ts';
import { explainError } from './words.ts';

const USAGE = `hybrid-coordinator ${VERSION}

Usage: hybrid-coordinator COMMAND [WORDS] [options]

  index                 index the workspace: words at once, then vectors
  search WORDS          print the best pieces of code
  ask QUESTION          answer from the workspace; without a model the code found is the answer
  models                list the models that answer here
  indexes               list the stored indexes, with size and last use
  clear ID…|all         remove stored indexes that no other program has open
  move --to WHERE       move what is stored to the Qdrant server of QDRANT_URL
                        (qdrant), or back to files of this machine (embedded)
  backup FOLDER         copy what was learned and spent into an empty folder, while others work
  restore FOLDER        put such a copy in place; close everything that uses the data directory first
  report                print facts for a bug report, without your code
  report --team         print the figures of a team from its database
  resend                send all calls of this machine to the team's database, those from before it was set too
  mcp                   serve the workspace to an agent (see mcp --help)
  serve                 serve the workspace to the agents of a team (see serve --help)

  --workspace DIR       the folder (default: this one); may be repeated
  --model ID            the model that answers (see models)
  --limit N             most results of search (default 10)
  --days N              what the report of a team is about (default: all that is kept)
  --no-vectors          do not wait for vectors (index) nor embed (search)
  --discover            look for model servers on this machine's usual ports
  --data-directory DIR  where indexes are kept
  --json                one JSON object instead of text
  --verbose             log to standard error
`;

async function main(): Promise<number> {
	// Both are a program of their own, with its own options, which ends the process itself.
	if (process.argv[2] === 'mcp' || process.argv[2] === 'serve') {
		await import(new URL('./mcp.mjs', import.meta.url).href);
		return new Promise(() => undefined);
	}
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			'workspace': { type: 'string', multiple: true, default: [] },
			'model': { type: 'string' },
			'to': { type: 'string' },
			'team': { type: 'boolean', default: false },
			'days': { type: 'string' },
			'limit': { type: 'string', default: '10' },
			'no-vectors': { type: 'boolean', default: false },
			'discover': { type: 'boolean', default: false },
			'data-directory': { type: 'string' },
			'json': { type: 'boolean', default: false },
			'verbose': { type: 'boolean', default: false },
			'help': { type: 'boolean', short: 'h', default: false },
			'version': { type: 'boolean', default: false },
		},
	});
	const [command, ...words] = positionals;
	if (values.version) {
		process.stdout.write(`${VERSION}\n`);
		return 0;
	}
	if (values.help || command === undefined) {
		process.stdout.write(USAGE);
		return values.help ? 0 : 2;
	}
	// Timers of the coordinator keep no process alive, and this one may have nothing else to wait for while another indexes the folder.
	setInterval(() => undefined, 60_000);
	const controller = new AbortController();
	process.once('SIGINT', () => controller.abort());
	const dataDirectory = values['data-directory'] === undefined ? null : resolve(values['data-directory']);
	if (command === 'backup' || command === 'restore') return backupCommand(command, words.join(' '), dataDirectory);
	const limit = Number(values.limit);
	if (!Number.isInteger(limit) || limit < 1) throw new CoordinatorError('invalid-argument', `--limit needs a whole number from 1 on, not “${values.limit}”.`);
	const days = values.days === undefined ? null : Number(values.days);
	if (days !== null && (!Number.isInteger(days) || days < 1))
		throw new CoordinatorError('invalid-argument', `--days needs a whole number from 1 on, not “${values.days}”.`);
	const folders = values.workspace.length > 0 ? values.workspace : ['.'];
	for (const folder of folders) {
		if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new CoordinatorError('invalid-argument', `There is no folder ${resolve(folder)}.`);
	}
	return runCommand({
		command,
		text: words.join(' '),
		folders: folders.map((folder) => resolve(folder)),
		model: values.model,
		limit,
		isTeam: values.team,
		days,
		withVectors: !values['no-vectors'],
		target: values.to,
		isDiscovering: values.discover,
		dataDirectory,
		isJson: values.json,
		isVerbose: values.verbose,
		signal: controller.signal,
	});
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
		process.stderr.write(`${isUsage ? `${error.message}\nSee --help.` : explainError(error)}\n`);
		if (process.argv.includes('--verbose')) process.stderr.write(`${describeError(error)}\n`);
		process.exit(CoordinatorError.is(error, 'cancelled') ? 130 : isUsage || CoordinatorError.is(error, 'invalid-argument') ? 2 : 1);
	},
);
