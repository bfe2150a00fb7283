import type { AskQuery, Attachment, EditorDiagnostic, FailedCommand } from '#protocol/messages';

/** Lines around a place that go along. */
const LINES_AROUND = 60;
const LONGEST_SHOWN = 160;

/** What the user sees asked about a command that failed. */
export function shownQuestion({ commandLine, exitCode, errors }: FailedCommand): string {
	const [first] = errors;
	const said = first ? `${first.code} ${first.message}`.trim() : `exit code ${exitCode}`;
	return `Fix the error of \`${commandLine.replaceAll('`', "'")}\`: ${said}`.replace(/\s+/g, ' ').slice(0, LONGEST_SHOWN);
}

/**
 * The question itself: the command, what it printed, and the code around the places that it names. Those are told of as diagnostics too, so that the rules
 * for local-only files hold for what is quoted of them.
 */
export function failureQuestion({
	commandLine,
	exitCode,
	errors,
	excerpt,
	files: named,
}: FailedCommand): Pick<AskQuery, 'prompt' | 'attachments'> & { readonly diagnostics: readonly EditorDiagnostic[] } {
	const files = errorsFirst(named, errors);
	const attachments = files.map(
		({ path, line }): Attachment => (line === null ? { path } : { path, startLine: Math.max(1, line - LINES_AROUND), endLine: line + LINES_AROUND, failedLine: line }),
	);
	const ticks = '`'.repeat(Math.max(3, ...[...excerpt.matchAll(/`+/g)].map(([run]) => run.length + 1)));
	const prompt = `The command \`${commandLine.replaceAll('`', "'")}\` failed with exit code ${exitCode}. Say why, and give the code that fixes it.\n\n${ticks}text\n${excerpt}\n${ticks}`;
	const message = excerpt.split('\n', 1)[0] ?? '';
	const diagnostics = files.map(({ path, line }) => ({ path, line: line ?? 1, severity: 'error' as const, message, source: null, code: null }));
	return { prompt, attachments, diagnostics };
}

/** Where the errors are, with their lines, before what the output names besides: a stack may pass through a file more than once. */
function errorsFirst(files: FailedCommand['files'], errors: FailedCommand['errors']): FailedCommand['files'] {
	const places = errors.filter(({ path }, index) => errors.findIndex((other) => other.path === path) === index);
	const first = places.flatMap(({ path, line }) => files.filter((file) => file.path === path).map((file) => ({ path: file.path, line: line ?? file.line })));
	return [...first, ...files.filter(({ path }) => !first.some((other) => other.path === path))];
}
