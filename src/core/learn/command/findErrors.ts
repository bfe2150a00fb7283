import { commandSignature } from './commandSignature.ts';
import { compilerErrors } from './compilerErrors.ts';
import type { ErrorFinder, FoundError } from './foundError.ts';
import { jvmBuilds, jvmTests } from './jvmErrors.ts';
import { lintErrors } from './lintErrors.ts';
import { anyError, plainErrors } from './plainErrors.ts';
import { programErrors } from './programErrors.ts';
import { testErrors } from './testErrors.ts';

/** Kinds of errors that are taken from one output. */
const MAX_ERRORS = 5;
/** The most telling first: a runner prints the trace of what it ran, too. */
const FINDERS: readonly ErrorFinder[] = [(lines) => [...testErrors(lines), ...jvmTests(lines)], compilerErrors, lintErrors, programErrors, jvmBuilds, plainErrors];
const NAMED = /(?:^|[\s"'`(])((?:[A-Za-z_]\w*\.)*(?:[A-Z]\w*)?(?:Error|Exception)): ([^"`\n]{1,500})/;

/**
 * The errors in what a command printed, each kind once, in the order of the output: those of the most telling tool that is known, else, where
 * `program` is given, the last line that calls itself an error. `lines` as from `cleanOutput`.
 */
export function findErrors(lines: readonly string[], program?: string): readonly FoundError[] {
	for (const find of FINDERS) {
		const errors = distinct(find(lines));
		if (errors.length > 0) return errors;
	}
	return program === undefined ? [] : anyError(lines, program);
}

/** The errors that a question quotes: a whole output, or a line of it. An empty tool: nobody knows whose the line is. */
export function quotedErrors(lines: readonly string[]): readonly FoundError[] {
	const errors = findErrors(lines);
	if (errors.length > 0) return errors;
	return distinct(
		lines.flatMap((line, at) => {
			const [, name = '', message] = NAMED.exec(line) ?? [];
			return message === undefined ? [] : [{ at, tool: '', code: name.split('.').at(-1) ?? '', message: message.trim(), test: null, path: null, line: null }];
		}),
	);
}

function distinct(errors: readonly FoundError[]): readonly FoundError[] {
	const kinds = new Map<string, FoundError>();
	for (const error of [...errors].sort((a, b) => a.at - b.at)) {
		const { key } = commandSignature(error);
		if (!kinds.has(key)) kinds.set(key, error);
	}
	return [...kinds.values()].slice(0, MAX_ERRORS);
}
