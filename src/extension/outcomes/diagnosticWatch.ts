import * as vscode from 'vscode';
import { ChangeJudge, type JudgeListeners } from './changeJudge.ts';
import type { DiagnosticView, SeenDiagnostic } from './diagnosticChange.ts';
import { type FileReport, SourceReports } from './sourceReports.ts';

/** Diagnostics that are compared, of each file and of all others. */
const MOST_DIAGNOSTICS = 1_000;

export interface DiagnosticWatchOptions extends JudgeListeners {
	/** Of the changed files, and of that of the diagnostics. */
	readonly documents: readonly vscode.TextDocument[];
	readonly before: DiagnosticView;
	/** Those that the edit was for; absent: whatever was severe. */
	readonly inQuestion?: readonly SeenDiagnostic[];
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
export function watchDiagnostics({ documents, before, inQuestion, onJudged, onStanding }: DiagnosticWatchOptions): vscode.Disposable {
	const files = documents.map(({ uri }) => uri);
	const keys = new Set(files.map(String));
	const bare = (document: vscode.TextDocument) => document.getText().replace(/\s+/g, '');
	const own = documents.map(bare);
	const looks = lookedAgain(documents, inQuestion ?? []);
	const shown = {
		view: () => viewDiagnostics(files),
		isTouched: () => documents.some((document, index) => document.isClosed || bare(document) !== own[index]),
		hasLooked: looks.haveAll,
	};
	const judge = new ChangeJudge({ shown, before, ...(inQuestion ? { inQuestion } : {}), onJudged, onStanding, onEnded: () => watch.dispose() });
	const watch = vscode.Disposable.from(
		judge,
		vscode.languages.onDidChangeDiagnostics(({ uris }) => {
			looks.reported(uris);
			if (uris.some((uri) => keys.has(uri.toString()))) judge.reported();
		}),
	);
	return watch;
}

/** Whether those who reported some diagnostics have looked at their files again. */
function lookedAgain(documents: readonly vscode.TextDocument[], inQuestion: readonly SeenDiagnostic[]) {
	const asked = documents.flatMap((document) => {
		const file = document.uri.toString();
		const sources = new Set(inQuestion.filter((seen) => seen.file === file).map(({ source }) => source));
		return [...sources].map((source) => ({ document, file, source, reports: new SourceReports(source, reportOf(document.uri, source)) }));
	});
	return {
		reported: (uris: readonly vscode.Uri[]) => {
			const told = new Set(uris.map(String));
			for (const { document, file, source, reports } of asked) if (told.has(file)) reports.reported(reportOf(document.uri, source));
		},
		haveAll: () => asked.every(({ document, reports }) => reports.hasLooked(!document.isDirty)),
	};
}

function reportOf(uri: vscode.Uri, source: string): FileReport {
	const diagnostics = vscode.languages.getDiagnostics(uri).slice(0, MOST_DIAGNOSTICS);
	const own = diagnostics.filter((diagnostic) => (diagnostic.source ?? '') === source);
	return { own: own.map(({ range, code, message }) => JSON.stringify([range, code, message])), hasOthers: own.length < diagnostics.length };
}
