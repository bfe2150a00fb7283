/** A diagnostic as it is compared: where in its file it stands does not count, since edits move lines. */
export interface SeenDiagnostic {
	readonly file: string;
	readonly source: string;
	readonly code: string;
	readonly message: string;
	readonly isSevere: boolean;
}

/** What the editor showed at one moment. */
export interface DiagnosticView {
	/** Of the files that an edit changes, and of that which it is to clear something in. */
	readonly ofFiles: readonly SeenDiagnostic[];
	/** How many severe diagnostics other files had, by source. */
	readonly elsewhere: ReadonlyMap<string, number>;
	/** Those of the files that a language server may not have looked at yet: what appears in them later may have been there. Absent: none. */
	readonly unknown?: ReadonlySet<string>;
}

export interface DiagnosticChange {
	/** Whether all that were in question are gone; false where none were. */
	readonly isCleared: boolean;
	/** Whether those that an edit was for are all there as before; false where it was for none. */
	readonly isStanding: boolean;
	/** Severe ones that were not there before. */
	readonly appeared: readonly SeenDiagnostic[];
	/**
	 * That they are gone says nothing: those of other files went at the same time, all at once, as when a language server starts anew; or there are
	 * some in a file that nobody had looked at before, which may be new.
	 */
	readonly isDoubtful: boolean;
}

const keyOf = ({ file, source, code, message }: SeenDiagnostic) => `${file}\n${source}\n${code}\n${message}`;

/** What became of diagnostics between two moments. `inQuestion`: those that an edit was for; absent: the severe ones of before. */
export function compareDiagnostics(before: DiagnosticView, after: DiagnosticView, inQuestion?: readonly SeenDiagnostic[]): DiagnosticChange {
	const left = new Map<string, number>();
	for (const seen of before.ofFiles) left.set(keyOf(seen), (left.get(keyOf(seen)) ?? 0) + 1);
	const appeared: SeenDiagnostic[] = [];
	let mayBeNew = false;
	for (const seen of after.ofFiles) {
		const known = left.get(keyOf(seen)) ?? 0;
		if (known > 0) left.set(keyOf(seen), known - 1);
		else if (seen.isSevere && before.unknown?.has(seen.file)) mayBeNew = true;
		else if (seen.isSevere) appeared.push(seen);
	}
	const wanted = inQuestion ?? before.ofFiles.filter(({ isSevere }) => isSevere);
	// Of two alike one may go while the other stays.
	const isCleared = wanted.length > 0 && wanted.every((seen) => count(after.ofFiles, seen) < count(before.ofFiles, seen));
	const sources = new Set(wanted.map(({ source }) => source));
	const hasRestarted = [...sources].some((source) => (before.elsewhere.get(source) ?? 0) > 0 && (after.elsewhere.get(source) ?? 0) === 0);
	const isDoubtful = isCleared && (hasRestarted || (mayBeNew && appeared.length === 0));
	const isStanding = (inQuestion ?? []).length > 0 && wanted.every((seen) => count(after.ofFiles, seen) >= count(before.ofFiles, seen));
	return { isCleared, isStanding, appeared, isDoubtful };
}

function count(all: readonly SeenDiagnostic[], seen: SeenDiagnostic): number {
	return all.filter((other) => keyOf(other) === keyOf(seen)).length;
}

/** The value of a `diagnostics` signal; null where nothing can be said. */
export function diagnosticValue({ isCleared, appeared, isDoubtful }: DiagnosticChange): 1 | -1 | null {
	if (isDoubtful) return null;
	if (appeared.length > 0) return -1;
	return isCleared ? 1 : null;
}

/** What is held of an edit when its time is over. `hasLooked`: whether whoever reported what was in question has looked at the edit at all. */
export function valueAtEnd(change: DiagnosticChange, hasLooked: boolean): 1 | -1 | null {
	return diagnosticValue(change) ?? (change.isStanding && hasLooked ? -1 : null);
}
