import * as vscode from 'vscode';
import type { AppliedChange, Problem } from '../edits/proposedEdit.ts';
import type { JudgeListeners } from './changeJudge.ts';
import type { DiagnosticView } from './diagnosticChange.ts';
import { toSeen, viewDiagnostics, watchDiagnostics } from './diagnosticWatch.ts';
import { OpenTimes } from './openTimes.ts';

/** Watches what changes do to diagnostics: in all files that each changes, and where its problem was. A file's newest change ends the watch of those before. */
export class ChangeWatches implements vscode.Disposable {
	readonly #openTimes = new OpenTimes();
	readonly #watches = new Map<string, vscode.Disposable>();
	/** What was seen before the change that is being applied. */
	#before: DiagnosticView | null = null;

	/** Looks at what is there before a change. */
	willApply(changed: readonly vscode.Uri[], problem: Problem | null): void {
		const files = filesOf(changed, problem);
		// What is in question was reported, so its file was looked at.
		const unknown = files.filter((uri) => uri.toString() !== problem?.uri.toString() && !this.#openTimes.isKnown(uri)).map(String);
		this.#before = { ...viewDiagnostics(files), unknown: new Set(unknown) };
	}

	/** Watches from now on. */
	start({ files, problem }: AppliedChange, listeners: JudgeListeners): void {
		const before = this.#before;
		this.#before = null;
		if (!before) return;
		const changed = files.map(({ document }) => document);
		const uris = filesOf(
			changed.map(({ uri }) => uri),
			problem,
		);
		const documents = uris.flatMap((uri) => vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString()) ?? []);
		for (const uri of uris) this.#watches.get(uri.toString())?.dispose();
		// Of a file that is closed nothing is reported, whatever is in it.
		if (documents.length < uris.length) return;
		const inQuestion = problem && problem.diagnostics.length > 0 ? { inQuestion: problem.diagnostics.map((diagnostic) => toSeen(problem.uri, diagnostic)) } : {};
		const watch = watchDiagnostics({ documents, before, ...inQuestion, ...listeners });
		for (const uri of uris) this.#watches.set(uri.toString(), watch);
	}

	dispose(): void {
		this.#openTimes.dispose();
		for (const watch of this.#watches.values()) watch.dispose();
	}
}

function filesOf(changed: readonly vscode.Uri[], problem: Problem | null): vscode.Uri[] {
	const others = problem && !changed.some((uri) => uri.toString() === problem.uri.toString()) ? [problem.uri] : [];
	return [...changed, ...others];
}
