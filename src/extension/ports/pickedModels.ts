import type * as vscode from 'vscode';

/** Models that were picked in the chat, by id: they answer without being asked for again. */
export const pickedModels = new Map<string, vscode.LanguageModelChat>();

/** Id by which the coordinator knows a model of the editor. */
export function hostModelId(model: Pick<vscode.LanguageModelChat, 'vendor' | 'id'>): string {
	return `host:${model.vendor}/${model.id}`;
}

/** Remembers the model of a chat request, and returns its id. */
export function rememberModel(model: vscode.LanguageModelChat): string {
	const id = hostModelId(model);
	pickedModels.set(id, model);
	return id;
}
