import * as vscode from 'vscode';
import { COMMANDS } from '../ids.ts';

/** What a quick fix hands to its command. */
export interface FixTarget {
	readonly uri: vscode.Uri;
	readonly diagnostics: readonly vscode.Diagnostic[];
}

/**
 * Quick fixes for every diagnostic of any source: in the light bulb, the hover and the problems view. Asks nobody: what a fix is, is found out
 * when one is chosen. Fixes that are known without a model belong before the others, in the order of the array.
 */
export class FixActions implements vscode.CodeActionProvider {
	static readonly metadata: vscode.CodeActionProviderMetadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };

	provideCodeActions({ uri }: vscode.TextDocument, _range: vscode.Range, { diagnostics, only }: vscode.CodeActionContext): vscode.CodeAction[] {
		if (diagnostics.length === 0 || (only && !only.intersects(vscode.CodeActionKind.QuickFix))) return [];
		const { t } = vscode.l10n;
		const all = severeDiagnostics(uri);
		const action = (title: string, command: string, meant: readonly vscode.Diagnostic[]) => {
			const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
			made.command = { title, command, arguments: [{ uri, diagnostics: meant } satisfies FixTarget] };
			made.diagnostics = [...meant];
			return made;
		};
		return [
			action(t('Fix with Hybrid'), COMMANDS.fixDiagnostics, diagnostics),
			...(all.length > diagnostics.length ? [action(t('Fix all {0} problems in this file with Hybrid', all.length), COMMANDS.fixDiagnostics, all)] : []),
			action(t('Explain with Hybrid'), COMMANDS.explainDiagnostics, diagnostics),
		];
	}
}

/** Errors and warnings of a file. */
export function severeDiagnostics(uri: vscode.Uri): vscode.Diagnostic[] {
	return vscode.languages.getDiagnostics(uri).filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning);
}
