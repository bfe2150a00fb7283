import type * as vscode from 'vscode';
import type { AppliedChange } from '../edits/proposedEdit.ts';
import { FixVerdict, type Verdict } from './fixVerdict.ts';

/** Fixes whose texts are kept, in this window only. */
const MOST_FIXES = 20;
/** What is undone later makes room for other work: it says nothing of the fix. */
const KEPT_MS = 30 * 60_000;

/** Told what holds of a fix from now on, and what was told of it before and holds no longer. */
export type VerdictListener = (applied: AppliedChange, verdict: Verdict, was: Verdict) => void;

/** What is held of the last applied fixes. */
export class FixVerdicts {
	readonly #onChanged: VerdictListener;
	#kept: readonly { readonly verdict: FixVerdict; readonly timeMs: number }[] = [];

	constructor(onChanged: VerdictListener) {
		this.#onChanged = onChanged;
	}

	/** Of a change that was just made. */
	start(applied: AppliedChange): FixVerdict {
		const files = applied.files.map(({ document, before }) => ({ uri: document.uri.toString(), before, after: document.getText() }));
		const verdict = new FixVerdict(files, (now, was) => this.#onChanged(applied, now, was));
		if (applied.problem) this.#kept = [...this.#kept, { verdict, timeMs: Date.now() }].slice(-MOST_FIXES);
		return verdict;
	}

	/** A step of undo or redo in a document. */
	stepped(document: vscode.TextDocument): void {
		const uri = document.uri.toString();
		this.#kept = this.#kept.filter(({ timeMs }) => Date.now() - timeMs <= KEPT_MS);
		const concerned = this.#kept.filter(({ verdict }) => verdict.isOf(uri));
		if (concerned.length === 0) return;
		const text = document.getText();
		for (const { verdict } of concerned) verdict.stepped(uri, text);
	}

	/** A row of steps is over. */
	settle(uri: string): void {
		for (const { verdict } of this.#kept) if (verdict.isOf(uri)) verdict.settle();
	}
}
