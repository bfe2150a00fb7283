import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Care, createCare } from '#core/learn/care';
import { interactionPoint } from '#core/learn/outcome/interactionPoint';
import { createSkillKeeper } from '#core/learn/pattern/skillKeeper';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import { createLog } from '#node/log';
import { interaction } from '../support/interactions.ts';
import { openTestKnowledge, type TestKnowledge, wordEmbedding } from '../support/knowledge.ts';
import { createManualClock, type ManualClock } from '../support/manualClock.ts';
import { skillPoint } from '../support/skills.ts';
import { uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const DAY_MS = 86_400_000;

describe('the care of what was learned', () => {
	let folder: TemporaryFolder;
	let knowledge: TestKnowledge;
	let clock: ManualClock;
	let settings: Settings;
	let model: EmbeddingModel | null;
	let refreshed: number;
	let care: Care;

	beforeEach(async () => {
		folder = temporaryFolder();
		knowledge = await openTestKnowledge(folder.join('knowledge.db'));
		clock = createManualClock();
		settings = DEFAULT_SETTINGS;
		model = null;
		refreshed = 0;
		const { store, outcomes, rankings, extractions, eraser } = knowledge;
		const skills = createSkillKeeper({ store, outcomes, extractions, settings: () => settings, clock });
		const worktree = { id: 'w1', repositoryId: 'r1', path: folder.path, name: 'w' };
		care = createCare({
			removal: { store, outcomes, rankings, extractions, eraser, skills },
			practices: {
				refresh: async () => {
					refreshed++;
					return 0;
				},
				isTrue: async () => true,
			},
			sources: () => [{ worktree, manifest: { entries: async () => new Map() } }],
			inTurn: (work) => work(),
			loadedEmbedding: () => model,
			settings: () => settings,
			clock,
			log: createLog(() => undefined, 'off'),
		});
	});
	afterEach(async () => {
		await care.close();
		await knowledge.store.close();
		folder[Symbol.dispose]();
	});
	const withVector = async (number: number) => (await knowledge.store.get('skills-patterns', [uuid(number)]))[0]?.hasVector;
	const addSkill = (number: number) => {
		const { id, payload } = skillPoint(number);
		return knowledge.store.upsert('skills-patterns', [{ id, payload }]);
	};

	test('makes missing vectors when a question has loaded the model, and loads none itself', async () => {
		await addSkill(1);
		care.embedSoon();
		expect(await withVector(1)).toBe(false);
		let answer: () => void = () => undefined;
		care.yieldTo(
			new Promise<void>((resolve) => {
				answer = resolve;
			}),
		);
		model = wordEmbedding();
		care.embedSoon();
		expect(await withVector(1)).toBe(false);
		answer();
		await expect.poll(() => withVector(1)).toBe(true);
	});

	test('makes vectors anew for another model', async () => {
		await addSkill(1);
		model = wordEmbedding();
		care.embedSoon();
		await expect.poll(() => withVector(1)).toBe(true);
		model = { ...wordEmbedding(), id: 'other-64' };
		care.yieldTo(Promise.resolve());
		await expect.poll(async () => (await knowledge.store.info('skills-patterns')).embeddingModel).toBe('other-64');
		await expect.poll(() => withVector(1)).toBe(true);
	});

	test('writes no vector after it was interrupted, and makes it at the next look', async () => {
		await addSkill(1);
		let go: () => void = () => undefined;
		const waiting = new Promise<void>((resolve) => {
			go = resolve;
		});
		let begun = 0;
		model = {
			...wordEmbedding(),
			embed: async (texts, options) => {
				begun++;
				await waiting;
				return wordEmbedding().embed(texts, options);
			},
		};
		care.embedSoon();
		await expect.poll(() => begun).toBe(1);
		care.interrupt();
		await knowledge.store.delete('skills-patterns', { ids: [uuid(1)] });
		await knowledge.eraser.purge();
		go();
		care.embedSoon();
		await care.close();
		expect(knowledge.database.prepare('SELECT count(*) AS n FROM vectors').get()?.n).toBe(0);
	});

	test('forgets what is too old at its interval, and what a deletion left behind', async () => {
		const { store, database } = knowledge;
		await store.upsert('interaction-history', [interactionPoint(interaction(1)), interactionPoint(interaction(2, { timeMs: 400 * DAY_MS }))]);
		await addSkill(3);
		await store.delete('skills-patterns', { ids: [uuid(3)] });
		clock.advance(401 * DAY_MS);
		await expect.poll(() => store.count('interaction-history')).toBe(1);
		await expect.poll(() => database.prepare('SELECT count(*) AS n FROM bodies').get()?.n).toBe(1);
	});

	test('reads the rules of the repository when it is asked to, and not while learning is paused', async () => {
		care.readPracticesSoon();
		await expect.poll(() => refreshed).toBe(1);
		settings = { ...settings, learning: { ...settings.learning, enabled: false } };
		care.readPracticesSoon();
		care.embedSoon();
		await care.close();
		expect(refreshed).toBe(1);
	});
});
