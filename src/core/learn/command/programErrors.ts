import { type ErrorFinder, type FoundError, found, place, within } from './foundError.ts';

const PYTHON_FRAME = /^\s+File "(.+?)", line (\d+)/;
const PYTHON_END = /^((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?:: (.*))?$/;
/** Frames of libraries and of the interpreter: the error is seldom theirs. */
const FOREIGN = /site-packages|dist-packages|[\\/]lib[\\/]python\d|^<|node_modules|^node:|internal[\\/]/;
const JAVASCRIPT = /^(?:Uncaught )?((?:[A-Z]\w*)?(?:Error|Exception))(?: \[(\w+)\])?: (.+)$/;
const JAVASCRIPT_FRAME = /^\s+at (?:.*? \()?((?:[A-Za-z]:)?[^\s():]+):(\d+):\d+\)?/;
const JAVA = /^(?:Exception in thread "[^"]{0,200}"|Caused by:) ([\w.$]{1,200}?)(?:: (.*))?$/;
const JAVA_FRAME = /^\s+at .+\(([\w$]+\.(?:java|kt|scala|groovy)):(\d+)\)$/;
const GO_PANIC = /^panic: (.+?)(?: \[recovered\])?$/;
const GO_FRAME = /^\t(.+\.go):(\d+)/;
const RUST_PANIC = /^thread '([^']{0,300})'(?: \(\d+\))? panicked at (.+?):(\d+):\d+:$/;

/** What programs die of: Python, Node.js, Java, Go and Rust. */
export const programErrors: ErrorFinder = (lines) => [...pythonErrors(lines), ...lines.flatMap((line, at) => atLine(lines, line, at) ?? [])];

function atLine(lines: readonly string[], line: string, at: number): FoundError | null {
	const script = JAVASCRIPT.exec(line);
	if (script) {
		const frames = framesAfter(lines, at + 1, 30, JAVASCRIPT_FRAME);
		const own = frames.find(([, path = '']) => !FOREIGN.test(path));
		// Others print such a line too: with their own stack, or none.
		return frames.length > 0 ? found(at, 'node', script[3] ?? '', { code: script[2] ?? script[1] ?? '', ...place(own?.[1], own?.[2]) }) : null;
	}
	const java = JAVA.exec(line);
	if (java) {
		const where = within(lines, at + 1, 5, JAVA_FRAME);
		return where ? found(at, 'java', java[2] ?? '', { code: java[1]?.split('.').at(-1) ?? '', ...place(where[1], where[2]) }) : null;
	}
	const panic = GO_PANIC.exec(line);
	if (panic) {
		const own = framesAfter(lines, at + 1, 40, GO_FRAME).find(([, path = '']) => !/[\\/]go[\\/]src[\\/]/.test(path));
		return found(at, 'go', panic[1] ?? '', { code: 'panic', ...place(own?.[1], own?.[2]) });
	}
	const rust = RUST_PANIC.exec(line);
	if (!rust) return null;
	const test = rust[1] === 'main' || rust[1] === '<unnamed>' ? null : (rust[1] ?? null);
	return found(at, 'rust', lines[at + 1] ?? '', { code: 'panic', test, ...place(rust[2], rust[3]) });
}

function pythonErrors(lines: readonly string[]): FoundError[] {
	const errors: FoundError[] = [];
	let frames: RegExpExecArray[] = [];
	let start = 0;
	for (const [at, line] of lines.entries()) {
		const frame = PYTHON_FRAME.exec(line);
		if (frame) {
			if (frames.length === 0) start = Math.max(0, at - 1);
			frames.push(frame);
		} else if (frames.length > 0 && !/^\s|^$/.test(line)) {
			const end = PYTHON_END.exec(line);
			const own = frames.findLast(([, path = '']) => !FOREIGN.test(path)) ?? frames.at(-1);
			if (end) errors.push(found(start, 'python', end[2] ?? '', { code: end[1]?.split('.').at(-1) ?? '', ...place(own?.[1], own?.[2]) }));
			frames = [];
		}
	}
	return errors;
}

function framesAfter(lines: readonly string[], from: number, count: number, pattern: RegExp): RegExpExecArray[] {
	return lines.slice(from, from + count).flatMap((line) => {
		const match = pattern.exec(line);
		return match ? [match] : [];
	});
}
