import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { FixProposal, FixRefusal, UnsavedFile } from '#protocol/messages';
import { toEditorDiagnostic } from '../chat/chatRequest.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import type { EditPreviews } from '../edits/editPreviews.ts';
import type { FixTarget } from './fixActions.ts';
import { placeFix } from './placeFix.ts';
import { relatedPlaces } from './relatedPlaces.ts';

/** Fixes whose repetition is known. */
const KEPT = 100;
/** Larger files are not sent to the coordinator. */
const MAX_CHARACTERS = 1_000_000;
/** Nor are more files that are not saved. */
const MOST_UNSAVED = 20;

/** Asks the coordinator for fixes and shows them. */
export class Fixer {
	readonly #client: CoordinatorClient;
	readonly #previews: EditPreviews;
	/** The last interaction for the same problem: asked for again, its fix did not do. */
	readonly #last = new Map<string, string>();

	constructor(client: CoordinatorClient, previews: EditPreviews) {
		this.#client = client;
		this.#previews = previews;
	}

	/** Asks for a fix. `model` as in a question: absent, the preferred one or the router's choice. */
	async propose({ uri, diagnostics }: FixTarget, token: vscode.CancellationToken, model?: string | null): Promise<FixProposal> {
		const document = await vscode.workspace.openTextDocument(uri);
		const text = document.getText();
		const refused = (reason: FixRefusal): FixProposal => ({ status: 'refused', interactionId: '', reason, file: null, explanation: '' });
		if (text.length > MAX_CHARACTERS) return refused('no-edit');
		const key = [uri.toString(), ...diagnostics.map(({ message }) => message)].join('\n');
		const retryOf = this.#last.get(key);
		const interactionId = randomUUID();
		const proposal = await this.#client.request(
			'fix/propose',
			{
				interactionId,
				path: uri.fsPath,
				text,
				language: document.languageId,
				unsaved: unsavedBeside(uri),
				related: await relatedPlaces({ uri, diagnostics }, document),
				diagnostics: diagnostics.map((diagnostic) => toEditorDiagnostic(uri, diagnostic)),
				...(model === undefined ? {} : { model }),
				...(retryOf === undefined ? {} : { retryOf }),
			},
			token,
		);
		const isAnswered = proposal.status === 'proposed' || (proposal.reason !== 'no-model' && proposal.reason !== 'cancelled');
		if (isAnswered) {
			this.#last.set(key, proposal.interactionId);
			const [oldest] = this.#last.keys();
			if (this.#last.size > KEPT && oldest !== undefined) this.#last.delete(oldest);
		}
		return proposal;
	}

	/** Shows the change of all files, to be applied or discarded. False where it does not fit the files any more, which is said. */
	show(problem: FixTarget, { interactionId, files }: Extract<FixProposal, { status: 'proposed' }>): Promise<boolean> {
		const edits = files.map(({ path, edits }) => ({ uri: vscode.Uri.file(path), place: (text: string) => placeFix(text, edits) }));
		return this.#previews.show({ interactionId, problem, files: edits });
	}
}

/** Open files that are not saved: the coordinator sees the disk. */
function unsavedBeside(own: vscode.Uri): UnsavedFile[] {
	const unsaved = vscode.workspace.textDocuments.filter(({ uri, isDirty }) => isDirty && uri.scheme === 'file' && uri.toString() !== own.toString());
	const texts = unsaved.slice(0, MOST_UNSAVED).map((document) => ({ path: document.uri.fsPath, text: document.getText() }));
	return texts.filter(({ text }) => text.length <= MAX_CHARACTERS);
}
