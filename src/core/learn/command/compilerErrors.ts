import { type ErrorFinder, type FoundError, found, place, within } from './foundError.ts';

const TSC = /^(\S.{0,300}?)(?:\((\d+),\d+\):|:(\d+):\d+ -) error (TS\d+): (.+)$/;
const TSC_GLOBAL = /^error (TS\d+): (.+)$/;
const RUSTC = /^error(?:\[(E\d+)\])?: (.+)$/;
const RUST_PLACE = /^\s*--> (.+?):(\d+):\d+$/;
const GO = /^(?:vet: )?((?:\.{1,2}\/)?[\w./-]{1,300}\.go):(\d+):\d+: (.+)$/;
const LIKE_GCC = /^((?:[A-Za-z]:)?[^\s:][^:]{0,300}\.\w{1,6}):(\d+)(?::\d+)?: (?:fatal )?error: (.+)$/;
const LINKER = /(?:^|[\s/])([\w.-]{1,100}):\([^)]*\): undefined reference to [`'‘](.+)['’]$/;
const MAVEN = /^\[ERROR\] (.{1,300}\.java):\[(\d+),\d+\] (?:error: )?(.+)$/;
const JAVA_SYMBOL = /^(?:\[ERROR\] )?\s+symbol:\s+(\w+) (.+)$/;

/** Who writes `file:line: error:`, by the file's ending; a C compiler where it says nothing. */
const BY_ENDING: Readonly<Record<string, string>> = { java: 'javac', py: 'mypy', pyi: 'mypy' };

/** A package before a class: Maven's compiler says it, javac by itself does not. */
const QUALIFIED = /\b(?:[a-z]\w*\.)+(?=[A-Z])/g;

/** tsc, rustc, go, gcc, its linker, javac, also as Maven tells of it, mypy, and who else writes as they do. */
export const compilerErrors: ErrorFinder = (lines) =>
	lines.flatMap((line, at): FoundError[] => {
		const tsc = TSC.exec(line);
		if (tsc) return [found(at, 'tsc', tsc[5] ?? '', { code: tsc[4] ?? '', ...place(tsc[1], tsc[2] ?? tsc[3]) })];
		const global = TSC_GLOBAL.exec(line);
		if (global) return [found(at, 'tsc', global[2] ?? '', { code: global[1] ?? '' })];
		const rust = RUSTC.exec(line);
		// Without a place it is cargo that says that there was an error.
		const where = rust && within(lines, at + 1, 3, RUST_PLACE);
		if (rust && where) return [found(at, 'rustc', rust[2] ?? '', { code: rust[1] ?? '', ...place(where[1], where[2]) })];
		const go = GO.exec(line);
		if (go) return [found(at, 'go', go[3] ?? '', place(go[1], go[2]))];
		const maven = MAVEN.exec(line);
		if (maven) return [javac(lines, at, maven)];
		const gcc = LIKE_GCC.exec(line);
		if (gcc) return [likeGcc(lines, at, gcc)];
		const linker = LINKER.exec(line);
		return linker ? [found(at, 'ld', `undefined reference to '${linker[2]}'`, place(linker[1], undefined))] : [];
	});

function likeGcc(lines: readonly string[], at: number, [, path = '', line, message = '']: RegExpExecArray): FoundError {
	const tool = BY_ENDING[path.slice(path.lastIndexOf('.') + 1)] ?? 'gcc';
	if (tool === 'mypy') {
		const [, said = message, code = ''] = /^(.*?)\s+\[([\w-]+)\]$/.exec(message) ?? [];
		return found(at, tool, said, { code, ...place(path, line) });
	}
	return tool === 'javac' ? javac(lines, at, [path, path, line ?? '', message]) : found(at, tool, message, place(path, line));
}

function javac(lines: readonly string[], at: number, [, path, line, message = '']: readonly string[]): FoundError {
	const symbol = /symbol$/.test(message) ? within(lines, at + 1, 4, JAVA_SYMBOL) : null;
	const said = symbol ? `${message}: ${symbol[1]} '${symbol[2]}'` : message;
	return found(at, 'javac', said.replace(QUALIFIED, ''), place(path, line));
}
