import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { FixProposal, FixRefusal } from '#protocol/messages';
import { toEditorDiagnostic } from '../chat/chatRequest.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import type { EditPreviews } from '../edits/editPreviews.ts';
import type { FixTarget } from './fixActions.ts';
import { placeFix } from './placeFix.ts';

/** Fixes whose repetition is known. */
const KEPT = 100;
/** Larger files are not sent to the coordinator. */
const MAX_CHARACTERS = 1_000_000;

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
		const refused = (reason: FixRefusal): FixProposal => ({ status: 'refused', interactionId: '', reason, explanation: '' });
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
				diagnostics: diagnostics.map((diagnostic) => toEditorDiagnostic(uri, diagnostic)),
				...(model === undefined ? {} : { model }),
				...(retryOf === undefined ? {} : { retryOf }),
			},
			token,
		);
		if (proposal.status === 'proposed') {
			this.#last.set(key, proposal.interactionId);
			const [oldest] = this.#last.keys();
			if (this.#last.size > KEPT && oldest !== undefined) this.#last.delete(oldest);
		}
		return proposal;
	}

	/** Shows the change, to be applied or discarded. */
	async show({ uri, diagnostics }: FixTarget, { interactionId, edits }: Extract<FixProposal, { status: 'proposed' }>): Promise<void> {
		await this.#previews.show({ interactionId, uri, diagnostics, place: (text) => placeFix(text, edits) });
	}
}

/** Why there is no fix, in words; empty where the user knows. */
export function explainNoFix(reason: FixRefusal): string {
	const { t } = vscode.l10n;
	switch (reason) {
		case 'cancelled':
			return '';
		case 'no-model':
			return t('No language model is there that could fix this. Start a model server, or set one up.');
		case 'no-edit':
			return t('The model gave no edit that could be read. Nothing was changed.');
		case 'not-found':
		case 'ambiguous':
			return t('The model’s edit does not fit the file. Nothing was changed.');
		case 'would-break':
			return t('The model’s edit would leave a bracket without its partner. Nothing was changed.');
		case 'no-change':
			return t('The model’s edit changes nothing.');
		case 'secret-file':
			return t('This file may hold secrets, so it is never sent to a model.');
	}
}
