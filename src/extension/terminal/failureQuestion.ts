import type { AskQuery, Attachment, FailedCommand } from '#protocol/messages';

/** Lines around a place that go along. */
const LINES_AROUND = 60;
const LONGEST_SHOWN = 160;

/** What the user sees asked about a command that failed. */
export function shownQuestion({ commandLine, exitCode, errors }: FailedCommand): string {
	const [first] = errors;
	const said = first ? `${first.code} ${first.message}`.trim() : `exit code ${exitCode}`;
	return `Fix the error of \`${commandLine.replaceAll('`', "'")}\`: ${said}`.replace(/\s+/g, ' ').slice(0, LONGEST_SHOWN);
}

/** The question itself: the command, what it printed, and the code around the places that it names. */
export function failureQuestion({ commandLine, exitCode, excerpt, files }: FailedCommand): Pick<AskQuery, 'prompt' | 'attachments'> {
	const attachments = files.map(
		({ path, line }): Attachment => (line === null ? { path } : { path, startLine: Math.max(1, line - LINES_AROUND), endLine: line + LINES_AROUND }),
	);
	const ticks = '`'.repeat(Math.max(3, ...[...excerpt.matchAll(/`+/g)].map(([run]) => run.length + 1)));
	const prompt = `The command \`${commandLine.replaceAll('`', "'")}\` failed with exit code ${exitCode}. Say why, and give the code that fixes it.\n\n${ticks}text\n${excerpt}\n${ticks}`;
	return { prompt, attachments };
}
