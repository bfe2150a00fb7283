import { indentOf } from './codeLines.ts';

/** A definition in a text. Lines count from 0, the end is exclusive. */
export interface Definition {
	readonly name: string;
	/** Of the definition itself; comments, attributes and decorators above it start at `leadLine`. */
	readonly startLine: number;
	readonly endLine: number;
	readonly leadLine: number;
	readonly indent: string;
}

const MODIFIERS = String.raw`(?:(?:export|default|public|private|protected|internal|static|abstract|final|sealed|override|readonly|async|declare|pub(?:\([^)]*\))?|unsafe|const|extern|virtual|inline|open|suspend|data|partial)\s+)*`;
const NAMED = [
	new RegExp(
		String.raw`^\s*${MODIFIERS}(?:function\*?|class|interface|enum|type|namespace|struct|trait|record|object|module|protocol|extension|impl|def|fn|fun|func|sub|union)\s+(?:\([^)]*\)\s*)?(?:<[^>]*>\s*)?(?:self\.)?([\p{L}_$][\p{L}\p{N}_$]*[?!]?)`,
		'u',
	),
	/^\s*(?:export\s+)?(?:const|let|var|val)\s+([\p{L}_$][\p{L}\p{N}_$]*)\s*(?::[^=]+)?=/u,
	// A method, or a function of C and its children: a name, parameters, and no sign of a statement.
	new RegExp(String.raw`^\s*${MODIFIERS}(?:get\s+|set\s+|\*\s*)?(?:[\p{L}_][\p{L}\p{N}_<>,.:*&?[\]]*\s+)*[*&]*(#?[\p{L}_$][\p{L}\p{N}_$]*)\s*(?:<[^>]*>)?\([^;]*$`, 'u'),
];
const NO_NAMES = new Set([
	'if',
	'for',
	'while',
	'switch',
	'catch',
	'return',
	'await',
	'throw',
	'new',
	'else',
	'do',
	'try',
	'with',
	'when',
	'match',
	'function',
	'super',
	'typeof',
	'yield',
	'assert',
	'print',
	'not',
	'in',
]);
const LONGEST_LINE = 200;
const LEAD = /^\s*(?:\/\/|\/\*|\*|#(?!!)|@|--|'''|"""|\[[A-Z])/;
const CLOSES = /^\s*(?:[)\]}]|end\b)/;
const OPENS = /[{([:]\s*(?:\/\/.*|#.*)?$/;

/** The definitions of a text by how its lines begin and are indented, in order. No parser: for well-formatted code of most languages. */
export function findDefinitions(lines: readonly string[]): Definition[] {
	const found: Definition[] = [];
	for (const [index, line] of lines.entries()) {
		const name = nameOf(line);
		if (name === null) continue;
		const indent = indentOf(line);
		let leadLine = index;
		while (leadLine > 0 && LEAD.test(lines[leadLine - 1] ?? '') && indentOf(lines[leadLine - 1] ?? '').startsWith(indent)) leadLine--;
		found.push({ name, startLine: index, endLine: endOf(lines, index, indent), leadLine, indent });
	}
	return found;
}

/** The name that a line defines. */
export function nameOf(whole: string): string | null {
	// The patterns take their time on long lines, and no definition begins that far to the right.
	const line = whole.length > LONGEST_LINE ? whole.slice(0, LONGEST_LINE) : whole;
	for (const [place, pattern] of NAMED.entries()) {
		const name = pattern.exec(line)?.[1];
		if (name === undefined || NO_NAMES.has(name)) continue;
		if (place === 2 && !/(?:[{(,:]|=>|->.*|\))\s*$/.test(line)) continue;
		if (place === 2 && /^\s*(?:return|await|throw|new|else|yield|case)\b|^\s*[\w$.]+\.[\w$]+\(|[^=!<>]=[^=>].*\(/.test(line)) continue;
		return name;
	}
	return null;
}

/** The last line that is indented deeper, with what closes it. */
function endOf(lines: readonly string[], start: number, indent: string): number {
	let end = start + 1;
	for (let index = start + 1; index < lines.length; index++) {
		const line = lines[index] ?? '';
		if (line.trim() === '') continue;
		const own = indentOf(line);
		if (own.length > indent.length && own.startsWith(indent)) {
			end = index + 1;
			continue;
		}
		if (own !== indent) break;
		const opensBelow = /^\s*\{\s*$/.test(line) && index === end;
		if (!opensBelow && !CLOSES.test(line)) break;
		end = index + 1;
		if (!opensBelow && !OPENS.test(line)) break;
	}
	return end;
}
