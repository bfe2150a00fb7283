import type { LanguageModel, ModelMessage, ModelPart } from '#core/models/languageModel';
import { PLAIN_INFO } from './modelInfo.ts';

/** A model that says what it is told to say, and keeps what it was sent. */
export interface ScriptedModel extends LanguageModel {
	readonly sent: (readonly ModelMessage[])[];
}

/** `script`: what it streams for these messages, or an error that it throws, in order; an `end` is added where there is none. */
export function scriptedModel(
	script: (messages: readonly ModelMessage[], signal?: AbortSignal) => readonly (string | Error | ModelPart)[],
	more: Partial<LanguageModel> = {},
): ScriptedModel {
	const sent: (readonly ModelMessage[])[] = [];
	return {
		id: 'scripted',
		label: 'Scripted',
		destination: 'this machine',
		isRemote: false,
		contextTokens: null,
		info: PLAIN_INFO,
		...more,
		sent,
		async *stream(messages, { signal }) {
			sent.push(messages);
			const parts = script(messages, signal);
			for (const part of parts) {
				if (part instanceof Error) throw part;
				yield typeof part === 'string' ? { type: 'delta', text: part } : part;
			}
			if (!parts.some((part) => typeof part === 'object' && 'type' in part && part.type === 'end')) {
				yield { type: 'end', reason: 'stop', usage: { inputTokens: 900, outputTokens: 50, isEstimate: false } };
			}
		},
	};
}
