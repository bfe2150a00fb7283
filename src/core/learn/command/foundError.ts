import type { CommandError } from '#core/domain/commandRun';

/** An error with the line of the output that it starts at, from 0. */
export interface FoundError extends CommandError {
	readonly at: number;
}

/** Finds what one kind of tool prints. Pure. */
export type ErrorFinder = (lines: readonly string[]) => readonly FoundError[];

/** An error without a place or a test, unless it is said. */
export function found(at: number, tool: string, message: string, more: Partial<CommandError> = {}): FoundError {
	return { at, tool, code: '', message: message.trim(), test: null, path: null, line: null, ...more };
}

/** The first of the next `count` lines that matches. */
export function within(lines: readonly string[], from: number, count: number, pattern: RegExp): RegExpExecArray | null {
	for (const line of lines.slice(from, from + count)) {
		const match = pattern.exec(line);
		if (match) return match;
	}
	return null;
}

/** A file with its line, as a finder matched them. */
export function place(path: string | undefined, line: string | undefined): Pick<CommandError, 'path' | 'line'> {
	return { path: path ?? null, line: line === undefined ? null : Number(line) };
}
