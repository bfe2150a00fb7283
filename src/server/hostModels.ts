import { randomUUID } from 'node:crypto';
import { CancellationTokenSource, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import { CoordinatorError, type ErrorCode } from '#core/base/errors';
import type { LanguageModel, ModelMessage, ModelPart, ModelRequestOptions } from '#core/models/languageModel';
import type { HostModelPort } from '#core/ports';
import type { HostModelDelta, HostModelDescription, ServerRequests, WireError } from '#protocol/messages';

type StreamResult = ServerRequests['hostModels/stream'][1];

/** Limits of one answer in milliseconds: until its first piece and from one to the next, and until its end. */
export interface HostModelLimits {
	readonly firstTokenTimeoutMs: number;
	readonly totalTimeoutMs: number;
}

/** The host's language models as LanguageModels: the request goes to the extension, the answer comes back as notifications. */
export function createHostModels(connection: MessageConnection, limits: () => HostModelLimits): HostModelPort {
	const receivers = new Map<string, (delta: HostModelDelta) => void>();
	connection.onNotification('hostModels/delta', (delta: HostModelDelta) => receivers.get(delta.streamId)?.(delta));

	async function* stream(model: HostModelDescription, messages: readonly ModelMessage[], options: ModelRequestOptions): AsyncGenerator<ModelPart> {
		const { signal, tools = [] } = options;
		if (options.jsonSchema) throw new CoordinatorError('invalid-argument', 'Models of the editor cannot be held to a schema.', { details: { model: model.label } });
		if (signal?.aborted) throw new CoordinatorError('cancelled', 'The request was cancelled.', { cause: signal.reason });
		const streamId = randomUUID();
		const cancellation = new CancellationTokenSource();
		const pieces: HostModelDelta[] = [];
		let wake: () => void = () => undefined;
		let failure: CoordinatorError | undefined;
		let ended: { readonly usage: StreamResult } | { readonly error: unknown } | undefined;
		const fail = (error: CoordinatorError) => {
			failure ??= error;
			cancellation.cancel();
			wake();
		};
		const onAbort = () => fail(new CoordinatorError('cancelled', 'The request was cancelled.', { cause: signal?.reason }));
		const late = (what: string) => new CoordinatorError('server-timeout', `${model.label} ${what}`, { isRetryable: true, details: { model: model.label } });
		const { firstTokenTimeoutMs, totalTimeoutMs } = limits();
		const total = setTimeout(() => fail(late('did not finish in time.')), totalTimeoutMs);
		const expectPiece = (what: string) => setTimeout(() => fail(late(what)), firstTokenTimeoutMs);
		let next = expectPiece('sent nothing in time.');
		receivers.set(streamId, (delta) => {
			clearTimeout(next);
			next = expectPiece('stopped in the middle of its answer.');
			pieces.push(delta);
			wake();
		});
		signal?.addEventListener('abort', onAbort, { once: true });
		connection
			.sendRequest<StreamResult>('hostModels/stream', { streamId, modelId: model.id, messages, tools }, cancellation.token)
			.then(
				(usage) => {
					ended = { usage };
				},
				(error: unknown) => {
					ended = { error };
				},
			)
			.finally(() => wake());
		try {
			for (;;) {
				const piece = pieces.shift();
				if (piece?.toolCall) {
					if (tools.length > 0) yield { type: 'tool-call', call: piece.toolCall };
				} else if (piece) {
					if (piece.text !== '') yield { type: 'delta', text: piece.text };
				} else if (failure) throw failure;
				else if (ended) break;
				else await new Promise<void>((resolve) => (wake = resolve));
			}
			if ('error' in ended) throw translate(ended.error);
			yield { type: 'end', reason: 'stop', usage: { ...ended.usage, isEstimate: true } };
		} finally {
			clearTimeout(total);
			clearTimeout(next);
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
		stream: (messages, options) => stream(model, messages, options),
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
