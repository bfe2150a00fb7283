import type { CommandError } from '#core/domain/commandRun';
import { readCommand } from './runnerCommand.ts';

interface Ran {
	readonly commandLine: string;
	/** Absolute. */
	readonly cwd: string;
}

/** Runners that take a part of a file's path for it. */
const BY_PART: readonly string[] = ['vitest', 'jest'];

/**
 * Whether a command has run what another one failed with, though it is another command: the same tool, confined to the file or the test that failed, or
 * to nothing where the other was confined. What cannot be told for sure, as options that nobody here knows, is no.
 */
export function covers(run: Ran, failed: Ran, error: CommandError): boolean {
	const now = readCommand(run.commandLine, error.tool);
	const before = readCommand(failed.commandLine, error.tool);
	if (!now?.isPlain || !before?.isPlain) return false;
	const isOfPackage = now.launcher.startsWith('package') && before.launcher.startsWith('package');
	const isSameScript = now.launcher === before.launcher;
	// A script may do more than its tool does; another script may do something else.
	if (!isSameScript && !(isOfPackage && now.tool !== null)) return false;
	if (now.test !== null && !nameOf(error.test).includes(nameOf(now.test))) return false;
	const path = error.testPath ?? (error.test === null ? error.path : null);
	if (now.paths.length > 0) return path !== null && now.paths.some((part) => isAt(path, part, run.cwd, error));
	return slashed(run.cwd) === slashed(failed.cwd) && before.paths.length === 0;
}

function isAt(path: string, part: string, cwd: string, { tool, test }: CommandError): boolean {
	const [file = '', ...names] = part.split('::');
	if (names.length > 0 && nameOf(test) !== nameOf(names.join('.'))) return false;
	const wanted = absolute(cwd, file);
	const actual = slashed(path);
	if (actual === wanted || actual.startsWith(wanted.endsWith('/') ? wanted : `${wanted}/`)) return true;
	return BY_PART.includes(tool) && file.length > 2 && actual.slice(slashed(cwd).length).includes(file.replace(/^\.\//, ''));
}

/** As runners compare names: whatever stands between a group and its test. */
function nameOf(test: string | null): string {
	return (test ?? '').replace(/ [>›] /g, ' ').toLowerCase();
}

function absolute(cwd: string, path: string): string {
	const isAbsolute = /^(?:\/|[A-Za-z]:)/.test(path);
	const parts: string[] = [];
	for (const part of slashed(isAbsolute ? path : `${cwd}/${path}`).split('/')) {
		if (part === '..') parts.pop();
		else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
	}
	return parts.join('/');
}

function slashed(path: string): string {
	return path.replaceAll('\\', '/').replace(/(?<=.)\/$/, '');
}
