import { describe, expect, test } from 'vitest';
import { quantisationOfName, rolesOf, sizeOfName, sizeOfParameters } from '#core/models/modelFacts';
import { presetsWith } from '#core/models/presets';
import { priceOf } from '#core/models/prices';
import { settingsFromWire } from '#core/settingsFromWire';

describe('what a name says', () => {
	test.each([
		['qwen2.5-coder:7b', 7],
		['Qwen3-4B-GGUF', 4],
		['llama3.1:70b', 70],
		['deepseek-coder-6.7b-instruct-GGUF', 6.7],
		['mixtral-8x7b-instruct', 56],
		['smollm2:135m', 0.135],
		['qwen3-30b-a3b', 30],
		['gemma-3n-e4b-it', 4],
		['codellama:34b', 34],
		['gpt-4o', null],
		['claude-sonnet-4-6', null],
		['nomic-embed-text', null],
	])('size of %s', (name, size) => expect(sizeOfName(name)).toBe(size));

	test.each([
		['7.6B', 7.6],
		['134.52M', 0.135],
		[134_515_008, 0.135],
		['', null],
		[null, null],
		['unknown', null],
		[0, null],
	])('size of %s parameters', (words, size) => expect(sizeOfParameters(words)).toBe(size));

	test.each([
		['SmolLM2-135M-Instruct.Q4_1.gguf', 'Q4_1'],
		['llama3.1:70b-instruct-q4_K_M', 'Q4_K_M'],
		['model-IQ2_XXS', 'IQ2_XXS'],
		['qwen-fp16', 'FP16'],
		['Qwen2.5-7B-AWQ', 'AWQ'],
		['qwen2.5', null],
	])('quantisation of %s', (name, quantisation) => expect(quantisationOfName(name)).toBe(quantisation));

	test.each([
		['qwen2.5-coder:7b', [], false, 7, ['coder', 'pattern-extraction']],
		['deepseek-r1:8b', [], false, 8, ['general', 'reasoning', 'pattern-extraction']],
		['smollm2:135m', [], false, 0.135, ['general']],
		['nomic-embed-text', [], false, null, ['embedding']],
		['some-model', ['embeddings'], false, null, ['embedding']],
		['some-model', ['coding', 'reasoning'], true, null, ['coder', 'reasoning']],
		['gpt-4o', [], true, null, ['general']],
	])('roles of %s', (name, words, isRemote, sizeBillions, roles) => expect(rolesOf(name, words, { isRemote, sizeBillions })).toEqual(roles));
});

describe('a price', () => {
	const remote = (host: string, name: string) => ({ id: `openai:${host}/${name}`, name, host, isRemote: true });
	test('of this machine is 0, of the table has its day, of a stranger is unknown', () => {
		expect(priceOf({ ...remote('127.0.0.1', 'm'), isRemote: false }, {})).toMatchObject({ inputUsdPerMillion: 0, outputUsdPerMillion: 0, source: 'local' });
		expect(priceOf(remote('api.openai.com', 'gpt-4o'), {})).toMatchObject({
			inputUsdPerMillion: 2.5,
			outputUsdPerMillion: 10,
			source: 'table',
			asOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
		});
		expect(priceOf(remote('api.openai.com', 'gpt-99'), {})).toBeNull();
		expect(priceOf(remote('models.example', 'gpt-4o'), {})).toBeNull();
	});

	test('of the table holds for dated versions of a model and not for its namesakes', () => {
		expect(priceOf(remote('api.openai.com', 'gpt-4o-2024-08-06'), {})?.inputUsdPerMillion).toBe(2.5);
		expect(priceOf(remote('api.anthropic.com', 'claude-sonnet-4-5-20250929'), {})?.outputUsdPerMillion).toBe(15);
		expect(priceOf(remote('api.openai.com', 'gpt-4o-mini'), {})?.inputUsdPerMillion).toBe(0.15);
		for (const name of ['gpt-4o-audio-preview', 'gpt-4.5', 'o3-pro', 'gpt-5-codex']) expect([name, priceOf(remote('api.openai.com', name), {})]).toEqual([name, null]);
	});

	test('of the user wins, the exact name over a pattern, and a dot is a dot', () => {
		const asOf = '2026-11-01';
		const prices = { 'gpt-*': { inputUsdPerMillion: 1, outputUsdPerMillion: 1, asOf }, 'gpt-4.1': { inputUsdPerMillion: 9, outputUsdPerMillion: 9, asOf } };
		expect(priceOf(remote('api.openai.com', 'gpt-4.1'), prices)).toMatchObject({ inputUsdPerMillion: 9, source: 'user', asOf });
		expect(priceOf(remote('api.openai.com', 'gpt-4x1'), prices)).toMatchObject({ inputUsdPerMillion: 1, source: 'user' });
		expect(priceOf(remote('h', 'other'), prices)).toBeNull();
	});

	test('that is malformed is refused by name, and the others stay', () => {
		const good = { inputUsdPerMillion: 1, outputUsdPerMillion: 2, asOf: '2026-11-01' };
		const bad = {
			'negative': { ...good, inputUsdPerMillion: -1 },
			'no day': { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
			'no such day': { ...good, asOf: '2026-13-45' },
			'text': 'cheap',
			'extra': { ...good, currency: 'EUR' },
			'endless': { ...good, outputUsdPerMillion: Number.POSITIVE_INFINITY },
		};
		const { settings, refused } = settingsFromWire({ models: { prices: { good, ...bad } } });
		expect(settings.models.prices).toEqual({ good });
		expect(refused).toEqual(Object.keys(bad).map((name) => `models.prices.${name}`));
		expect(settingsFromWire({ models: { prices: 'free' } }).refused).toEqual(['models.prices']);
	});
});

test('presets tell which of the known models are there, under whatever name their server gives', () => {
	const models = ['openai:127.0.0.1:13305/Qwen3-4B-GGUF', 'ollama:127.0.0.1:11434/qwen2.5-coder:7b', 'ollama:127.0.0.1:11434/llama3.1:70b-instruct-q4_K_M'].map((id) => ({
		id,
		isRemote: false,
	}));
	const presets = presetsWith([...models, { id: 'anthropic:api.anthropic.com/claude-sonnet-4-6', isRemote: true }]);
	expect(Object.fromEntries(presets.map(({ id, presentAs }) => [id, presentAs]))).toEqual({
		'lemonade-general': models[0]?.id,
		'lemonade-coder': models[1]?.id,
		'lemonade-deepseek': null,
		'ollama-llama': models[2]?.id,
		'ollama-codellama': null,
		'claude': 'anthropic:api.anthropic.com/claude-sonnet-4-6',
		'openai': null,
		'deepseek': null,
	});
});
