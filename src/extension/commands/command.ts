import * as vscode from 'vscode';
import type { COMMANDS } from '../ids.ts';
import { showFailure } from '../showFailure.ts';

const ran = new vscode.EventEmitter<(typeof COMMANDS)[keyof typeof COMMANDS]>();
/** A command of ours has done what it does. */
export const onDidRun = ran.event;

/** Registers a command whose failure is shown with its next step. */
export function command(id: (typeof COMMANDS)[keyof typeof COMMANDS], run: (...parameters: unknown[]) => unknown): vscode.Disposable {
	return vscode.commands.registerCommand(id, async (...parameters: unknown[]) => {
		try {
			await run(...parameters);
			ran.fire(id);
		} catch (error) {
			showFailure(error);
		}
	});
}
