import type { SkipReason } from '#core/domain/file';

export type DecodedText = { readonly text: string; readonly isValid: boolean } | { readonly text: null; readonly reason: 'binary' | 'empty' };

/** Share of control characters, or of undecodable bytes, above which bytes are not text. */
const MAX_CONTROL_SHARE = 0.05;
const MAX_REPLACED_SHARE = 0.3;
const SAMPLE = 16_384;

/** Bytes of a file as text: UTF-8, or UTF-16 where a byte order mark says so. Invalid sequences become U+FFFD and `isValid` false. */
export function decodeText(bytes: Uint8Array): DecodedText {
	if (bytes.length === 0) return { text: null, reason: 'empty' };
	const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
	if (encoding === 'utf-8' && (bytes.includes(0) || controlShare(bytes) > MAX_CONTROL_SHARE)) return { text: null, reason: 'binary' };
	const text = new TextDecoder(encoding).decode(bytes);
	if (text.trim() === '') return { text: null, reason: 'empty' };
	if (!text.includes('\ufffd')) return { text, isValid: true };
	const sample = text.slice(0, SAMPLE);
	const replaced = sample.split('\ufffd').length - 1;
	if (replaced / sample.length > MAX_REPLACED_SHARE) return { text: null, reason: 'binary' };
	// The character may also stand in the source itself.
	return { text, isValid: isWellEncoded(bytes, encoding) };
}

function controlShare(bytes: Uint8Array): number {
	const length = Math.min(bytes.length, SAMPLE);
	let controls = 0;
	for (let i = 0; i < length; i++) {
		const byte = bytes[i] ?? 0;
		if (byte < 0x20 && (byte < 8 || byte > 13) && byte !== 0x1b) controls++;
	}
	return controls / length;
}

function isWellEncoded(bytes: Uint8Array, encoding: string): boolean {
	try {
		new TextDecoder(encoding, { fatal: true }).decode(bytes);
		return true;
	} catch {
		return false;
	}
}

/** Languages whose files are shipped squeezed into few lines. */
const SQUEEZED: ReadonlySet<string> = new Set(['javascript', 'typescript', 'css', 'json', 'html', 'svg', 'xml', 'scss', 'less']);
const LOCK_FILE =
	/^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|Cargo\.lock|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|Gemfile\.lock|composer\.lock|go\.sum|flake\.lock|mix\.lock|pubspec\.lock|Podfile\.lock|packages\.lock\.json|deno\.lock|gradle\.lockfile|\.terraform\.lock\.hcl)$/;
const GENERATED_MARK =
	/@generated\b|\bDO NOT (?:EDIT|MODIFY)\b|<auto-?generated|\b(?:auto-?|automatically )generated (?:by|from|file|code)\b|\bthis (?:file|code) (?:is|was) (?:auto-?|automatically )?generated\b/i;
const COMMENT_START = /^\s*(?:\/\/|\/?\*|#|--|<!--|;|%|\(\*|"""|'''|\{-|@?rem\b)/i;

/** Why a readable text is left out all the same: machine-made, so nobody asks for it, and it would drown what was written by hand. */
export function textSkipReason(path: string, language: string, text: string): SkipReason | null {
	const name = path.slice(path.lastIndexOf('/') + 1);
	if (LOCK_FILE.test(name)) return 'generated';
	if (/[.-]min\.(?:js|mjs|cjs|css)$/i.test(name) || /\.(?:js|mjs|cjs|css)\.map$/i.test(name)) return 'minified';
	if (SQUEEZED.has(language) && isSqueezed(text)) return 'minified';
	const header = text.slice(0, 3_000).split(/\r\n|\n|\r/, 20);
	return header.some((line) => COMMENT_START.test(line) && GENERATED_MARK.test(line)) ? 'generated' : null;
}

/** A line of 5,000 characters that holds half of a file, or 250 characters a line on average in a file of 5,000. */
function isSqueezed(text: string): boolean {
	if (text.length < 5_000) return false;
	let lines = 0;
	let longest = 0;
	for (let start = 0; start < text.length; lines++) {
		const end = text.indexOf('\n', start);
		const next = end < 0 ? text.length : end + 1;
		longest = Math.max(longest, next - start);
		start = next;
	}
	return (longest > 5_000 && longest * 2 > text.length) || text.length / lines > 250;
}
