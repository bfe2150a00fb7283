import { compareDiagnostics, type DiagnosticChange, type DiagnosticView, diagnosticValue, type SeenDiagnostic, valueAtEnd } from './diagnosticChange.ts';

/** Diagnostics flicker while a language server thinks: only what stays this long is believed. */
const QUIET_MS = 2_000;
/** Later changes are the user's own. */
const WATCHED_MS = 120_000;

/** What the editor shows of the files of an edit. */
export interface ShownFiles {
	readonly view: () => DiagnosticView;
	/** Whether one is closed, or has other text than the edit left. */
	readonly isTouched: () => boolean;
	/** Whether those who reported what is in question have looked at the edit. */
	readonly hasLooked: () => boolean;
}

export interface JudgeListeners {
	/** Told once for every value that stayed. */
	readonly onJudged: (value: 1 | -1, change: DiagnosticChange) => void;
	/** Told at the end where nothing came of the edit: what it was for was looked at again, and stands. */
	readonly onStanding: () => void;
}

export interface ChangeJudgeOptions extends JudgeListeners {
	readonly shown: ShownFiles;
	readonly before: DiagnosticView;
	/** Those that the edit was for; absent: whatever was severe. */
	readonly inQuestion?: readonly SeenDiagnostic[];
	/** Called when nothing is judged any more. */
	readonly onEnded: () => void;
	readonly quietMs?: number;
	readonly watchedMs?: number;
}

/** Judges an edit by what is reported after it, until its time is over or the user goes on writing. */
export class ChangeJudge {
	readonly #options: ChangeJudgeOptions;
	readonly #end: NodeJS.Timeout;
	#quiet: NodeJS.Timeout | undefined;
	#last: 1 | -1 | null = null;
	#isOver = false;

	constructor(options: ChangeJudgeOptions) {
		this.#options = options;
		this.#end = setTimeout(() => this.#endTime(), options.watchedMs ?? WATCHED_MS);
		this.reported();
	}

	/** Something was reported of the files. */
	reported(): void {
		clearTimeout(this.#quiet);
		this.#quiet = setTimeout(() => this.#judge(), this.#options.quietMs ?? QUIET_MS);
	}

	dispose(): void {
		clearTimeout(this.#quiet);
		clearTimeout(this.#end);
	}

	#endTime(): void {
		this.#isOver = true;
		// What was reported this moment is believed when it stays.
		if (this.#quiet === undefined) this.#judge();
	}

	#judge(): void {
		this.#quiet = undefined;
		const { shown, before, inQuestion, onJudged, onStanding, onEnded } = this.#options;
		if (shown.isTouched()) {
			onEnded();
			return;
		}
		const change = compareDiagnostics(before, shown.view(), inQuestion);
		const value = diagnosticValue(change);
		if (value !== null && value !== this.#last) {
			this.#last = value;
			onJudged(value, change);
		}
		if (!this.#isOver) return;
		onEnded();
		if (value === null && valueAtEnd(change, shown.hasLooked()) === -1) onStanding();
	}
}
