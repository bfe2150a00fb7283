import type { CommandError } from '#core/domain/commandRun';
import { type ErrorFinder, type FoundError, found, place, within } from './foundError.ts';

const PYTEST_TITLE = /^_{3,} (?:ERROR (?:collecting|at setup of|at teardown of) )?(.+?) _{3,}$/;
const PYTEST_ERROR = /^E\s+(.+)$/;
const PYTEST_PLACE = /^(\S+\.py):(\d+):/;
const PYTEST_NAMED = /^(?:FAILED|ERROR) (\S+?\.py)::(\S+)/;
const PYTEST_SUMMARY = /^(?:FAILED|ERROR) (\S+?\.py)(?:::(.+?))? - (.+)$/;
const CLASS = /^((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Warning|Failed)?): (.*)$/;
const GO_TEST = /^\s*--- FAIL: (\S+) \(/;
const GO_SAID = /^\s+(\S+\.go):(\d+): (.+)$/;
const VITEST = /^ ?FAIL {1,2}(\S.*? > .+)$/;
const VITEST_PLACE = /^ ?❯ (?:.* )?(\S+?):(\d+):\d+$/;
const JEST_FILE = /^ ?FAIL (?:.* )?(\S+\.\w+)(?: \([\d.]+ m?s\))?$/;
const JEST = /^ {2}● (.+ › .+)$/;
const JEST_PLACE = /^\s+at .*?\(?((?:[A-Za-z]:)?[^\s():]+):(\d+):\d+\)?$/;
const THROWN = /^\s{0,4}(\w*Error): (.+)$/;

/** pytest, go test, Vitest and Jest. Rust's tests panic as its programs do. */
export const testErrors: ErrorFinder = (lines) => [...pytestErrors(lines), ...lines.flatMap((line, at) => atLine(lines, line, at) ?? [])];

function atLine(lines: readonly string[], line: string, at: number): FoundError | null {
	const go = GO_TEST.exec(line);
	if (go) {
		const said = within(lines, at + 1, 3, GO_SAID);
		return said ? found(at, 'go test', said[3] ?? '', { test: go[1] ?? null, ...place(said[1], said[2]) }) : null;
	}
	const vitest = VITEST.exec(line);
	if (vitest) return scriptTest(lines, at, 'vitest', vitest[1] ?? '', VITEST_PLACE);
	const jest = JEST.exec(line);
	return jest ? scriptTest(lines, at, 'jest', jest[1] ?? '', JEST_PLACE) : null;
}

function scriptTest(lines: readonly string[], at: number, tool: string, test: string, placePattern: RegExp): FoundError | null {
	const where = within(lines, at + 1, 40, placePattern);
	const said = lines.slice(at + 1, at + 4).find((line) => line.trim() !== '');
	if (said === undefined) return null;
	const thrown = THROWN.exec(said);
	const name = test.slice(test.indexOf(' > ') + 1).replace(/^> /, '');
	// Vitest says the file before the test, Jest in a line before.
	const file = tool === 'vitest' ? test.split(' > ', 1)[0]?.split(' ').at(-1) : lines.slice(0, at).findLast((line) => JEST_FILE.test(line));
	const testPath = tool === 'vitest' ? file : JEST_FILE.exec(file ?? '')?.[1];
	const more = testPath === undefined ? {} : { testPath };
	return found(at, tool, thrown?.[2] ?? said, { code: thrown?.[1] ?? 'AssertionError', test: name, ...more, ...place(where?.[1], where?.[2]) });
}

function pytestErrors(lines: readonly string[]): FoundError[] {
	const errors: FoundError[] = [];
	let test: string | null = null;
	let titleAt = 0;
	let isInBlock = false;
	let where: RegExpExecArray | null = null;
	for (const [at, line] of lines.entries()) {
		const title = PYTEST_TITLE.exec(line);
		if (title) {
			test = title[1] ?? null;
			titleAt = at;
			where = null;
		}
		// Where it was raised is said after the error, or before it in short tracebacks.
		where = PYTEST_PLACE.exec(line) ?? where;
		const said = PYTEST_ERROR.exec(line);
		if (said && !isInBlock && test !== null) {
			const after = within(lines, at, 12, PYTEST_PLACE);
			errors.push(raised(titleAt, said[1] ?? '', test, (after && within(lines, at, 12, PYTEST_TITLE) === null ? after : where) ?? after));
		}
		isInBlock = said !== null;
	}
	if (errors.length > 0) return errors.map((error) => ({ ...error, ...pytestFile(lines, error.test ?? '') }));
	return lines.flatMap((line, at) => {
		const summary = PYTEST_SUMMARY.exec(line);
		const [, path, name = path ?? '', said = ''] = summary ?? [];
		return path === undefined ? [] : [{ ...raised(at, said, name, null), testPath: path, ...place(path, undefined) }];
	});
}

function raised(at: number, said: string, test: string, where: RegExpExecArray | null): FoundError {
	const named = CLASS.exec(said);
	// The parameters of a test are not its name.
	const more = { test: test.replace(/\[.*\]$/, ''), ...place(where?.[1], where?.[2]) };
	if (named) return found(at, 'pytest', named[2] ?? '', { code: named[1]?.split('.').at(-1) ?? '', ...more });
	return found(at, 'pytest', said, { code: said.startsWith('assert') ? 'AssertionError' : '', ...more });
}

/** The file of a test, where the summary says it of one alone; a file that could not be collected is its own. */
function pytestFile(lines: readonly string[], test: string): Partial<CommandError> {
	if (test.endsWith('.py')) return { testPath: test };
	const named = lines.flatMap((line) => {
		const [, path = '', name = ''] = PYTEST_NAMED.exec(line) ?? [];
		return name.replace(/\[.*$/, '').replaceAll('::', '.') === test ? [path] : [];
	});
	const [path, ...others] = new Set(named);
	return path === undefined || others.length > 0 ? {} : { testPath: path };
}
