import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { AskQuery, Attachment, EditorDiagnostic, EditorSignals } from '#protocol/messages';
import { MODEL_VENDOR } from '../ids.ts';
import { rememberModel } from '../ports/pickedModels.ts';
import type { AskedQuestions } from './askedQuestions.ts';
import type { HybridChatMetadata } from './chatMetadata.ts';
import { AUTO_MODEL_ID, COORDINATOR_MODEL_PREFIX } from './modelProvider.ts';

const SELECTION_LIMIT = 8_000;
const SEVERITIES = ['error', 'warning', 'information', 'hint'] as const;

/** The coordinator's question from a chat request. The picked model is one of the editor's, one of ours (a local server's), or none. */
export function toAskQuery(request: vscode.ChatRequest, context: vscode.ChatContext, asked: AskedQuestions): AskQuery {
	const command = request.command === 'explain' || request.command === 'search' ? request.command : undefined;
	const follows = lastInteraction(context);
	const query: AskQuery = {
		interactionId: randomUUID(),
		prompt: request.prompt.trim() || (command === 'explain' ? vscode.l10n.t('Explain this code.') : ''),
		...(command ? { command } : {}),
		history: context.history.flatMap(toTurn),
		attachments: request.references.flatMap(toAttachment),
		signals: editorSignals(),
		...(follows === undefined ? {} : { follows }),
		...modelOf(request.model),
	};
	const retryOf = asked.retryOf(query);
	return retryOf === undefined ? query : { ...query, retryOf };
}

/** The interaction before, so that thanks, a complaint and the same question in other words are heard. */
function lastInteraction({ history }: vscode.ChatContext): string | undefined {
	const last = history.findLast((turn) => turn instanceof vscode.ChatResponseTurn);
	return (last?.result.metadata as Partial<HybridChatMetadata> | undefined)?.interactionId;
}

/** The picked model in the coordinator's terms. */
export function modelOf(model: vscode.LanguageModelChat | undefined): { readonly model?: string | null } {
	if (!model) return {};
	if (model.vendor !== MODEL_VENDOR) return { model: rememberModel(model) };
	if (model.id === AUTO_MODEL_ID) return {};
	return model.id.startsWith(COORDINATOR_MODEL_PREFIX) ? { model: model.id.slice(COORDINATOR_MODEL_PREFIX.length) } : { model: null };
}

function toTurn(turn: vscode.ChatRequestTurn | vscode.ChatResponseTurn): AskQuery['history'] {
	// What we say of ourselves is no part of a conversation with a model.
	if (turn.command === 'why' || turn.command === 'status') return [];
	if (turn instanceof vscode.ChatRequestTurn) return [{ role: 'user', text: turn.prompt }];
	// Links to sources, notices and the closing line come after the answer and are not part of it.
	const end = turn.response.findIndex((part) => part instanceof vscode.ChatResponseAnchorPart);
	const text = turn.response
		.slice(0, end < 0 ? undefined : end)
		.map((part) => (part instanceof vscode.ChatResponseMarkdownPart ? part.value.value : ''))
		.join('')
		.replace(/\n\n---\n\n[^\n]*$/, '')
		.trim();
	const { isLocalOnly = false } = (turn.result.metadata ?? {}) as Partial<HybridChatMetadata>;
	return text ? [{ role: 'assistant', text, ...(isLocalOnly ? { isLocalOnly } : {}) }] : [];
}

function toAttachment({ value }: vscode.ChatPromptReference): Attachment[] {
	if (value instanceof vscode.Uri) return value.scheme === 'file' ? [{ path: value.fsPath }] : [];
	if (!(value instanceof vscode.Location) || value.uri.scheme !== 'file') return [];
	return [{ path: value.uri.fsPath, startLine: value.range.start.line + 1, endLine: value.range.end.line + 1 }];
}

/** True for `/explain` without anything to explain: no words, nothing attached or selected, no file open. */
export function isNothingToExplain(request: vscode.ChatRequest, { attachments, signals }: AskQuery): boolean {
	return request.command === 'explain' && request.prompt.trim() === '' && attachments.length === 0 && !signals.selection && !signals.activeFile;
}

/** What the editor shows now. */
export function editorSignals(): EditorSignals {
	const editor = vscode.window.activeTextEditor;
	const openFiles = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
		tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText && input.uri.scheme === 'file' ? [input.uri.fsPath] : [])),
	);
	if (!editor || editor.document.uri.scheme !== 'file') return { openFiles };
	const { document, selection } = editor;
	const text = document.getText(selection).slice(0, SELECTION_LIMIT);
	return {
		activeFile: document.uri.fsPath,
		activeLanguage: document.languageId,
		openFiles,
		...(text.trim() === '' ? {} : { selection: { path: document.uri.fsPath, startLine: selection.start.line + 1, endLine: selection.end.line + 1, text } }),
		diagnostics: vscode.languages
			.getDiagnostics(document.uri)
			.slice(0, 20)
			.map((diagnostic) => toEditorDiagnostic(document.uri, diagnostic)),
	};
}

/** A diagnostic in the coordinator's terms. */
export function toEditorDiagnostic(uri: vscode.Uri, { range, severity, message, source, code }: vscode.Diagnostic): EditorDiagnostic {
	return {
		path: uri.fsPath,
		line: range.start.line + 1,
		severity: SEVERITIES[severity] ?? 'information',
		message,
		source: source ?? null,
		code: code === undefined ? null : String(typeof code === 'object' ? code.value : code),
	};
}
