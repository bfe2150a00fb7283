import * as vscode from 'vscode';
import { compareDiagnostics, type DiagnosticChange, type DiagnosticView, diagnosticValue, type SeenDiagnostic } from './diagnosticChange.ts';

/** Diagnostics flicker while a language server thinks: only what stays this long is believed. */
const QUIET_MS = 2_000;
/** Later changes are the user's own. */
const WATCHED_MS = 120_000;
/** Diagnostics that are compared, of the file and of all others. */
const MOST_DIAGNOSTICS = 1_000;

export interface DiagnosticWatchOptions {
	readonly document: vscode.TextDocument;
	readonly before: DiagnosticView;
	/** Those that the edit was for; empty: whatever was severe. */
	readonly inQuestion: readonly vscode.Diagnostic[];
	/** Told once for every value that stayed. */
	readonly onJudged: (value: 1 | -1, change: DiagnosticChange) => void;
}

/** What the editor shows of a file and, in numbers, of all others. */
export function viewDiagnostics(uri: vscode.Uri): DiagnosticView {
	const elsewhere = new Map<string, number>();
	let looked = 0;
	for (const [other, diagnostics] of vscode.languages.getDiagnostics()) {
		if (other.toString() === uri.toString()) continue;
		for (const { severity, source = '' } of diagnostics) {
			if (++looked > MOST_DIAGNOSTICS) return seenBy(uri, elsewhere);
			if (severity <= vscode.DiagnosticSeverity.Warning) elsewhere.set(source, (elsewhere.get(source) ?? 0) + 1);
		}
	}
	return seenBy(uri, elsewhere);
}

function seenBy(uri: vscode.Uri, elsewhere: ReadonlyMap<string, number>): DiagnosticView {
	return { ofFile: vscode.languages.getDiagnostics(uri).slice(0, MOST_DIAGNOSTICS).map(toSeen), elsewhere };
}

/** A diagnostic without its place. */
export function toSeen({ source, code, message, severity }: vscode.Diagnostic): SeenDiagnostic {
	return {
		source: source ?? '',
		code: code === undefined ? '' : String(typeof code === 'object' ? code.value : code),
		message,
		isSevere: severity <= vscode.DiagnosticSeverity.Warning,
	};
}

/** Watches what an edit did to the diagnostics of its file, until the user goes on writing there. */
export function watchDiagnostics({ document, before, inQuestion, onJudged }: DiagnosticWatchOptions): vscode.Disposable {
	const own = document.getText().replace(/\s+/g, '');
	let last: 1 | -1 | null = null;
	let timer: NodeJS.Timeout | undefined;
	const end = setTimeout(() => watch.dispose(), WATCHED_MS);
	const judge = () => {
		if (document.isClosed || document.getText().replace(/\s+/g, '') !== own) return watch.dispose();
		const change = compareDiagnostics(before, viewDiagnostics(document.uri), inQuestion.length > 0 ? inQuestion.map(toSeen) : undefined);
		const value = diagnosticValue(change);
		if (value === null || value === last) return;
		last = value;
		onJudged(value, change);
	};
	const judgeSoon = () => {
		clearTimeout(timer);
		timer = setTimeout(judge, QUIET_MS);
	};
	const watch = vscode.Disposable.from(
		vscode.languages.onDidChangeDiagnostics(({ uris }) => {
			if (uris.some((uri) => uri.toString() === document.uri.toString())) judgeSoon();
		}),
		{
			dispose: () => {
				clearTimeout(timer);
				clearTimeout(end);
			},
		},
	);
	judgeSoon();
	return watch;
}
