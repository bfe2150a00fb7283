import type { ModelToolCall } from '../languageModel.ts';
import { errorOfGarbage } from './serverErrors.ts';

/** Puts together the calls that a stream sends in pieces, by their place in the answer. */
export class ToolCallPieces {
	readonly #calls = new Map<number, { id: string; name: string; json: string }>();

	add(index: number, piece: { readonly id?: string | undefined; readonly name?: string | undefined; readonly json?: string | undefined }): void {
		const call = this.#calls.get(index) ?? { id: '', name: '', json: '' };
		this.#calls.set(index, { id: piece.id || call.id, name: call.name + (piece.name ?? ''), json: call.json + (piece.json ?? '') });
	}

	/** The whole calls, in order. `server-error` where the arguments are not a JSON object. */
	finish(server: string): ModelToolCall[] {
		const calls = [...this.#calls].sort(([a], [b]) => a - b);
		return calls.map(([index, { id, name, json }]) => ({ id: id || `call-${index}`, name, input: parseInput(server, json) }));
	}

	/** What was sent for calls, for an estimate of its tokens. */
	get text(): string {
		return [...this.#calls.values()].map(({ name, json }) => name + json).join('\n');
	}
}

function parseInput(server: string, json: string): Readonly<Record<string, unknown>> {
	let value: unknown;
	try {
		value = json.trim() === '' ? {} : JSON.parse(json);
	} catch (cause) {
		throw errorOfGarbage(server, 'asked for a tool with arguments that are not JSON.', cause);
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw errorOfGarbage(server, 'asked for a tool with arguments that are not an object.');
	return value as Readonly<Record<string, unknown>>;
}
