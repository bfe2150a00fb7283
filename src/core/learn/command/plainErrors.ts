import { type ErrorFinder, type FoundError, found } from './foundError.ts';

const NOT_FOUND = /^(?:.{0,60}: )?(?:line \d+: )?(\S{1,200}): (?:command )?not found$|^\w*sh: command not found: (\S+)$|^fish: Unknown command: (\S+)$/;
const NPM = /^npm (?:ERR!|error) (?:code (\S+)|(.+))$/;
/** Lines of npm that say the same each time. */
const NPM_NOISE = /^(?:(?:code|syscall|errno|path|command|signal|notsup|at|cwd|network|Lifecycle script) |A complete log|To see|Did you mean|[{}]|\s)/;
const SAYS_ERROR = /^(?:\S{1,60}: )?(?:fatal(?: error)?|error|failed|failure|exception)\b[^\w\s]{0,2} ?(.{3,})$/i;

/** What the shell and npm say where no other tool does. */
export const plainErrors: ErrorFinder = (lines) => {
	const missing = lines.flatMap((line, at) => {
		const match = NOT_FOUND.exec(line);
		return match ? [found(at, 'shell', `command not found: '${match[1] ?? match[2] ?? match[3]}'`)] : [];
	});
	return missing.length > 0 ? missing : npmErrors(lines);
};

function npmErrors(lines: readonly string[]): FoundError[] {
	let code = '';
	for (const [at, line] of lines.entries()) {
		const match = NPM.exec(line);
		if (!match) continue;
		if (match[1] !== undefined) code = match[1];
		else if (match[2] !== undefined && !NPM_NOISE.test(match[2])) return [found(at, 'npm', match[2], { code })];
	}
	return [];
}

/** The last line that calls itself an error, for programs that nobody knows. `tool`: the program's name. */
export function anyError(lines: readonly string[], tool: string): FoundError[] {
	const at = lines.findLastIndex((line) => SAYS_ERROR.test(line));
	const line = lines[at];
	return line === undefined ? [] : [found(at, tool, line)];
}
