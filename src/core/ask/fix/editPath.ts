const LONGEST = 300;
/** Signs of a heading, of quotes and of a comment. Not `_` and brackets: names begin with them. */
const LEADING = /^(?:#{1,6}\s+|[*`"']+|(?:\/\/|#|--|<!--|\/\*)\s+)+/;
const TRAILING = /(?:[*`"':,]|\s+(?:-->|\*\/))+$/;
/** As pieces of code are titled: the definitions around them, then the lines. */
const BREADCRUMB = /\s+\([^()]*\)$/;
const LINES = /[:#]L?\d+(?:-L?\d+)?$/;
/** A colon of an address or of a link: what a model names is shown to the user. */
const NOT_OF_A_DRIVE = /(?<!^[A-Za-z]):/;
const NAME = /^(?:file(?:name)?|path|datei)\s*:\s+/i;

/**
 * The file that a line names and nothing else, as answers put it before an edit: plain, as a heading, quoted, as a comment, or as pieces of code are
 * titled in a prompt. Null where the line is something else. A name with spaces is one inside of code or in quotes only.
 */
export function editPath(line: string, { isInCode }: { readonly isInCode: boolean }): string | null {
	const whole = line.trim();
	if (whole.length > LONGEST) return null;
	const isQuoted = /^[*#\s]*(?:`[^`]+`|"[^"]+")[*:,]*$/.test(whole);
	const inner = whole.replace(LEADING, '').replace(NAME, '').replace(LEADING, '').replace(TRAILING, '');
	const bare = inner.replace(BREADCRUMB, '').replace(LINES, '').trim();
	if (/[<>|?{};=]/.test(bare) || NOT_OF_A_DRIVE.test(bare) || !/\w/.test(bare)) return null;
	const hasExtension = /\.[A-Za-z]\w{0,9}$/.test(bare);
	if (/\s/.test(bare)) return (isInCode || isQuoted) && hasExtension ? bare : null;
	return hasExtension || /[\\/]/.test(bare) || (isInCode && /^[\w.@+-]+$/.test(bare)) ? bare : null;
}
