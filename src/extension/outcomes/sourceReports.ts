/** What is shown of one file at one moment. */
export interface FileReport {
	/** The diagnostics of the source in question, with their places. */
	readonly own: readonly string[];
	/** Whether other sources have some there too. */
	readonly hasOthers: boolean;
}

/** Sources that read files as they are in the editor. Others may do so, or read the disk, as a build does. */
const READ_UNSAVED: ReadonlySet<string> = new Set(['ts', 'js', 'Pylance', 'Pyright', 'basedpyright']);

/**
 * Whether a source has looked at a file again since an edit. The editor tells of a file that something was reported, not of whom: it was the source where
 * its diagnostics are others or stand elsewhere, or where nobody else has one.
 */
export class SourceReports {
	readonly #source: string;
	readonly #first: string;
	#hasChanged = false;
	#wasAlone = false;

	constructor(source: string, first: FileReport) {
		this.#source = source;
		this.#first = keyOf(first);
	}

	/** Something was reported of the file, and this is shown now. */
	reported(report: FileReport): void {
		if (keyOf(report) !== this.#first) this.#hasChanged = true;
		else if (!report.hasOthers) this.#wasAlone = true;
	}

	/** What a source read from the disk is told again, unchanged, while the file is not saved: that is no look at the edit. */
	hasLooked(isSaved: boolean): boolean {
		return this.#hasChanged || (this.#wasAlone && (isSaved || READ_UNSAVED.has(this.#source)));
	}
}

function keyOf({ own }: FileReport): string {
	return JSON.stringify(own.toSorted());
}
