import * as vscode from 'vscode';
import type { AskQuery } from '#protocol/messages';

/** What a chat hands to a model, as a question: the last words of the user, what was said before, and its instructions. */
export function toConversation(messages: readonly vscode.LanguageModelChatRequestMessage[]): Pick<AskQuery, 'prompt' | 'history' | 'otherChat'> {
	const { Assistant, User } = vscode.LanguageModelChatMessageRole;
	const spoken = messages.filter(({ role }) => role === User || role === Assistant);
	const last = spoken.findLastIndex((message) => message.role === User && textOf(message) !== '');
	const history = spoken.filter((message, index) => index !== last && textOf(message) !== '');
	return {
		prompt: last < 0 ? '' : textOf(spoken[last]),
		history: history.map((message) => ({ role: message.role === Assistant ? ('assistant' as const) : ('user' as const), text: textOf(message) })),
		otherChat: {
			// A role of its own in newer versions, with a number that the typings of the oldest supported one do not name.
			instructions: messages
				.filter((message) => !spoken.includes(message))
				.map(textOf)
				.join('\n\n'),
		},
	};
}

/** Whether the user spoke last: between turns of theirs, an agent tells its model what its tools answered. */
export function isTurnOfUser(messages: readonly vscode.LanguageModelChatRequestMessage[]): boolean {
	const { Assistant, User } = vscode.LanguageModelChatMessageRole;
	const since = messages.slice(messages.findLastIndex(({ role }) => role === Assistant) + 1).filter(({ role }) => role === User);
	const parts = since.flatMap(({ content }) => [...content]);
	const isSpoken = parts.some((part) => part instanceof vscode.LanguageModelTextPart && part.value.trim() !== '');
	return isSpoken && !parts.some((part) => part instanceof vscode.LanguageModelToolResultPart);
}

/** The text of a message, and of what tools answered in it. Pictures and calls of tools are left out: our models take text. */
export function textOf(message: Pick<vscode.LanguageModelChatRequestMessage, 'content'> | undefined): string {
	return (message?.content ?? []).map(textOfPart).join('');
}

function textOfPart(part: unknown): string {
	if (part instanceof vscode.LanguageModelTextPart) return part.value;
	return part instanceof vscode.LanguageModelToolResultPart ? part.content.map(textOfPart).join('') : '';
}
