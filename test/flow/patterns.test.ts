import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CoordinatorError } from '#core/base/errors';
import type { ModelRole } from '#core/domain/modelInfo';
import { createLearningLoop, type LearningLoop } from '#core/learn/learningLoop';
import type { PatternQueue } from '#core/learn/pattern/patternQueue';
import type { CallToAllow, LedgerRow } from '#core/metrics/ledger';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { LanguageModel } from '#core/models/languageModel';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import { createLog } from '#node/log';
import { codeContext, interaction, signalOn } from '../support/interactions.ts';
import { openTestKnowledge, scriptedModel, type TestKnowledge, wordEmbedding } from '../support/knowledge.ts';
import { startLearning } from '../support/learning.ts';
import { createManualClock, type ManualClock } from '../support/manualClock.ts';
import { PLAIN_INFO } from '../support/modelInfo.ts';
import { uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const BACK_OFF = JSON.stringify({
	problem_type: 'Retrying a failed request',
	solution_approach: 'Wrap the call in a loop that waits twice as long each time.',
	skills_used: ['back-off'],
	generalizable_pattern: 'Retry only calls that are safe to repeat, with growing waits and a limit.',
});
const PAGING = JSON.stringify({
	problem_type: 'Reading a long list from a server',
	solution_approach: 'Follow the cursor of each page until there is none.',
	skills_used: ['cursors'],
	generalizable_pattern: 'Read pages lazily through a generator so that callers may stop early.',
});
const ANSWER = { response: '1. Use `retryRequest` from src/http.ts.\n2. Set a limit.\n```ts\nretryRequest(call);\n```', query: 'how to configure and setup retries?' };

describe('patterns', () => {
	let folder: TemporaryFolder;
	let knowledge: TestKnowledge;
	let clock: ManualClock;
	let settings: Settings;
	let models: LanguageModel[];
	let loop: LearningLoop;
	let queue: PatternQueue;
	let rows: LedgerRow[];
	let isBudgetReached: boolean;
	let asked: CallToAllow[];
	let embedding: EmbeddingModel;

	const start = () => {
		({ loop, queue } = startLearning({
			knowledge,
			clock,
			models: () => models,
			embedding: () => embedding,
			settings: () => settings,
			record: (more) => rows.push(...more),
			allow: async (call) => {
				asked.push(call);
				return isBudgetReached ? null : { maxOutputTokens: 500 };
			},
		}));
	};
	const skills = async () => (await knowledge.store.scroll('skills-patterns', { limit: 100 })).points;
	/** An answer that the user praised, after the code of it was applied. */
	const goodAnswer = async (number: number, more: Parameters<typeof interaction>[1] = {}) => {
		const context = codeContext(500, 'src/http.ts', 'retryRequest', 'export function retryRequest(call) {}');
		await loop.remember(interaction(number, { ...ANSWER, contexts: [context], timeMs: number * 1_000, ...more }));
		await loop.report([signalOn(number, `t${number}`, 'thumbs', 1), signalOn(number, `e${number}`, 'edit-applied', 1)]);
		await queue.whenIdle();
	};

	beforeEach(async () => {
		folder = temporaryFolder();
		knowledge = await openTestKnowledge(folder.join('knowledge.db'));
		clock = createManualClock();
		settings = DEFAULT_SETTINGS;
		rows = [];
		isBudgetReached = false;
		asked = [];
		embedding = wordEmbedding();
		models = [scriptedModel([BACK_OFF])];
		start();
	});
	afterEach(async () => {
		await queue.close();
		await knowledge.store.close();
		folder[Symbol.dispose]();
	});

	test('a valuable success becomes a proposed skill with its source; a partial or failed one does not', async () => {
		await goodAnswer(1);
		await loop.remember(interaction(2, ANSWER));
		await loop.report([signalOn(2, 'b', 'thumbs', -1)]);
		await queue.whenIdle();
		const [skill, ...others] = await skills();
		expect(others).toEqual([]);
		expect(skill?.payload).toMatchObject({
			skill_name: 'Retrying a failed request',
			related_skills: ['back-off'],
			status: 'proposed',
			scope: 'workspace',
			workspace_id: 'w1',
			provenance: [uuid(1)],
			success_examples: [ANSWER.query],
			anchors: ['w1\nsrc/http.ts\nretryRequest'],
		});
		expect(skill?.payload.value_score).toBeGreaterThan(0.7);
		expect(skill?.hasVector).toBe(true);
		expect(await queue.counts()).toEqual({ waiting: 0, done: 1, dropped: {} });
	});

	test('a pattern for whose vector no money is left is kept without one, and told from others by its text', async () => {
		const noMoney = async () => {
			throw new CoordinatorError('over-budget', 'The spending limit does not leave it.');
		};
		embedding = { ...wordEmbedding(), isRemote: true, embed: noMoney };
		await goodAnswer(1);
		await goodAnswer(2);
		expect((await skills()).map(({ hasVector, payload }) => [hasVector, payload.provenance])).toEqual([[false, [uuid(1), uuid(2)]]]);
		expect(await queue.counts()).toEqual({ waiting: 0, done: 2, dropped: {} });
	});

	test('the same pattern again is an example more, and the third conversation makes the skill active', async () => {
		models = [scriptedModel([BACK_OFF, BACK_OFF.replace('twice', 'two times'), BACK_OFF, BACK_OFF, PAGING])];
		await goodAnswer(1);
		await goodAnswer(2, { follows: uuid(1) });
		await goodAnswer(3, { follows: uuid(2) });
		expect((await skills()).map(({ payload }) => [payload.status, payload.provenance.length])).toEqual([['proposed', 3]]);
		await goodAnswer(4);
		expect((await skills())[0]?.payload.status).toBe('proposed');
		await goodAnswer(5);
		expect((await skills()).map(({ payload }) => payload.skill_name).sort()).toEqual(['Reading a long list from a server', 'Retrying a failed request']);
		models = [scriptedModel([BACK_OFF])];
		await goodAnswer(6);
		const retrying = (await skills()).find(({ payload }) => payload.skill_name.startsWith('Retrying'));
		expect(retrying?.payload).toMatchObject({ status: 'active', status_by: 'evidence' });
	});

	test('a skill that was sent and used is credited, and retired when it misleads', async () => {
		await goodAnswer(1);
		const [skill] = await skills();
		if (!skill) throw new Error('a skill was proposed');
		const sent = {
			pointId: skill.id,
			collection: 'skills-patterns',
			workspaceId: '',
			filePath: '',
			symbol: null,
			text: 'growing waits and a limit for repeated requests',
		} as const;
		const ask = async (number: number, kind: 'thumbs', value: number) => {
			await loop.remember(interaction(number, { query: 'what now?', response: 'Use growing waits, repeated up to a limit.', contexts: [sent] }));
			await loop.report([signalOn(number, `s${number}`, kind, value)]);
		};
		await ask(2, 'thumbs', 1);
		const before = (await skills())[0]?.payload;
		expect(before?.evidence?.map(({ role, outcome }) => [role, outcome])).toEqual([
			['used', 'success'],
			['source', 'success'],
		]);
		await ask(3, 'thumbs', -1);
		await ask(4, 'thumbs', -1);
		await ask(5, 'thumbs', -1);
		await ask(6, 'thumbs', -1);
		await ask(7, 'thumbs', -1);
		const after = (await skills())[0]?.payload;
		expect(after).toMatchObject({ status: 'retired', status_by: 'evidence' });
		expect(after?.value_score).toBeLessThan(before?.value_score ?? 0);
		expect(after?.failure_examples).toEqual(['what now?']);
	});

	test('late evidence against its only source retires a proposed skill, and nothing more is extracted from it', async () => {
		await goodAnswer(1);
		await loop.report([signalOn(1, 'later', 'edit-reverted', -1), signalOn(1, 'changed', 'thumbs', -1, { timeMs: 9 }), signalOn(1, 'd', 'diagnostics', -1)]);
		expect((await skills())[0]?.payload).toMatchObject({ status: 'retired', status_by: 'evidence' });
	});

	test('without a local model the queue waits, through a restart too; a remote one is asked only where the user allows it', async () => {
		const remote = scriptedModel([BACK_OFF], { isRemote: true, destination: 'api.example' });
		models = [remote];
		await goodAnswer(1);
		expect(await queue.counts()).toMatchObject({ waiting: 1 });
		await queue.close();
		start();
		queue.resume();
		await queue.whenIdle();
		expect(remote.asked).toHaveLength(0);
		settings = { ...settings, learning: { ...settings.learning, extractWithRemote: true } };
		queue.resume();
		await queue.whenIdle();
		expect(remote.asked).toHaveLength(1);
		expect(await queue.counts()).toMatchObject({ waiting: 0, done: 1 });
	});

	test('nonsense is asked for once more and then dropped with a count; an answer without end is cut off', async () => {
		const nonsense = scriptedModel(['As an assistant I like cheese.']);
		models = [nonsense];
		await goodAnswer(1);
		expect(nonsense.asked).toHaveLength(2);
		expect(JSON.stringify(nonsense.asked[0])).toContain('skill1');
		expect(JSON.stringify(nonsense.asked[1])).not.toContain('skill1');
		models = [scriptedModel(['{"problem_type": 3}', BACK_OFF])];
		await goodAnswer(2);
		models = [scriptedModel(['endless'])];
		await goodAnswer(3);
		expect(await queue.counts()).toEqual({ waiting: 0, done: 1, dropped: { unusable: 2 } });
	});

	test('what only repeats the request is no pattern', async () => {
		models = [scriptedModel([BACK_OFF.replace('Wrap the call in a loop that waits twice as long each time.', 'One or two sentences on how it was solved.')])];
		await goodAnswer(1);
		expect(await queue.counts()).toEqual({ waiting: 0, done: 0, dropped: { unusable: 1 } });
	});

	test.each(['hang', 'deaf'] as const)('a model that hangs (%s) costs one extraction, and the others follow later', async (script) => {
		models = [scriptedModel([script])];
		await loop.remember(interaction(1, ANSWER));
		await loop.report([signalOn(1, 'a', 'thumbs', 1)]);
		await loop.remember(interaction(2, ANSWER));
		await loop.report([signalOn(2, 'b', 'thumbs', 1)]);
		await expect.poll(() => clock.waiting).toBe(1);
		clock.advance(100_000);
		await queue.whenIdle();
		expect(await queue.counts()).toEqual({ waiting: 1, done: 0, dropped: { timeout: 1 } });
		models = [scriptedModel([BACK_OFF])];
		clock.advance(700_000);
		await expect.poll(async () => (await queue.counts()).done).toBe(1);
	});

	test('an unreachable model costs nothing: what waits is tried again', async () => {
		models = [scriptedModel([new CoordinatorError('server-unreachable', 'no answer')])];
		await goodAnswer(1);
		expect(await queue.counts()).toEqual({ waiting: 1, done: 0, dropped: {} });
		models = [scriptedModel([BACK_OFF])];
		clock.advance(700_000);
		await expect.poll(async () => (await queue.counts()).done).toBe(1);
	});

	test('what fails around the model is tried again after a while', async () => {
		const broken = new Proxy<LanguageModel[]>([], {
			get() {
				throw new CoordinatorError('internal', 'no list of models');
			},
		});
		models = broken;
		await goodAnswer(1);
		expect(await queue.counts()).toMatchObject({ waiting: 1 });
		models = [scriptedModel([BACK_OFF])];
		clock.advance(700_000);
		await expect.poll(async () => (await queue.counts()).done).toBe(1);
	});

	test('a question goes first, closing ends at once, and what was under way is done by the next process', async () => {
		const slow = scriptedModel(['hang', BACK_OFF]);
		models = [slow];
		await loop.remember(interaction(1, ANSWER));
		await loop.report([signalOn(1, 'a', 'thumbs', 1)]);
		await expect.poll(() => slow.asked.length).toBe(1);
		let answer: () => void = () => undefined;
		queue.yieldTo(new Promise<void>((resolve) => (answer = resolve)));
		await Promise.resolve();
		expect(slow.asked).toHaveLength(1);
		answer();
		await queue.whenIdle();
		expect(await queue.counts()).toMatchObject({ done: 1 });
		models = [scriptedModel(['hang'])];
		await loop.remember(interaction(2, { ...ANSWER, query: 'how to configure and setup pages?' }));
		await loop.report([signalOn(2, 'b', 'thumbs', 1)]);
		await expect.poll(() => clock.waiting).toBeGreaterThan(0);
		await queue.close();
		expect(await queue.counts()).toMatchObject({ waiting: 1 });
		models = [scriptedModel([PAGING])];
		start();
		queue.resume();
		await queue.whenIdle();
		expect(await queue.counts()).toEqual({ waiting: 0, done: 2, dropped: {} });
		expect(await skills()).toHaveLength(2);
	});

	test('what a dying process left half drawn is drawn again, with the same result', async () => {
		await loop.remember(interaction(1, ANSWER));
		const dying = createLearningLoop({
			history: knowledge.store,
			outcomes: knowledge.outcomes,
			rankings: knowledge.rankings,
			settings: () => settings,
			log: createLog(() => undefined, 'off'),
			onSettled: async (settled) => {
				await queue.settled(settled);
				await queue.whenIdle();
				throw new CoordinatorError('internal', 'the process dies here');
			},
		});
		await dying.report([signalOn(1, 'a', 'thumbs', 1)]);
		const before = await skills();
		expect(before).toHaveLength(1);
		await loop.catchUp();
		await loop.catchUp();
		await queue.whenIdle();
		const after = await skills();
		expect(after.map(({ id, payload }) => [id, payload.evidence])).toEqual(before.map(({ id, payload }) => [id, payload.evidence]));
		expect(await queue.counts()).toEqual({ waiting: 0, done: 1, dropped: {} });
	});

	test('what was asked with local-only text gives no pattern, and no example to a skill', async () => {
		await goodAnswer(1);
		const [skill] = await skills();
		const local: Parameters<typeof loop.remember>[0] & { isLocalOnly: boolean } = {
			...interaction(2, { ...ANSWER, query: 'how to setup the confidential thing?', response: 'growing waits, repeated up to a limit' }),
			contexts: [
				{ pointId: skill?.id ?? '', collection: 'skills-patterns', workspaceId: '', filePath: '', symbol: null, text: 'growing waits and a limit for repeated requests' },
			],
			isLocalOnly: true,
		};
		await loop.remember(local);
		await loop.report([signalOn(2, 'a', 'thumbs', 1), signalOn(2, 'b', 'edit-applied', 1)]);
		await queue.whenIdle();
		expect(await queue.counts()).toEqual({ waiting: 0, done: 1, dropped: {} });
		const [after] = await skills();
		expect(after?.payload.evidence).toHaveLength(2);
		expect(JSON.stringify(after)).not.toContain('confidential');
	});

	test('every call for a pattern is noted for its interaction, with what it took, whether it was usable or not', async () => {
		models = [scriptedModel(['nonsense', BACK_OFF])];
		await goodAnswer(1);
		models = [scriptedModel([new CoordinatorError('server-error', 'no')])];
		await goodAnswer(2);
		const facts = { purpose: 'pattern', workspaceId: 'w1', isRemote: false, costUsd: null, counterfactualUsd: null, isCacheHit: false, isControl: false };
		expect(rows).toMatchObject([
			{ ...facts, interactionId: uuid(1), result: 'ok', inputTokens: 1, outputTokens: 1 },
			{ ...facts, interactionId: uuid(1), result: 'ok', inputTokens: 1, outputTokens: 1 },
			{ ...facts, interactionId: uuid(2), result: 'failed', inputTokens: 0, outputTokens: 0 },
		]);
		expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
	});

	test('a call that a question cut off is noted as cancelled, one that hung as failed', async () => {
		const slow = scriptedModel(['hang']);
		models = [slow];
		await loop.remember(interaction(1, ANSWER));
		await loop.report([signalOn(1, 'a', 'thumbs', 1)]);
		await expect.poll(() => slow.asked.length).toBe(1);
		queue.yieldTo(Promise.resolve());
		await expect.poll(() => slow.asked.length).toBe(2);
		await expect.poll(() => clock.waiting).toBeGreaterThan(0);
		clock.advance(100_000);
		await queue.whenIdle();
		expect(rows.map(({ result }) => result)).toEqual(['cancelled', 'failed']);
	});

	test('at the limit of spending no model elsewhere is asked for a pattern, though the user allows it', async () => {
		settings = { ...settings, learning: { ...settings.learning, extractWithRemote: true } };
		isBudgetReached = true;
		const remote = scriptedModel([BACK_OFF], { isRemote: true, destination: 'api.example' });
		models = [remote];
		await goodAnswer(1);
		expect(remote.asked).toHaveLength(0);
		expect(await queue.counts()).toMatchObject({ waiting: 1 });
		isBudgetReached = false;
		clock.advance(700_000);
		await expect.poll(async () => (await queue.counts()).done).toBe(1);
		expect(rows).toMatchObject([{ isRemote: true, target: 'remote' }]);
		expect(asked.at(-1)).toMatchObject({ id: rows[0]?.id, maxOutputTokens: 800, promptTokens: expect.any(Number) });
	});

	test('a model for embeddings, or a very small one, is never asked for a pattern, and one that is fit for it comes before others', async () => {
		const withRoles = (...roles: readonly ModelRole[]) => {
			const model = scriptedModel([BACK_OFF]);
			return Object.assign(model, { info: { ...model.info, roles } });
		};
		const tiny = Object.assign(withRoles('general'), { info: { ...PLAIN_INFO, sizeBillions: 0.135 } });
		const [embedder, small, fit] = [withRoles('embedding'), withRoles('general'), withRoles('coder', 'pattern-extraction')];
		models = [embedder, tiny];
		await goodAnswer(1);
		expect(await queue.counts()).toMatchObject({ waiting: 1 });
		models = [embedder, tiny, small, fit];
		queue.resume();
		await queue.whenIdle();
		expect([embedder, tiny, small, fit].map(({ asked }) => asked.length)).toEqual([0, 0, 0, 1]);
		models = [embedder, tiny, small];
		await goodAnswer(2);
		expect([embedder, tiny, small].map(({ asked }) => asked.length)).toEqual([0, 0, 1]);
	});

	test('nothing is extracted while that is switched off', async () => {
		settings = { ...settings, learning: { ...settings.learning, extractPatterns: false } };
		await goodAnswer(1);
		expect(await queue.counts()).toMatchObject({ waiting: 0 });
		expect(await skills()).toEqual([]);
	});
});
