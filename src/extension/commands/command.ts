import * as vscode from 'vscode';
import type { COMMANDS } from '../ids.ts';
import { showFailure } from '../showFailure.ts';

/** Registers a command whose failure is shown with its next step. */
export function command(id: (typeof COMMANDS)[keyof typeof COMMANDS], run: (...parameters: unknown[]) => unknown): vscode.Disposable {
	return vscode.commands.registerCommand(id, async (...parameters: unknown[]) => {
		try {
			await run(...parameters);
		} catch (error) {
			showFailure(error);
		}
	});
}
