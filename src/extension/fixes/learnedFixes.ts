import * as vscode from 'vscode';
import type { LearnedFixOffer, LearnedFixRequest } from '#protocol/messages';
import { command } from '../commands/command.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { applyLineEdits } from '../edits/codeLines.ts';
import { editsOf } from '../edits/editsOf.ts';
import { lineEditBetween } from '../edits/lineEditBetween.ts';
import { type AppliedChange, type ChangeListeners, nameOf, openToChange } from '../edits/proposedEdit.ts';
import { COMMANDS } from '../ids.ts';
import { toSeen } from '../outcomes/diagnosticWatch.ts';
import type { Verdict } from '../outcomes/fixVerdict.ts';
import { OfferMemory } from './offerMemory.ts';

/** The menu waits no longer for learned fixes. */
const OFFER_MS = 400;
/** So long the same is offered for the same state without asking again. */
const FRESH_MS = 5_000;
/** Larger files have none. */
const MAX_CHARACTERS = 200_000;
/** Diagnostics of one place that are asked for. */
const MOST_DIAGNOSTICS = 3;

interface ChosenFix {
	readonly uri: vscode.Uri;
	readonly diagnostic: vscode.Diagnostic;
	readonly offer: LearnedFixOffer;
	/** The text that the offer was made for. */
	readonly text: string;
}

/** Fixes that were learned from verified ones: offered at once and without a model, with their record, and judged like all others. */
export class LearnedFixes implements vscode.CodeActionProvider, vscode.Disposable {
	readonly #client: CoordinatorClient;
	readonly #listeners: ChangeListeners;
	readonly #registration: vscode.Disposable;
	/** A menu, the light bulb and the hover ask for the same one after the other: they are to show the same. */
	readonly #memory = new OfferMemory<LearnedFixOffer>({ freshMs: FRESH_MS, nowMs: Date.now });
	/** The last record that was handed on. */
	#recorded: Promise<void> = Promise.resolve();

	/** `onDidForget`: what was offered may not be known any more. */
	constructor(client: CoordinatorClient, listeners: ChangeListeners, onDidForget: vscode.Event<unknown>) {
		this.#client = client;
		this.#listeners = listeners;
		this.#registration = vscode.Disposable.from(
			vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, this, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
			onDidForget(() => this.#memory.clear()),
			command(COMMANDS.applyLearnedFix, (chosen) => this.#apply(chosen as ChosenFix)),
		);
	}

	async provideCodeActions(document: vscode.TextDocument, _range: vscode.Range, { diagnostics, only }: vscode.CodeActionContext): Promise<vscode.CodeAction[]> {
		const text = document.getText();
		// A menu starts no coordinator.
		if (diagnostics.length === 0 || this.#client.status === null || text.length > MAX_CHARACTERS) return [];
		if (only && !only.intersects(vscode.CodeActionKind.QuickFix)) return [];
		const late = new Promise<void>((resolve) => setTimeout(resolve, OFFER_MS));
		const offers = diagnostics.slice(0, MOST_DIAGNOSTICS).map(async (diagnostic) => {
			const request = requestFor(document, text, diagnostic);
			const state = JSON.stringify([document.uri.toString(), document.version, request.diagnostic]);
			// Without the menu's token: the next that asks for the same waits for the same answer.
			const found = await this.#memory.offers(state, { ask: () => this.#client.request('fix/offer', request), late });
			return found.map((offer) => toAction({ uri: document.uri, diagnostic, offer, text }));
		});
		return (await Promise.all(offers)).flat();
	}

	/**
	 * Hands what became of a change for one diagnostic to the coordinator, to be learned from; of one that is not of the diagnostic's file alone, what
	 * it changed. With several diagnostics it is not known which part did what. `was`: what was handed on of the same change before.
	 */
	readonly judged = ({ interactionId, problem, files }: AppliedChange, verdict: Verdict, was: Verdict): void => {
		const [diagnostic, ...others] = problem?.diagnostics ?? [];
		if (!problem || !diagnostic || others.length > 0) return;
		const isOwn = ({ uri }: vscode.TextDocument) => uri.toString() === problem.uri.toString();
		const own = files.find(({ document }) => isOwn(document));
		const document = own?.document ?? vscode.workspace.textDocuments.find(isOwn);
		if (!document) return;
		const before = own?.before ?? document.getText();
		if (before.length > MAX_CHARACTERS) return;
		const after = applyLineEdits(before.split('\n'), own?.edits ?? []).join('\n');
		const changes = files.flatMap((file) => editsOf({ path: file.document.uri.fsPath, before: file.before, edits: file.edits }));
		const isOwnAlone = own !== undefined && files.length === 1;
		const interactionIds = interactionId === '' ? [] : [interactionId];
		const record = { isVerified: verdict === null ? null : verdict > 0, ...(was === null ? {} : { wasVerified: was > 0 }) };
		const outcome = { ...requestFor(document, before, diagnostic), after, ...record, interactionIds, ...(isOwnAlone ? {} : { changes }) };
		// One after the other: what is taken back was recorded before.
		this.#recorded = this.#recorded
			.then(() => this.#client.request('fix/record', outcome))
			.then(
				() => this.#memory.clear(),
				() => undefined,
			);
	};

	dispose(): void {
		this.#registration.dispose();
	}

	async #apply({ uri, diagnostic, offer, text }: ChosenFix): Promise<void> {
		const document = await openToChange(uri);
		if (!document) return;
		if (document.getText() !== text) {
			void vscode.window.showInformationMessage(vscode.l10n.t('{0} changed meanwhile. Choose the fix again.', nameOf(uri)));
			return;
		}
		const problem = { uri, diagnostics: [diagnostic] };
		this.#listeners.willApply([uri], problem);
		const edit = new vscode.WorkspaceEdit();
		edit.set(
			uri,
			offer.edits.map((change) => vscode.TextEdit.replace(new vscode.Range(document.positionAt(change.start), document.positionAt(change.end)), change.text)),
		);
		if (!(await vscode.workspace.applyEdit(edit))) return;
		const edits = [lineEditBetween(text, document.getText())];
		this.#listeners.onApplied({ interactionId: '', problem, files: [{ document, before: text, edits }] });
	}
}

function toAction(chosen: ChosenFix): vscode.CodeAction {
	const { t } = vscode.l10n;
	const { worked, used } = chosen.offer;
	const title = used === 1 ? t('Apply the fix that worked before') : t('Apply the fix that worked {0} of {1} times', worked, used);
	const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
	action.command = { title, command: COMMANDS.applyLearnedFix, arguments: [chosen] };
	action.diagnostics = [chosen.diagnostic];
	action.isPreferred = true;
	return action;
}

/** `text` is the document's, now or before an edit, in which the diagnostic has its place. */
function requestFor({ uri, languageId }: vscode.TextDocument, text: string, diagnostic: vscode.Diagnostic): LearnedFixRequest {
	const { source, code, message } = toSeen(uri, diagnostic);
	const { line, character } = diagnostic.range.start;
	const offset = text.split('\n', line).reduce((sum, before) => sum + before.length + 1, 0) + character;
	return { path: uri.fsPath, languageId, text, diagnostic: { message, source, code, offset } };
}
