import * as vscode from 'vscode';
import { explainFailure } from './messages.ts';

/** Shows a failure with the button that helps. Each text is shown once at a time. */
export function showFailure(error: unknown): void {
	const { text, action } = explainFailure(error);
	if (shown.has(text)) return;
	shown.add(text);
	void vscode.window.showErrorMessage(text, ...(action ? [action.title] : [])).then((chosen) => {
		shown.delete(text);
		if (chosen && action) void vscode.commands.executeCommand(action.command);
	});
}

const shown = new Set<string>();
