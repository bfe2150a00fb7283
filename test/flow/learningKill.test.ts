import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../support/assets.ts';
import { interaction, learnedInteraction, signalOn } from '../support/interactions.ts';
import { openTestKnowledge, type TestKnowledge } from '../support/knowledge.ts';
import { startLearning, topicModel } from '../support/learning.ts';
import { createManualClock } from '../support/manualClock.ts';
import { uuid } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';

const HOUR_MS = 3_600_000;
const EACH = 40;
const KILLED_AFTER = [1, 3, 7, 2, 12, 5];

/** Learns in a process of its own that is killed when so many outcomes were acknowledged. */
async function learnAndKill(path: string, first: number, offsetMs: number, acknowledgements: number): Promise<readonly number[]> {
	const child: ChildProcess = fork(join(repositoryRoot, 'test/support/learningChild.ts'), [path, String(first), String(EACH), String(offsetMs)], {
		execArgv: [],
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
	});
	const acknowledged: number[] = [];
	child.on('message', (message: { readonly acknowledged?: number }) => {
		if (message.acknowledged !== undefined) acknowledged.push(message.acknowledged);
		if (acknowledged.length >= acknowledgements) child.kill('SIGKILL');
	});
	const [code] = await once(child, 'exit');
	expect(code, 'the process ended by itself').toBeNull();
	return acknowledged;
}

/** What was learned, without what depends on the order in which it came. */
async function contentOf({ store, outcomes, rankings, extractions }: TestKnowledge, numbers: readonly number[]) {
	const skills = (await store.scroll('skills-patterns', { limit: 100 })).points.map(({ payload }) => ({
		name: payload.skill_name,
		status: payload.status,
		sources: payload.provenance.toSorted(),
		evidence: (payload.evidence ?? []).map(({ interaction_id, outcome, role }) => `${interaction_id} ${outcome} ${role}`).sort(),
		examples: payload.success_examples,
	}));
	const interactions = (await store.get('interaction-history', numbers.map(uuid))).map(({ id, payload }) => `${id} ${payload.outcome} ${payload.user_feedback}`);
	const judged = rankings.read(0, 1_000).rankings.map(({ interactionId, used, weight }) => `${interactionId} ${used} ${weight.toFixed(6)}`);
	return {
		judged: judged.sort(),
		skills: skills.sort((a, b) => (a.name < b.name ? -1 : 1)),
		interactions,
		extractions: await extractions.counts(),
		pending: (await outcomes.counts()).pending,
	};
}

it('learns from every acknowledged outcome once, however often it is killed', async () => {
	using folder = temporaryFolder();
	const path = folder.join('knowledge.db');
	const acknowledged: number[] = [];
	for (const [index, after] of KILLED_AFTER.entries()) acknowledged.push(...(await learnAndKill(path, index * EACH, index * HOUR_MS, after)));
	expect(acknowledged.length).toBeGreaterThanOrEqual(30);
	expect(acknowledged.length).toBeLessThan(KILLED_AFTER.length * EACH);

	const survivor = await openTestKnowledge(path);
	const clock = createManualClock();
	clock.advance(100 * HOUR_MS);
	const after = startLearning({ knowledge: survivor, clock, models: () => [topicModel()] });
	await after.loop.catchUp();
	after.queue.resume();
	await after.queue.whenIdle();
	const heard = Array.from({ length: KILLED_AFTER.length * EACH }, (_, number) => number);
	const known: number[] = [];
	for (const number of heard) if ((await survivor.outcomes.signals(uuid(number))).length > 0) known.push(number);
	expect(known).toEqual(expect.arrayContaining(acknowledged));

	const fresh = await openTestKnowledge(folder.join('undisturbed.db'));
	const undisturbed = startLearning({ knowledge: fresh, clock, models: () => [topicModel()] });
	for (const number of known) {
		await undisturbed.loop.remember(learnedInteraction(number));
		await undisturbed.loop.report([signalOn(number, `t${number}`, 'thumbs', number % 5 === 4 ? -1 : 1), signalOn(number, `e${number}`, 'edit-applied', 1)]);
	}
	await undisturbed.queue.whenIdle();
	const content = await contentOf(survivor, known);
	expect(content).toEqual(await contentOf(fresh, known));
	expect(content.skills.map(({ name, status }) => [name, status])).toEqual([
		['About caching', 'active'],
		['About paging', 'active'],
		['About retries', 'active'],
	]);
	expect(content.pending).toBe(0);
	expect(content.judged).toHaveLength(known.length);
	await survivor.store.close();
	await fresh.store.close();
});

it('two windows on one database extract each pattern once', async () => {
	using folder = temporaryFolder();
	const path = folder.join('knowledge.db');
	const [one, other] = [await openTestKnowledge(path), await openTestKnowledge(path)];
	const clock = createManualClock();
	const asked: string[] = [];
	const counting = () => {
		const model = topicModel();
		return [
			{
				...model,
				stream: (...parameters: Parameters<typeof model.stream>) => {
					asked.push(/number (\d+)/.exec(parameters[0].map(({ text }) => text).join('\n'))?.[1] ?? '');
					return model.stream(...parameters);
				},
			},
		];
	};
	const windows = [startLearning({ knowledge: one, clock, models: counting }), startLearning({ knowledge: other, clock, models: counting })];
	await Promise.all(
		Array.from({ length: 24 }, async (_, number) => {
			const { loop } = windows[number % 2] ?? windows[0] ?? { loop: undefined };
			await loop?.remember(
				interaction(number, { query: `how to configure and setup topic${number % 3} number ${number}?`, response: '1. This.\n2. That.\n```\ncode\n```' }),
			);
			await loop?.report([signalOn(number, `t${number}`, 'thumbs', 1), signalOn(number, `e${number}`, 'edit-applied', 1)]);
		}),
	);
	for (const { queue } of windows) await queue.whenIdle();
	expect(asked.toSorted()).toEqual(Array.from({ length: 24 }, (_, number) => String(number)).sort());
	expect(await one.extractions.counts()).toEqual({ waiting: 0, done: 24, dropped: {} });
	await one.store.close();
	await other.store.close();
});
