import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandRun } from '#core/domain/commandRun';

/** What a tool really printed; `test/fixtures/commands/README.md` says how each was made. */
export function printed(name: string): string {
	return readFileSync(join(import.meta.dirname, '../fixtures/commands', `${name}.txt`), 'utf8');
}

/** A command that ended now. */
export function commandRun(more: Partial<CommandRun> = {}): CommandRun {
	const now = Date.now();
	return {
		source: 'terminal',
		commandLine: 'python3 -m pytest',
		cwd: null,
		exitCode: 1,
		output: '',
		diagnostics: [],
		unsavedPaths: [],
		startedMs: now,
		timeMs: now,
		...more,
	};
}
