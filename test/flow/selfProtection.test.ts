import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recallExperience } from '#core/ask/search/experience';
import { decayedSuccessRate } from '#core/domain/experience';
import type { FinishedInteraction } from '#core/domain/interaction';
import type { Signal } from '#core/domain/outcome';
import type { LearningLoop } from '#core/learn/learningLoop';
import type { PatternQueue } from '#core/learn/pattern/patternQueue';
import { DEFAULT_SETTINGS } from '#core/settings';
import { placeOf } from '#core/store/outcomeStore';
import { codeContext, interaction, signalOn } from '../support/interactions.ts';
import { openTestKnowledge, type TestKnowledge } from '../support/knowledge.ts';
import { startLearning, topicModel } from '../support/learning.ts';
import { createManualClock } from '../support/manualClock.ts';
import { skillPoint } from '../support/skills.ts';
import { uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const QUESTION = 'how to configure and setup the retries of an upload?';
const FLOOD = 150;

describe('learning keeps its balance', () => {
	let folder: TemporaryFolder;
	let knowledge: TestKnowledge;
	let loop: LearningLoop;
	let queue: PatternQueue;
	beforeEach(async () => {
		folder = temporaryFolder();
		knowledge = await openTestKnowledge(folder.join('knowledge.db'));
		({ loop, queue } = startLearning({ knowledge, clock: createManualClock(), models: () => [topicModel()] }));
	});
	afterEach(async () => {
		await queue.close();
		await knowledge.store.close();
		folder[Symbol.dispose]();
	});

	/** An answer that used one file, and what was heard of it. */
	const judge = async (number: number, file: string, signals: readonly Signal[], more: Partial<FinishedInteraction> = {}) => {
		const context = codeContext(10_000 + number, file, null, 'export function retryUpload() {}');
		const response = `1. It is in ${file}.\n2. Call it.\n\`\`\`\nretryUpload()\n\`\`\``;
		await loop.remember(interaction(number, { query: QUESTION, response, contexts: [context], timeMs: number, ...more }));
		await loop.report(signals);
	};
	/** A program that praises or blames what it did itself, under a new name each time. */
	const claim = (number: number, file: string, value: number) => {
		const source = `agent:${number}`;
		const signals = (['agent-report', 'thumbs', 'edit-survived', 'task'] as const).map((kind) => signalOn(number, `${kind}-${number}`, kind, value, { source }));
		return judge(number, file, signals, { agent: source });
	};
	const flood = async (file: string, value: number) => {
		for (let number = 1; number <= FLOOD; number++) await claim(number, file, value);
	};
	const factorOf = async (filePath: string) => {
		const places = { workspaceIds: ['w1'], files: [{ workspaceId: 'w1', filePath }] };
		const source = { history: knowledge.store, outcomes: knowledge.outcomes, halfLifeDays: 365, nowMs: 0 };
		return (await recallExperience(QUESTION, null, places, source)).fileFactor('w1', filePath);
	};

	test('an assistant that marks itself successful, however often, moves a file less than one thumb of the user', async () => {
		await flood('src/praised.ts', 1);
		const praised = await factorOf('src/praised.ts');
		expect(praised).toBeGreaterThan(1);
		expect(praised).toBeLessThan(1.25);
		expect((await knowledge.store.count('skills-patterns')) + (await queue.counts()).waiting).toBe(0);
		await judge(FLOOD + 1, 'src/liked.ts', [signalOn(FLOOD + 1, 'up', 'thumbs', 1)]);
		expect(await factorOf('src/liked.ts')).toBeGreaterThan(praised);
	});

	test('one that blames what the user liked does not take that away', async () => {
		await judge(FLOOD + 1, 'src/liked.ts', [signalOn(FLOOD + 1, 'up', 'thumbs', 1)]);
		const before = await factorOf('src/liked.ts');
		await flood('src/liked.ts', -1);
		expect(await factorOf('src/liked.ts')).toBeGreaterThan(1.1);
		expect(before / (await factorOf('src/liked.ts'))).toBeLessThan(1.3);
	});

	test('what an agent reports counts in full once the user says the same', async () => {
		await claim(1, 'src/tracked.ts', 1);
		const claimed = await factorOf('src/tracked.ts');
		await loop.report([signalOn(1, 'mine', 'thumbs', 1)]);
		expect(await factorOf('src/tracked.ts')).toBeGreaterThan(claimed * 1.2);
		expect((await knowledge.outcomes.creditsOf([uuid(1)])).map(({ isConfirmed }) => isConfirmed)).toEqual([true]);
		expect((await knowledge.store.get('interaction-history', [uuid(1)]))[0]?.payload.outcome).toBe('success');
	});

	test('neither makes agents a skill active nor do they retire one', async () => {
		await knowledge.store.useEmbeddingModel('words-64', 64);
		await knowledge.store.upsert('skills-patterns', [skillPoint(900, { status: 'proposed' }), skillPoint(901, { status: 'active' })]);
		for (const [skill, value] of [
			[900, 1],
			[901, -1],
		] as const) {
			const sent = {
				pointId: uuid(skill),
				collection: 'skills-patterns' as const,
				workspaceId: '',
				filePath: '',
				symbol: null,
				text: 'export function retryUpload() { waitLonger() }',
			};
			for (let number = 1; number <= 60; number++) {
				const id = skill * 100 + number;
				await loop.remember(interaction(id, { query: QUESTION, response: 'retryUpload() and waitLonger()', contexts: [sent], agent: 'agent:x' }));
				await loop.report([signalOn(id, `r${id}`, 'agent-report', value, { source: 'agent:x' })]);
			}
		}
		const skills = await knowledge.store.get('skills-patterns', [uuid(900), uuid(901)]);
		expect(skills.map(({ payload }) => payload.status)).toEqual(['proposed', 'active']);
		expect((await knowledge.outcomes.creditsAt([uuid(901)])).get(uuid(901))).toHaveLength(60);
	});

	test('a script that floods thumbs on one answer is heard once, and on many never beyond the bounds', async () => {
		const thumbs = Array.from({ length: FLOOD }, (_, index) => signalOn(1, `t${index}`, 'thumbs', 1, { timeMs: index }));
		await judge(1, 'src/once.ts', thumbs);
		const once = await factorOf('src/once.ts');
		await judge(2, 'src/plain.ts', [signalOn(2, 'up', 'thumbs', 1)]);
		expect(await factorOf('src/plain.ts')).toBeCloseTo(once, 2);
		for (let number = 3; number < FLOOD; number++) await judge(number, 'src/flooded.ts', [signalOn(number, `f${number}`, 'thumbs', 1)]);
		expect(await factorOf('src/flooded.ts')).toBeLessThanOrEqual(2 * 1.15);
	});

	test('contradictory feedback cancels out, on one answer and over many', async () => {
		await judge(1, 'src/both.ts', [signalOn(1, 'a', 'thumbs', 1), signalOn(1, 'b', 'edit-reverted', -1)]);
		expect(await factorOf('src/both.ts')).toBeCloseTo(1, 1);
		for (let number = 2; number < 42; number++) await judge(number, 'src/torn.ts', [signalOn(number, `t${number}`, 'thumbs', number % 2 === 0 ? 1 : -1)]);
		expect(Math.abs(Math.log2(await factorOf('src/torn.ts')))).toBeLessThan(0.7);
		const credits = (await knowledge.outcomes.creditsAt([placeOf('w1', 'src/torn.ts', null)])).get(placeOf('w1', 'src/torn.ts', null)) ?? [];
		expect(decayedSuccessRate(credits, 0, DEFAULT_SETTINGS.learning.halfLifeDays).rate).toBeCloseTo(0.5, 1);
	});
});
