import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InteractionHistoryPayload } from '#core/domain/collection';
import { buildDataset } from '#core/learn/dataset/buildDataset';
import type { Remembered } from '#core/learn/dataset/chooseExamples';
import { splitByTime } from '#core/learn/dataset/splitByTime';
import { interactionPoint } from '#core/learn/outcome/interactionPoint';
import { DEFAULT_SETTINGS } from '#core/settings';
import { interaction } from '../support/interactions.ts';
import { openTestKnowledge, type TestKnowledge, wordVector } from '../support/knowledge.ts';
import { uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const DAY_MS = 86_400_000;
const parse = (jsonl: string) =>
	jsonl
		.split('\n')
		.filter(Boolean)
		.map((line) => JSON.parse(line));

describe('training data', () => {
	let folder: TemporaryFolder;
	let knowledge: TestKnowledge;
	beforeEach(async () => {
		folder = temporaryFolder();
		knowledge = await openTestKnowledge(folder.join('knowledge.db'));
		await knowledge.store.useEmbeddingModel('words-64', 64);
	});
	afterEach(async () => {
		await knowledge.store.close();
		folder[Symbol.dispose]();
	});
	const build = (request: Parameters<typeof buildDataset>[1] = {}) => buildDataset(knowledge.store, request, DEFAULT_SETTINGS.learning);

	async function add(number: number, query: string, response: string, more: Partial<InteractionHistoryPayload> = {}) {
		const point = interactionPoint(interaction(number, { query, response, timeMs: number * DAY_MS, embedding: { model: 'words-64', vector: wordVector(query) } }));
		await knowledge.store.upsert('interaction-history', [{ ...point, payload: { ...point.payload, outcome: 'success', value_score: 0.8, ...more } }]);
	}

	async function addWithoutVector(number: number, query: string, response: string, more: Partial<InteractionHistoryPayload> = {}) {
		const point = interactionPoint(interaction(number, { query, response, timeMs: number * DAY_MS }));
		await knowledge.store.upsert('interaction-history', [{ ...point, payload: { ...point.payload, outcome: 'success', value_score: 0.8, ...more } }]);
	}

	test('is chat as the description writes it, of successes of enough value', async () => {
		await add(1, 'how are parcels sent?', 'By the carrier.');
		const { trainJsonl, report } = await build();
		expect(trainJsonl).toBe(
			'{"messages":[{"role":"system","content":"You are a helpful NixOS and coding assistant."},{"role":"user","content":"how are parcels sent?"},{"role":"assistant","content":"By the carrier."}]}\n',
		);
		expect(report).toEqual({ train: 1, validation: 0, preferencePairs: 0, omitted: {}, splitMs: null, examples: [trainJsonl.trimEnd()] });
	});

	test('leaves out what teaches nothing, and says how much and why', async () => {
		await add(1, 'kept question', 'kept answer');
		await add(2, 'Kept  question', 'kept ANSWER', { value_score: 0.75 });
		await add(3, 'partly', 'so so', { outcome: 'partial' });
		await add(4, 'nothing heard', 'an answer', { outcome: null });
		await add(5, 'cheap', 'an answer', { value_score: 0.69 });
		await add(6, 'code only', 'src/a.ts', { model_used: 'none' });
		await add(7, 'why does password = "hunter2-correct-horse" fail?', 'It expired.');
		await add(8, 'long', 'x'.repeat(25_000));
		await add(9, 'empty', ' ');
		await add(10, 'put away', 'an answer', { status: 'retired' });
		await add(11, 'local', 'an answer', { local_only: true });
		const { report, trainJsonl, validationJsonl } = await build();
		expect(report.omitted).toEqual({
			'local-only': 1,
			'duplicate': 1,
			'not-a-success': 2,
			'low-value': 1,
			'no-model': 1,
			'secrets': 1,
			'cut-off': 1,
			'empty': 1,
			'retired': 1,
		});
		expect([report.train, report.validation]).toEqual([1, 0]);
		expect(trainJsonl + validationJsonl).not.toMatch(/hunter2|REDACTED/);
		expect(parse(trainJsonl)[0].messages[1].content).toBe('kept question');
	});

	test('is split by time, and nothing that is as good as trained on is validated with', async () => {
		for (let day = 1; day <= 18; day++) await add(day, `question about topic${day} and area${day * 7}`, `answer ${day}`);
		await add(19, 'question about topic3 and area21', 'another answer');
		await add(20, 'something quite different here', 'answer 20');
		const { report, validationJsonl } = await build();
		expect(report).toMatchObject({ train: 18, validation: 1, omitted: { 'too-near-to-training': 1 }, splitMs: 18 * DAY_MS });
		expect(parse(validationJsonl)[0].messages[1].content).toBe('something quite different here');
		expect((await build({ validationShare: 0 })).report).toMatchObject({ train: 20, validation: 0 });
	});

	test('pairs an accepted with a rejected answer to much the same question of the same workspace', async () => {
		await add(1, 'how do I send a parcel abroad', 'Use the carrier.');
		await add(2, 'how do I send a parcel abroad?', 'Throw it over the border.', { outcome: 'failure', value_score: 0.2 });
		await add(3, 'how do I send a parcel abroad', 'Do nothing.', { outcome: 'failure', value_score: 0.2, workspace_id: 'w2' });
		await add(4, 'what is a ledger', 'A book.', { outcome: 'failure', value_score: 0.2 });
		await add(5, 'how do I send a parcel abroad', 'use the  carrier.', { outcome: 'failure', value_score: 0.2 });
		const { preferencesJsonl, report } = await build();
		expect(report.preferencePairs).toBe(1);
		expect(parse(preferencesJsonl)).toEqual([
			{
				prompt: [
					{ role: 'system', content: 'You are a helpful NixOS and coding assistant.' },
					{ role: 'user', content: 'how do I send a parcel abroad?' },
				],
				chosen: [{ role: 'assistant', content: 'Use the carrier.' }],
				rejected: [{ role: 'assistant', content: 'Throw it over the border.' }],
			},
		]);
	});

	test('is of one workspace where that is asked for', async () => {
		await add(1, 'first', 'an answer');
		await add(2, 'second', 'an answer', { workspace_id: 'w2' });
		expect((await build()).report.train).toBe(2);
		expect(parse((await build({ workspaceId: 'w2' })).trainJsonl).map(({ messages }) => messages[1].content)).toEqual(['second']);
	});

	test('the split keeps every example once, the newest on one side, for any examples', () => {
		const example = fc.integer({ min: 0, max: 400 });
		fc.assert(
			fc.property(fc.array(example, { maxLength: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (days, share) => {
				const remembered = days.map((day, index): Remembered => {
					const { payload } = interactionPoint(interaction(index, { timeMs: day * DAY_MS }));
					return { id: uuid(index), payload, words: '' };
				});
				const { train, held } = splitByTime(remembered, share);
				expect([...train, ...held].map(({ id }) => id).sort()).toEqual(remembered.map(({ id }) => id).sort());
				expect(held).toHaveLength(Math.floor(days.length * Math.min(0.5, share)));
				const newest = train.at(-1)?.payload.timestamp ?? '';
				expect(held.every(({ payload }) => payload.timestamp >= newest)).toBe(true);
			}),
		);
	});

	test('without vectors the same words are the same question, and others are not known to be', async () => {
		await knowledge.store.useEmbeddingModel(null, 0);
		for (let day = 1; day <= 18; day++) await addWithoutVector(day, `question ${day}`, `answer ${day}`);
		await addWithoutVector(19, 'Question  3', 'another answer');
		await addWithoutVector(20, 'question number three', 'yet another answer');
		await addWithoutVector(21, 'question 5', 'a wrong answer', { outcome: 'failure' });
		const { report } = await build();
		expect(report).toMatchObject({ train: 18, validation: 1, preferencePairs: 1, omitted: { 'too-near-to-training': 1, 'not-a-success': 1 } });
	});
});
