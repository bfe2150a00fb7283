import * as vscode from 'vscode';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { COMMANDS, CONTEXT_KEYS, EXTENSION_ID, WALKTHROUGHS } from '../ids.ts';
import { command, onDidRun } from './command.ts';

type Step = (typeof CONTEXT_KEYS)['indexed' | 'answered' | 'modelsChosen' | 'learnedShown' | 'settingsOpened' | 'dashboardOpened'];

/** Steps that were done, in any window. */
const STATE_KEY = 'walkthrough.done';
const DONE_BY: Readonly<Partial<Record<(typeof COMMANDS)[keyof typeof COMMANDS], Step>>> = {
	[COMMANDS.findModelServers]: CONTEXT_KEYS.modelsChosen,
	[COMMANDS.addServer]: CONTEXT_KEYS.modelsChosen,
	[COMMANDS.openSettings]: CONTEXT_KEYS.settingsOpened,
	[COMMANDS.openDashboard]: CONTEXT_KEYS.dashboardOpened,
};

/**
 * Opens the guide for a new user, and tells its steps what is done, also what was done before the guide was ever opened. The editor completes a step
 * when its context becomes true after the guide is known to it, and never where it was true before; so each context is true for a moment only, again
 * whenever it is done and when the guide is opened.
 */
export function registerWalkthrough(client: CoordinatorClient, state: vscode.Memento, onDidShowLearned: vscode.Event<unknown>): vscode.Disposable {
	const tell = async (step: Step) => {
		await vscode.commands.executeCommand('setContext', step, true);
		await vscode.commands.executeCommand('setContext', step, false);
	};
	const done = (step: Step) => {
		const known = state.get<readonly Step[]>(STATE_KEY, []);
		if (!known.includes(step)) void state.update(STATE_KEY, [...known, step]);
		void tell(step);
	};
	return vscode.Disposable.from(
		command(COMMANDS.openWalkthrough, async () => {
			await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${EXTENSION_ID}#${WALKTHROUGHS.start}`);
			for (const step of state.get<readonly Step[]>(STATE_KEY, [])) await tell(step);
		}),
		onDidRun((id) => {
			const step = DONE_BY[id];
			if (step) done(step);
		}),
		onDidShowLearned(() => done(CONTEXT_KEYS.learnedShown)),
		client.onDidAnswer(() => done(CONTEXT_KEYS.answered)),
		client.onDidChangeStatus((status) => {
			if (status?.phase === 'ready') done(CONTEXT_KEYS.indexed);
		}),
	);
}
