/**
 * Why a file may be seen by models on this machine alone: a `.hybridlocal` file in its folder or one above, the setting, the mark in its first
 * lines, or that it could not be found out, which counts as a yes.
 */
export type LocalOnlyReason = 'rule-file' | 'setting' | 'mark' | 'unreadable';

/** `missing`: no rule names it and there is no such file, so what it says of itself is not known. */
export type LocalOnlyVerdict = 'open' | 'missing' | LocalOnlyReason;

/** A file that is asked about. `text`: what is known to stand in its first lines, for example in an editor, whether saved or not. */
export interface LocalOnlyQuestion {
	/** Absolute, in the platform's form. */
	readonly path: string;
	readonly text?: string;
}

/** One verdict for each question, by what the disk says now. Never rejects. */
export type LocalOnlyCheck = (questions: readonly LocalOnlyQuestion[]) => Promise<readonly LocalOnlyVerdict[]>;

/** Lines and bytes of a file in which the mark is looked for. */
export const MARK_LINES = 10;
export const MARK_BYTES = 4_096;
const MARK = /\bhybrid:local-only\b/i;

/** Whether the first lines of a text bear the mark `hybrid:local-only`. */
export function hasLocalOnlyMark(text: string): boolean {
	// Bytes of UTF-16 that were read as UTF-8 have a zero beside every letter.
	return MARK.test(
		text
			.slice(0, 2 * MARK_BYTES)
			.replaceAll('\0', '')
			.split(/\r\n|\r|\n/, MARK_LINES)
			.join('\n'),
	);
}

/** Whether a model may read each of the files: one on this machine all, another those that are known to be open. */
export async function mayRead(model: { readonly isRemote: boolean }, files: readonly LocalOnlyQuestion[], check: LocalOnlyCheck): Promise<readonly boolean[]> {
	return model.isRemote ? (await check(files)).map((verdict) => verdict === 'open') : files.map(() => true);
}
