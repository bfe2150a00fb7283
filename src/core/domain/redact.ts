import { PASSWORD_NAME, PLACEHOLDER, TOKEN_NAME, TOKEN_PATTERNS } from './secretPatterns.ts';

export interface RedactedText {
	readonly text: string;
	/** How many secrets were replaced; 0 means that `text` is the argument itself. */
	readonly redactions: number;
}

/** What stands in the place of a secret. */
export const REDACTION_MARK = '[REDACTED]';

const ANY_TOKEN = new RegExp(TOKEN_PATTERNS.map(({ pattern }) => pattern).join('|'), 'g');
/** The cheap look that most files end with: a prefix at the start of a word, and eight characters of a body. */
const ANY_PREFIX = new RegExp(
	`(?:${TOKEN_PATTERNS.map(({ prefix }) => prefix.replaceAll('.', '\\.').replace(/^(?=sk-|hf_|gsk_|npm_|r8_)/, '\\b')).join('|')})[\\w+/%.~-]{8}`,
);
const KEY_BLOCK = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)/g;
const KEY_BORDER = /-----(?:BEGIN|END)[A-Z0-9 ]{0,60}-----/g;
const URL_PASSWORD = /(:\/\/)([^\s:/?#@"'`<>[\]{}]{0,100}):([^\s/?#@"'`]{1,200})@(?=[\w[$%{])/g;
const PAIR_PASSWORD = /((?:^|[;"'`\s])(?:Password|Pwd)\s{0,2}=\s{0,2})([^;"'`\s]{4,200})(?=;)/gi;
/** A quoted value without white space after an assignment: `name = "value"`, `"name": "value"`, `name => 'value'`. */
const QUOTED_VALUE = /(?:=>?|:)[ \t]{0,4}(?:[bru]|@)?(["'`])([^"'`\s]{6,400})\1/gi;
/** The end of a line `NAME=value` or `name: value` of a configuration file; BARE_NAME is what must stand before it. */
const BARE_VALUE = /(?<![:=])[:=][ \t]{0,8}([^\s"'`#,;(){}<>$[\]]{8,400})[ \t]*$/gm;
const BARE_NAME = /(?:^|\n)[ \t]*(?:export[ \t]+|-[ \t]+)?([A-Za-z][\w.-]{0,80})[ \t]*$/;
/** A header or command-line argument: `Authorization: Bearer …`. */
const BEARER = /\b(Bearer|Basic)([ \t]+)([A-Za-z0-9._~+/-]{20,1000}={0,2})/g;

const SECRET_WORD = /pass|pwd|secret|token|key|cred|auth|bearer/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const INTEGRITY = /^(?:sha(?:1|224|256|384|512)|md5)[-:]/i;
/** Words joined by punctuation: a constant, a path, a dotted name or a URL, not a secret. */
const JOINED_WORDS = /^[@./~]*[A-Za-z]+(?:[-_./:@ ]+[A-Za-z]+\d{0,2})*[-_./:]*\d{0,2}$/;

/**
 * Replaces secrets by `[REDACTED]`: tokens that name themselves, private key blocks, passwords in URLs and connection strings, and values
 * of high entropy assigned to a name such as `password`, `api_key` or `token`. The number of lines never changes, and what is already
 * redacted stays as it is. Hashes, UUIDs, integrity sums and placeholders under ordinary names are left alone.
 */
export function redactSecrets(text: string): RedactedText {
	let result = text;
	let redactions = 0;
	const replace = (pattern: RegExp, substitute: (match: RegExpExecArray) => string | null) => {
		const next = replaceMatches(result, pattern, substitute);
		result = next.text;
		redactions += next.replaced;
	};
	if (text.includes('PRIVATE KEY')) replace(KEY_BLOCK, ([block]) => (/[A-Za-z0-9+/]{16}/.test(block.replaceAll(KEY_BORDER, '')) ? redactLines(block) : null));
	if (ANY_PREFIX.test(text)) replace(ANY_TOKEN, ([token]) => (isPlaceholderToken(token) ? null : REDACTION_MARK));
	if (text.includes('://')) {
		replace(URL_PASSWORD, ([, scheme, user, password = '']) =>
			PLACEHOLDER.test(password) || password === user || /[(){}<>$%]/.test(password) ? null : `${scheme}${user}:${REDACTION_MARK}@`,
		);
	}
	if (!SECRET_WORD.test(text)) return { text: result, redactions };
	replace(QUOTED_VALUE, (match) => {
		const [whole, quote = '', value = ''] = match;
		if (!isSecretValue(nameBefore(match.input, match.index), value)) return null;
		return whole.slice(0, whole.length - value.length - quote.length) + REDACTION_MARK + quote;
	});
	replace(BARE_VALUE, (match) => {
		const [whole, value = ''] = match;
		const name = BARE_NAME.exec(match.input.slice(Math.max(0, match.index - 100), match.index))?.[1];
		if (name === undefined || !/\d/.test(value) || !/[A-Za-z]/.test(value) || /^[A-Za-z_]\w*\.[A-Za-z_]/.test(value)) return null;
		return isSecretValue(name, value) ? whole.replace(value, () => REDACTION_MARK) : null;
	});
	if (/(?:password|pwd)\s?=/i.test(text)) {
		replace(PAIR_PASSWORD, ([, lead = '', value = '']) => (PLACEHOLDER.test(value) || /[(){}]/.test(value) ? null : lead + REDACTION_MARK));
	}
	if (/Bearer|Basic/.test(text)) {
		replace(BEARER, ([, scheme, space, value = '']) => (/\d/.test(value) && entropy(value) >= 3.5 ? `${scheme}${space}${REDACTION_MARK}` : null));
	}
	return { text: result, redactions };
}

/** Like `String.replace`, but a null leaves the match, and the original string comes back when nothing was replaced. */
function replaceMatches(text: string, pattern: RegExp, substitute: (match: RegExpExecArray) => string | null): { text: string; replaced: number } {
	const parts: string[] = [];
	let replaced = 0;
	let end = 0;
	pattern.lastIndex = 0;
	for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
		const substituted = substitute(match);
		if (substituted === null) continue;
		parts.push(text.slice(end, match.index), substituted);
		end = match.index + match[0].length;
		replaced++;
	}
	if (replaced === 0) return { text, replaced };
	return { text: parts.join('') + text.slice(end), replaced };
}

/** The identifier that ends before `index`, past quotes, brackets and a type annotation: `api_key`, `settings["password"]`, `token: string`. */
function nameBefore(text: string, index: number): string {
	const before = text.slice(Math.max(0, index - 80), index);
	const line = before.slice(before.lastIndexOf('\n') + 1).replace(/[!:?+]$/, '');
	const match = /([\w.$-]+)["'`\])?]*\s*(?::\s*(?:[Ss]tring|str|&(?:'static )?str|char)(?:\s*\|\s*\w+)?)?\s*$/.exec(line);
	return match?.[1] ?? '';
}

/** Whether a value under this name is a secret. Bits per character follow Shannon; thresholds were chosen on the tests' examples. */
function isSecretValue(name: string, value: string): boolean {
	const isPassword = PASSWORD_NAME.test(name);
	if (!isPassword && !TOKEN_NAME.test(name)) return false;
	if (PLACEHOLDER.test(value) || INTEGRITY.test(value) || JOINED_WORDS.test(value)) return false;
	if (/^(?:https?|file|wss?):\/\//.test(value)) return false;
	const hasLetter = /[A-Za-z]/.test(value);
	if (isPassword) return hasLetter ? value.length >= 6 && /[\d!@#%^&*?+=~]/.test(value) : value.length >= 10 && /\d/.test(value);
	if (UUID.test(value)) return /key$|secret/i.test(name);
	return value.length >= 16 && hasLetter && /\d/.test(value) && entropy(value) >= 3;
}

function isPlaceholderToken(token: string): boolean {
	return /(.)\1{7}/.test(token) || /EXAMPLE|example|placeholder|your[-_]/.test(token);
}

/** Shannon entropy in bits per UTF-16 code unit. */
function entropy(value: string): number {
	const counts = new Map<string, number>();
	for (const unit of value) counts.set(unit, (counts.get(unit) ?? 0) + 1);
	let bits = 0;
	for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
	return bits;
}

/** Keeps line ends and the lines that say what it was; blanks every other line of a key block. */
function redactLines(block: string): string {
	return block
		.split('\n')
		.map((line) => {
			const end = line.endsWith('\r') ? '\r' : '';
			const isBorder = line.length < 100 && line.replaceAll(KEY_BORDER, '').trim() === '';
			return isBorder ? line : REDACTION_MARK + end;
		})
		.join('\n');
}
