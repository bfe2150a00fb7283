import { describe, expect, test } from 'vitest';
import type { LanguageModel, ModelMessage, ModelPart, ModelRequestOptions } from '#core/models/languageModel';

/** A language model behind which something real answers. */
export interface RealModel {
	readonly model: LanguageModel;
	/** The same with other limits. */
	withLimits(limits: { readonly firstTokenTimeoutMs: number; readonly totalTimeoutMs: number }): LanguageModel;
	/** What its protocol can do. */
	readonly can: { readonly maxOutputTokens: boolean; readonly jsonSchema: boolean; readonly tools: boolean };
}

const QUESTION: readonly ModelMessage[] = [
	{ role: 'system', text: 'You are a friendly assistant.' },
	{ role: 'user', text: 'Tell me a long story about a river.' },
];
const SCHEMA = { type: 'object', properties: { colour: { type: 'string', enum: ['red', 'blue'] } }, required: ['colour'], additionalProperties: false } as const;
const TOOL = { name: 'find_file', description: 'Finds a file.', inputSchema: { type: 'object', properties: { name: { type: 'string' } } } } as const;

async function collect(model: LanguageModel, options: ModelRequestOptions = {}, messages = QUESTION): Promise<ModelPart[]> {
	const parts: ModelPart[] = [];
	for await (const part of model.stream(messages, options)) parts.push(part);
	return parts;
}
const textOf = (parts: readonly ModelPart[]) => parts.map((part) => (part.type === 'delta' ? part.text : '')).join('');

/** What every LanguageModel owes, whatever answers behind it: asserts on shapes, streams and errors, never on how good an answer is. */
export function realLanguageModelContract(name: string, open: () => RealModel): void {
	describe(name, () => {
		test('streams an answer in several pieces, then exactly one end with the tokens counted', async () => {
			const { model, can } = open();
			const parts = await collect(model, { maxOutputTokens: 12 });
			expect(parts.filter(({ type }) => type === 'delta').length).toBeGreaterThan(2);
			expect(parts.filter(({ type }) => type === 'end')).toHaveLength(1);
			const end = parts.at(-1);
			expect(end).toMatchObject({ type: 'end', reason: can.maxOutputTokens ? 'length' : 'stop' });
			const usage = end?.type === 'end' ? end.usage : undefined;
			expect(usage?.inputTokens).toBeGreaterThan(10);
			expect(usage?.outputTokens).toBeGreaterThan(2);
			if (can.maxOutputTokens) expect(usage).toMatchObject({ isEstimate: false, outputTokens: 12 });
		});

		test('cancelling in the middle ends it soon, and the next question is answered', async () => {
			const { model } = open();
			const controller = new AbortController();
			let pieces = 0;
			const run = async () => {
				for await (const part of model.stream(QUESTION, { signal: controller.signal })) if (part.type === 'delta' && ++pieces === 3) controller.abort();
			};
			await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
			expect(pieces).toBeLessThan(40);
			expect(textOf(await collect(model, { maxOutputTokens: 3 }))).not.toBe('');
		});

		test('a reader that stops early leaves it free for the next question', async () => {
			const { model } = open();
			for await (const _ of model.stream(QUESTION, {})) break;
			expect((await collect(model, { maxOutputTokens: 3 })).at(-1)).toMatchObject({ type: 'end' });
		});

		test('a signal that has fired already asks nothing', async () => {
			await expect(collect(open().model, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
		});

		test('without tools there is no call; with tools the answer still ends properly, or the server refuses them', async () => {
			const { model, can } = open();
			expect((await collect(model, { maxOutputTokens: 8 })).some(({ type }) => type === 'tool-call')).toBe(false);
			if (!can.tools) return void (await expect(collect(model, { tools: [TOOL] })).rejects.toMatchObject({ name: 'CoordinatorError', isRetryable: false }));
			const parts = await collect(model, { maxOutputTokens: 24, tools: [TOOL] });
			expect(parts.at(-1)).toMatchObject({ type: 'end' });
			for (const part of parts) if (part.type === 'tool-call') expect(part.call).toMatchObject({ name: 'find_file', input: expect.any(Object) });
		});

		test('JSON under a schema keeps to it, or the model says that it cannot', async () => {
			const { model, can } = open();
			const answer = collect(model, { jsonSchema: SCHEMA, maxOutputTokens: 40 }, [{ role: 'user', text: 'Which colour has the sky? Answer as JSON.' }]);
			if (!can.jsonSchema) await expect(answer).rejects.toMatchObject({ code: 'invalid-argument' });
			else expect(['red', 'blue']).toContain(JSON.parse(textOf(await answer)).colour);
		});

		test('a prompt longer than the context is refused as that', async () => {
			const words = 'river mountain '.repeat(4_000);
			await expect(collect(open().model, {}, [{ role: 'user', text: words }])).rejects.toMatchObject({ code: 'context-too-long', isRetryable: false });
		});

		test('an answer that takes too long is a timeout', async () => {
			const model = open().withLimits({ firstTokenTimeoutMs: 20_000, totalTimeoutMs: 150 });
			await expect(collect(model)).rejects.toMatchObject({ code: 'server-timeout', isRetryable: true });
		});

		test('a first word that takes too long is a timeout', async () => {
			const model = open().withLimits({ firstTokenTimeoutMs: 1, totalTimeoutMs: 20_000 });
			await expect(collect(model, {}, [{ role: 'user', text: 'river '.repeat(400) }])).rejects.toMatchObject({ code: 'server-timeout', isRetryable: true });
		});
	});
}
