/** A file name with an extension, perhaps with folders before it. */
const PATH = /(?:[A-Za-z]:)?[\w@.+-]*(?:[\\/][\w@.+()[\]-]+)*\.[A-Za-z]\w{0,9}/;
const IN_INFO = new RegExp(String.raw`(?:^|[\s:="'])(${PATH.source})(?:[:#]L?\d+(?:-L?\d+)?)?["']?$`);
const MARKED = new RegExp(String.raw`[\`*"'“(\[](${PATH.source})(?:[:#]L?\d+(?:-L?\d+)?)?[\`*"'”)\]]`);
const ALONE = new RegExp(String.raw`^\s*(?:#+\s*)?(?:(?:in|file|datei|filename|path)\b:?\s*)?(${PATH.source})(?:[:#]L?\d+(?:-L?\d+)?)?(?:\s*\([^)]*\))?\s*:?\s*$`, 'i');
const COMMENT = new RegExp(String.raw`^\s*(?://|#|--|;|<!--|/\*)\s*(?:(?:file|filename|path)\b:?\s*)?(${PATH.source})\s*(?:-->|\*/)?\s*$`, 'i');

/**
 * The file that a block is meant for: from its info string, a first line that is a comment with nothing but a path, or a path in the line before.
 * `firstLine` is where the code begins: after such a comment.
 */
export function pathOfBlock(info: string, before: string, first: string): { readonly path: string | null; readonly firstLine: number } {
	const inComment = COMMENT.exec(first)?.[1];
	const path = IN_INFO.exec(info)?.[1] ?? (inComment?.includes('/') || /file|path/i.test(first) ? inComment : undefined);
	const named = path ?? inComment ?? ALONE.exec(before)?.[1] ?? MARKED.exec(before)?.[1];
	return { path: named?.replaceAll('\\', '/').replace(/^\.\//, '') ?? null, firstLine: inComment === undefined ? 0 : 1 };
}
