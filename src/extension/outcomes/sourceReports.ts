/** What is shown of one file at one moment. */
export interface FileReport {
	/** The diagnostics of the source in question, with their places. */
	readonly own: readonly string[];
	/** Whether other sources have some there too. */
	readonly hasOthers: boolean;
}

/**
 * Whether a source has looked at a file again since an edit. The editor tells of a file that something was reported, not of whom: it was the source where
 * its diagnostics are others or stand elsewhere, or where nobody else has any.
 */
export class SourceReports {
	readonly #first: string;
	#hasChanged = false;
	#wasAlone = false;

	constructor(first: FileReport) {
		this.#first = keyOf(first);
	}

	/** Something was reported of the file, and this is shown now. */
	reported(report: FileReport): void {
		if (keyOf(report) !== this.#first) this.#hasChanged = true;
		else if (!report.hasOthers) this.#wasAlone = true;
	}

	/** What reads the disk, as a build does, may be told again unchanged while the file is not saved: that is no look at the edit. */
	hasLooked(isSaved: boolean): boolean {
		return this.#hasChanged || (this.#wasAlone && isSaved);
	}
}

function keyOf({ own }: FileReport): string {
	return JSON.stringify(own.toSorted());
}
