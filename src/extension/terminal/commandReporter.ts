import * as vscode from 'vscode';
import type { CommandRun, KnowledgeHit } from '#protocol/messages';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { editsOf } from '../edits/editsOf.ts';
import type { AppliedChange } from '../edits/proposedEdit.ts';
import { COMMANDS } from '../ids.ts';
import { readSetting } from '../readSettings.ts';
import { listenToCommands } from './commandRuns.ts';
import { CommandTeller } from './commandTeller.ts';

/** Hands commands that ended, and edits of answers, to the coordinator, and offers what solved an error before. Before the coordinator runs, nothing is kept. */
export class CommandReporter implements vscode.Disposable {
	readonly #client: CoordinatorClient;
	readonly #teller: CommandTeller;
	readonly #subscription: vscode.Disposable;
	/** Solutions that were offered in this window: once is enough. */
	readonly #offered = new Set<string>();

	constructor(client: CoordinatorClient) {
		this.#client = client;
		this.#teller = new CommandTeller(client);
		this.#subscription = vscode.Disposable.from(
			this.#teller,
			listenToCommands(
				() => isOn() && (client.status !== null || client.transition === 'restarting'),
				async (run) => this.#offer(run, await this.#teller.tell(run)),
			),
			vscode.workspace.onDidChangeConfiguration(() => {
				if (!isOn()) this.forget();
			}),
		);
	}

	readonly onApplied = ({ interactionId, files }: AppliedChange): void => {
		if (!isOn() || this.#client.status === null) return;
		for (const { document, before, edits } of files) {
			if (document.uri.scheme !== 'file') continue;
			for (const edit of editsOf({ path: document.uri.fsPath, before, edits })) {
				void this.#client.request('command/edited', { interactionId, ...edit }).catch(() => undefined);
			}
		}
	};

	/** Lets go of the failures that are kept. */
	forget(): void {
		this.#teller.forget();
	}

	dispose(): void {
		this.#subscription.dispose();
	}

	#offer({ commandLine }: CommandRun, known: readonly KnowledgeHit[]): void {
		const [solution] = known.filter(({ id }) => !this.#offered.has(id));
		if (!solution) return;
		this.#offered.add(solution.id);
		const { t } = vscode.l10n;
		const show = t('Show Solution');
		const fix = t('Fix with Hybrid');
		const name = commandLine.length > 60 ? `${commandLine.slice(0, 60)}…` : commandLine;
		void vscode.window.showInformationMessage(t('“{0}” failed with an error that was solved here before: {1}', name, solution.title), show, fix).then((chosen) => {
			if (chosen === show) return vscode.commands.executeCommand(COMMANDS.showLearned, { item: solution });
			return chosen === fix ? vscode.commands.executeCommand(COMMANDS.fixLastTerminalError) : undefined;
		});
	}
}

function isOn(): boolean {
	return vscode.workspace.isTrusted && readSetting('learning.terminalErrors');
}
