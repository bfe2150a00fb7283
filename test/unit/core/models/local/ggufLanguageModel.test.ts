import { expect, test } from 'vitest';
import type { ModelPart } from '#core/models/languageModel';
import { createGgufLanguageModel } from '#core/models/local/ggufLanguageModel';
import type { GgufPort } from '#core/ports';
import { createManualClock } from '../../../../support/manualClock.ts';
import { PLAIN_INFO } from '../../../../support/modelInfo.ts';

const LIMITS = { firstTokenTimeoutMs: 1_000, totalTimeoutMs: 5_000 };

function setUp() {
	const clock = createManualClock();
	const state = { loads: 0, closes: 0, isAlive: false };
	const gguf: GgufPort = {
		open: async () => {
			state.loads++;
			state.isAlive = true;
			return {
				contextTokens: 100,
				processId: 1,
				get isAlive() {
					return state.isAlive;
				},
				answer: async (_, onText) => {
					onText('Hello');
					return { reason: 'stop', toolCalls: [], inputTokens: 3, outputTokens: 1 };
				},
				close: async () => {
					state.closes++;
					state.isAlive = false;
				},
			};
		},
	};
	const model = createGgufLanguageModel({ path: '/models/tiny.gguf', contextTokens: 100, runtimeFolder: null, info: PLAIN_INFO, gguf, clock, limits: () => LIMITS });
	const ask = async () => {
		const parts: ModelPart[] = [];
		for await (const part of model.stream([{ role: 'user', text: 'Hi' }], {})) parts.push(part);
		return parts;
	};
	return { clock, state, model, ask };
}

test('nothing is loaded before the first question, and then once', async () => {
	const { state, ask } = setUp();
	expect(state.loads).toBe(0);
	expect((await ask()).map(({ type }) => type)).toEqual(['delta', 'end']);
	await ask();
	expect(state).toMatchObject({ loads: 1, closes: 0 });
});

test('its memory is given back when it was idle for five minutes, and a question in between puts that off', async () => {
	const { clock, state, ask } = setUp();
	await ask();
	clock.advance(299_000);
	await ask();
	clock.advance(299_000);
	await new Promise(setImmediate);
	expect(state.closes).toBe(0);
	clock.advance(1_000);
	await expect.poll(() => state.closes).toBe(1);
	await ask();
	expect(state.loads).toBe(2);
});

test('a dead process is replaced at the next question', async () => {
	const { state, ask } = setUp();
	await ask();
	state.isAlive = false;
	await ask();
	expect(state.loads).toBe(2);
});

test('its id and label hold the name of the file, not where it lies', () => {
	expect(setUp().model).toMatchObject({ id: 'gguf:tiny.gguf', label: 'tiny (in the process)', isRemote: false });
});
