import * as vscode from 'vscode';
import { compareDiagnostics, type DiagnosticChange, type DiagnosticView, diagnosticValue, type SeenDiagnostic } from './diagnosticChange.ts';

/** Diagnostics flicker while a language server thinks: only what stays this long is believed. */
const QUIET_MS = 2_000;
/** Later changes are the user's own. */
const WATCHED_MS = 120_000;
/** Diagnostics that are compared, of each file and of all others. */
const MOST_DIAGNOSTICS = 1_000;

export interface DiagnosticWatchOptions {
	/** Of the changed files, and of that of the diagnostics. */
	readonly documents: readonly vscode.TextDocument[];
	readonly before: DiagnosticView;
	/** Those that the edit was for; absent: whatever was severe. */
	readonly inQuestion?: readonly SeenDiagnostic[];
	/** Told once for every value that stayed. */
	readonly onJudged: (value: 1 | -1, change: DiagnosticChange) => void;
}

/** What the editor shows of some files and, in numbers, of all others. */
export function viewDiagnostics(files: readonly vscode.Uri[]): DiagnosticView {
	const keys = new Set(files.map(String));
	const ofFiles = files.flatMap((uri) =>
		vscode.languages
			.getDiagnostics(uri)
			.slice(0, MOST_DIAGNOSTICS)
			.map((diagnostic) => toSeen(uri, diagnostic)),
	);
	const elsewhere = new Map<string, number>();
	let looked = 0;
	for (const [other, diagnostics] of vscode.languages.getDiagnostics()) {
		if (keys.has(other.toString())) continue;
		for (const { severity, source = '' } of diagnostics) {
			if (++looked > MOST_DIAGNOSTICS) return { ofFiles, elsewhere };
			if (severity <= vscode.DiagnosticSeverity.Warning) elsewhere.set(source, (elsewhere.get(source) ?? 0) + 1);
		}
	}
	return { ofFiles, elsewhere };
}

/** A diagnostic without its place in the file. */
export function toSeen(uri: vscode.Uri, { source, code, message, severity }: vscode.Diagnostic): SeenDiagnostic {
	return {
		file: uri.toString(),
		source: source ?? '',
		code: code === undefined ? '' : String(typeof code === 'object' ? code.value : code),
		message,
		isSevere: severity <= vscode.DiagnosticSeverity.Warning,
	};
}

/** Watches what an edit did to the diagnostics of files, until the user goes on writing in one of them. */
export function watchDiagnostics({ documents, before, inQuestion, onJudged }: DiagnosticWatchOptions): vscode.Disposable {
	const files = documents.map(({ uri }) => uri);
	const keys = new Set(files.map(String));
	const bare = (document: vscode.TextDocument) => document.getText().replace(/\s+/g, '');
	const own = documents.map(bare);
	let last: 1 | -1 | null = null;
	let timer: NodeJS.Timeout | undefined;
	const end = setTimeout(() => watch.dispose(), WATCHED_MS);
	const judge = () => {
		if (documents.some((document, index) => document.isClosed || bare(document) !== own[index])) return watch.dispose();
		const change = compareDiagnostics(before, viewDiagnostics(files), inQuestion);
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
			if (uris.some((uri) => keys.has(uri.toString()))) judgeSoon();
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
