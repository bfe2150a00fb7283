import type { FinishedInteraction, InteractionContext } from '#core/domain/interaction';
import type { Signal } from '#core/domain/outcome';
import { uuid } from './stores.ts';

/** A context of a piece of code. */
export function codeContext(number: number, filePath: string, symbol: string | null, text: string): InteractionContext {
	return { pointId: uuid(number), collection: 'codebase-context', workspaceId: 'w1', filePath, symbol, text };
}

/** An interaction whose id is made of a small number. */
export function interaction(number: number, more: Partial<FinishedInteraction> = {}): FinishedInteraction {
	return {
		id: uuid(number),
		query: `question ${number}`,
		embedding: null,
		response: '',
		modelId: 'ollama:qwen',
		isRemote: false,
		workspaceId: 'w1',
		repositoryId: 'r1',
		contexts: [],
		tokensUsed: 100,
		latencyMs: 900,
		timeMs: 0,
		isLocalOnly: false,
		follows: null,
		retryOf: null,
		agent: 'user',
		...more,
	};
}

/** A signal on such an interaction. */
export function signalOn(number: number, id: string, kind: Signal['kind'], value: number, more: Partial<Signal> = {}): Signal {
	return { id, interactionId: uuid(number), kind, value, subject: null, source: 'user', timeMs: 0, ...more };
}

/** The interaction of a process that learns and is killed: by number, always the same. */
export function learnedInteraction(number: number): FinishedInteraction {
	const files = [`src/topic${number % 3}.ts`, 'samples/demo.ts'].map((filePath) => ({ filePath, share: 0.5 }));
	return interaction(number, {
		query: `how to configure and setup topic${number % 3} number ${number}?`,
		response: `1. This.\n2. That, in src/topic${number % 3}.ts.\n\`\`\`\ncode\n\`\`\``,
		timeMs: number,
		ranking: { workspaceId: 'w1', files },
	});
}
