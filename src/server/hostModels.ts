import { randomUUID } from 'node:crypto';
import { CancellationTokenSource, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import { CoordinatorError, type ErrorCode } from '#core/base/errors';
import type { LanguageModel, ModelMessage, ModelPart } from '#core/models/languageModel';
import type { HostModelPort } from '#core/ports';
import type { HostModelDelta, HostModelDescription, ServerRequests, WireError } from '#protocol/messages';

type StreamResult = ServerRequests['hostModels/stream'][1];

/** The host's language models as LanguageModels: the request goes to the extension, the text comes back as notifications. */
export function createHostModels(connection: MessageConnection): HostModelPort {
	const receivers = new Map<string, (text: string) => void>();
	connection.onNotification('hostModels/delta', ({ streamId, text }: HostModelDelta) => receivers.get(streamId)?.(text));

	async function* stream(modelId: string, messages: readonly ModelMessage[], signal: AbortSignal | undefined): AsyncGenerator<ModelPart> {
		const streamId = randomUUID();
		const cancellation = new CancellationTokenSource();
		const texts: string[] = [];
		let wake: () => void = () => undefined;
		let ended: { readonly usage: StreamResult } | { readonly error: unknown } | undefined;
		const onAbort = () => {
			cancellation.cancel();
			wake();
		};
		receivers.set(streamId, (text) => {
			texts.push(text);
			wake();
		});
		signal?.addEventListener('abort', onAbort, { once: true });
		if (signal?.aborted) cancellation.cancel();
		connection.sendRequest<StreamResult>('hostModels/stream', { streamId, modelId, messages }, cancellation.token).then(
			(usage) => {
				ended = { usage };
				wake();
			},
			(error: unknown) => {
				ended = { error };
				wake();
			},
		);
		try {
			for (;;) {
				const text = texts.shift();
				if (text !== undefined) yield { type: 'delta', text };
				else if (signal?.aborted) throw new CoordinatorError('cancelled', 'The request was cancelled.');
				else if (ended) break;
				else await new Promise<void>((resolve) => (wake = resolve));
			}
			if ('error' in ended) throw translate(ended.error);
			yield { type: 'end', reason: 'stop', usage: { ...ended.usage, isEstimate: true } };
		} finally {
			cancellation.cancel();
			cancellation.dispose();
			receivers.delete(streamId);
			signal?.removeEventListener('abort', onAbort);
		}
	}

	const describe = (model: HostModelDescription): LanguageModel => ({
		id: model.id,
		label: model.label,
		destination: model.vendor,
		isRemote: true,
		contextTokens: model.contextTokens,
		info: {
			endpoint: `host:${model.vendor}`,
			sizeBillions: null,
			quantisation: null,
			roles: ['general', 'coder', 'reasoning'],
			price: null,
			features: { tools: true, jsonSchema: false },
		},
		stream: (messages, options) => stream(model.id, messages, options.signal),
	});
	return {
		models: async () => (await connection.sendRequest<readonly HostModelDescription[]>('hostModels/list', null)).map(describe),
	};
}

function translate(error: unknown): CoordinatorError {
	if (error instanceof ResponseError && typeof error.data === 'object' && error.data !== null) {
		const data = error.data as Partial<WireError>;
		return new CoordinatorError((data.code ?? 'server-error') as ErrorCode, data.message ?? error.message, {
			cause: error,
			isRetryable: data.isRetryable ?? false,
			details: data.details ?? {},
		});
	}
	return new CoordinatorError('server-error', 'The editor could not reach the model.', { cause: error });
}
