import type { CommandRun } from '#core/domain/commandRun';
import type { EditorDiagnostic } from '#core/domain/question';
import { redactSecrets } from '#core/domain/redact';
import { cleanOutput } from './cleanOutput.ts';
import type { ReadRun } from './commandWatch.ts';
import { findErrors } from './findErrors.ts';
import type { FoundError } from './foundError.ts';
import { frameOf } from './jvmErrors.ts';

const EXCERPT_LINES = 60;
const EXCERPT_CHARACTERS = 4_000;
/** Lines before the first error that go along: they may say what was run. */
const LINES_BEFORE = 5;
const LONGEST_COMMAND = 400;
const MAX_DIAGNOSTICS = 5;
/** Who says as a problem matcher what a tool says in a terminal. */
const TOOL_OF: Readonly<Record<string, string>> = { ts: 'tsc', typescript: 'tsc' };
/** A file with its line, in the ways of compilers and stacks. */
const NAMED = /File "([^"]{1,300})", line (\d+)|((?:\b[A-Za-z]:)?[\w@.\\/-]{1,300}\.\w{1,6})(?::(\d+)|\((\d+)[,)])/g;

/** What a run has to say, redacted: its errors, the part of its output that they are in, and the places that this part names, as they are printed. */
export function readRun(
	run: Pick<CommandRun, 'commandLine' | 'output' | 'diagnostics' | 'exitCode'>,
): Pick<ReadRun, 'commandLine' | 'errors' | 'excerpt'> & { readonly named: readonly { readonly path: string; readonly line: number | null }[] } {
	const commandLine = redactSecrets(run.commandLine).text.slice(0, LONGEST_COMMAND);
	if (run.exitCode === 0) return { commandLine, errors: [], excerpt: '', named: [] };
	const lines = redactSecrets(cleanOutput(run.output).join('\n')).text.split('\n');
	const printed = findErrors(lines, programOf(run.commandLine));
	const matched = run.diagnostics
		.filter(({ severity }) => severity === 'error')
		.slice(0, MAX_DIAGNOSTICS)
		.map(toError);
	const errors = printed.length > 0 ? printed.map(({ at: _, ...error }) => error) : matched;
	const excerpt = printed.length > 0 || matched.length === 0 ? excerptOf(lines, printed) : matched.map(describe).join('\n');
	const named = [...excerpt.matchAll(NAMED)].map(([, python, pythonLine, path, line, column]) => ({
		path: python ?? path ?? '',
		line: Number(pythonLine ?? line ?? column) || null,
	}));
	const frames = excerpt.split('\n').flatMap((line) => frameOf(line) ?? []);
	return { commandLine, errors, excerpt, named: [...frames.map(({ path, line }) => ({ path, line: Number(line) })), ...named] };
}

/** From the first error on; the end where none is known. */
function excerptOf(lines: readonly string[], errors: readonly FoundError[]): string {
	const first = errors[0]?.at;
	const start = first === undefined ? Math.max(0, lines.length - EXCERPT_LINES) : Math.max(0, first - LINES_BEFORE);
	return lines
		.slice(start, start + EXCERPT_LINES)
		.join('\n')
		.trim()
		.slice(0, EXCERPT_CHARACTERS);
}

function toError({ source, code, message, path, line }: EditorDiagnostic): ReadRun['errors'][number] {
	const tool = TOOL_OF[source ?? ''] ?? source ?? '';
	const isNumber = tool === 'tsc' && /^\d+$/.test(code ?? '');
	return { tool: tool === '' ? 'task' : tool, code: isNumber ? `TS${code}` : (code ?? ''), message: redactSecrets(message).text, test: null, path, line };
}

function describe({ path, line, code, message }: ReadRun['errors'][number]): string {
	return `${path}:${line}: error${code === '' ? '' : ` ${code}`}: ${message}`;
}

/** The program's name without its folder, past variables that are set for it. */
function programOf(commandLine: string): string {
	const word = commandLine
		.trim()
		.split(/\s+/)
		.find((part) => !/^\w+=/.test(part) && !/^(?:sudo|env|time|npx|command|exec)$/.test(part));
	return (word ?? 'command').split(/[\\/]/).at(-1)?.slice(0, 60) || 'command';
}
