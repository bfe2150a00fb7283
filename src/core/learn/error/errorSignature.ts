/** What a compiler, a linter or a task says about a piece of code. */
export interface Diagnostic {
	readonly message: string;
	/** Who says it: `ts`, `eslint`; empty when unknown. */
	readonly source: string;
	/** The rule or error number; empty when there is none. */
	readonly code: string;
	readonly languageId: string;
	/** Where the range starts, in UTF-16 code units of the file; absent when only the line, or nothing, is known. */
	readonly offset?: number;
	/** 1-based; absent when unknown. */
	readonly line?: number;
}

export interface ErrorSignature {
	/** Equal for the same kind of error, whatever names, paths and numbers it speaks of. */
	readonly key: string;
	/** Source, code and language: the rule behind the error, whose messages may differ. */
	readonly rule: string;
	/** The message with its particulars abstracted. */
	readonly shape: string;
	/** The particulars in order of appearance, without their quotes. */
	readonly captures: readonly string[];
	/** The words of `shape`. */
	readonly words: readonly MessageWord[];
}

export interface MessageWord {
	readonly shape: string;
	/** As the message has it, its particulars without their quotes. */
	readonly text: string;
	/** Places of its particulars in `captures`. */
	readonly captures: readonly number[];
}

/**
 * In order: quoted pieces (also typographic quotes), paths, URLs, version-like and plain numbers, names that no prose has (camelCase,
 * snake_case, dotted), and runs of operator signs that stand alone.
 */
const PARTICULAR =
	/“([^”\n]*)”|‘([^’\n]*)’|`([^`\n]+)`|"((?:[^"\\\n]|\\.)+)"|(?<![\w])'((?:[^'\\\n]|\\.)+)'(?![\w])|((?:https?:\/\/|[A-Za-z]:[\\/]|\.{0,2}\/)[\w./\\@-]{2,}|(?:[\w@-]+\/)+[\w-]+\.\w+)|(?<![\w])(\d+(?:\.\d+)*)(?![\w])|(?<![\w])(\.?[A-Za-z_$][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*)+|\.[A-Za-z_$][\w$]*|[a-z]+[A-Z][\w$]*|[A-Za-z]+_[\w$]*|\$\w+)|(?<=\s|\(|^)([^\s\w"'`“‘(),.;:]+)(?=\s|[),.;:]|$)/gu;
const MARKS = ['“”', '“”', '“”', '“”', '“”', 'PATH', 'NUMBER', 'NAME', 'SIGN'] as const;
/** Stands for a particular while the message is cut into words. */
const HOLE = '\u0000';
const LONGEST_MESSAGE = 2_000;

/** Abstracts a diagnostic to what it has in common with others of its kind. */
export function signatureOf(diagnostic: Diagnostic): ErrorSignature {
	const captures: string[] = [];
	const marks: string[] = [];
	const marked = diagnostic.message
		.slice(0, LONGEST_MESSAGE)
		.replaceAll(HOLE, ' ')
		.replace(PARTICULAR, (_, ...groups: (string | undefined)[]) => {
			const group = groups.slice(0, MARKS.length).findIndex((value) => value !== undefined);
			captures.push(groups[group] ?? '');
			marks.push(MARKS[group] ?? '');
			return HOLE;
		});
	let next = 0;
	const words = marked
		.split(/\s+/)
		.filter(Boolean)
		.map((word): MessageWord => {
			const first = next;
			next += word.split(HOLE).length - 1;
			const fill = (values: readonly string[]) => word.split(HOLE).reduce((text, part, index) => text + values[first + index - 1] + part);
			return { shape: fill(marks), text: fill(captures), captures: Array.from({ length: next - first }, (_, index) => first + index) };
		});
	const shape = words.map((word) => word.shape).join(' ');
	const rule = ruleOf(diagnostic);
	return { key: `${rule}:${shape}`, rule, shape, captures, words };
}

/** Source, code and language: what all messages of a rule share. */
export function ruleOf({ source, code, languageId }: Diagnostic): string {
	return `${source}:${code}:${languageId}`;
}
