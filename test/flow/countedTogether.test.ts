import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ErrorSolutions } from '#core/learn/error/errorSolutions';
import type { SettledInteraction } from '#core/learn/learningLoop';
import { createSkillKeeper } from '#core/learn/pattern/skillKeeper';
import { updateItem } from '#core/learn/updateItem';
import { DEFAULT_SETTINGS } from '#core/settings';
import { repositoryRoot } from '../support/assets.ts';
import { fixParser, markedDiagnostic } from '../support/fixes.ts';
import { openTestKnowledge } from '../support/knowledge.ts';
import { createManualClock } from '../support/manualClock.ts';
import { skillPoint } from '../support/skills.ts';
import { uuid } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';

const PROCESSES = ['first', 'second', 'third'];
const EACH = 25;

describe('what several processes hear of one kind of error, or of one skill', () => {
	it('adds up, and is learned from, whoever was faster', { timeout: 120_000 }, async () => {
		using folder = temporaryFolder();
		const path = folder.join('knowledge.db');
		const { store } = await openTestKnowledge(path);
		const children = PROCESSES.map((name) =>
			fork(join(repositoryRoot, 'test/support/countingChild.ts'), [path, name, String(EACH)], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
		);
		await Promise.all(children.map((child) => once(child, 'message')));
		const exits = children.map((child) => once(child, 'exit'));
		for (const child of children) child.send('begin');
		expect(await Promise.all(exits)).toEqual(PROCESSES.map(() => [0, null]));

		const { points } = await store.scroll('error-solutions', { limit: 9 });
		const counts = points.map(({ payload }) => [payload.success_count, payload.failure_count, payload.provenance.length]);
		const sum = PROCESSES.length * EACH;
		expect(counts.sort()).toEqual([
			[sum, 0, sum],
			[sum, PROCESSES.length, sum],
		]);
		await store.close();
	});

	it('is remembered of a skill whole, by whichever of two processes', async () => {
		using folder = temporaryFolder();
		const processes = await Promise.all([0, 1].map(() => openTestKnowledge(folder.join('knowledge.db'))));
		for (const { store } of processes) await store.useEmbeddingModel('words-64', 64);
		const clock = createManualClock();
		const keepers = processes.map((knowledge) => createSkillKeeper({ ...knowledge, settings: () => DEFAULT_SETTINGS, clock }));
		const [first] = processes;
		await first?.store.upsert('skills-patterns', [skillPoint(1, { status: 'proposed' })]);
		const used = (number: number): SettledInteraction => ({
			id: uuid(number),
			payload: { query: `question ${number}`, timestamp: new Date(number).toISOString() } as SettledInteraction['payload'],
			estimate: { label: 'success' } as SettledInteraction['estimate'],
			valueScore: 0.8,
			credit: { success: 0.9, weight: 0.8, timeMs: number },
			usedItems: [uuid(1)],
			contexts: { used: 1, reused: 0 },
		});
		await Promise.all(Array.from({ length: 12 }, (_, index) => keepers[index % 2]?.settled(used(10 + index))));
		const skill = (await first?.store.get('skills-patterns', [uuid(1)]))?.[0]?.payload;
		expect(skill?.evidence?.map(({ interaction_id }) => interaction_id).sort()).toEqual(Array.from({ length: 12 }, (_, index) => uuid(10 + index)));
		expect(skill?.status).toBe('active');
		await Promise.all(keepers.map((keeper, index) => keeper.forgetEvidence([uuid(10 + index)])));
		expect((await first?.store.get('skills-patterns', [uuid(1)]))?.[0]?.payload.evidence).toHaveLength(10);
		for (const { store } of processes) await store.close();
	});

	it('is counted for what is pinned or given to others too, which keep their words', async () => {
		using folder = temporaryFolder();
		const { store } = await openTestKnowledge(folder.join('knowledge.db'));
		const solutions = new ErrorSolutions({ store, parser: fixParser(), clock: createManualClock(), scope: { workspaceId: 'w1', repositoryId: null } });
		const teach = async (name: string) => {
			const { text, diagnostic } = markedDiagnostic(`¦var ${name} = 1;`, 'Unexpected var.', 'typescript');
			return solutions.recordFix({ diagnostic, before: text, after: `let ${name} = 1;`, provenance: [name] });
		};
		const id = await teach('one');
		const payload = async () => (await store.get('error-solutions', [id]))[0]?.payload;
		await store.setPayload('error-solutions', [id], { pinned: true, solution: 'Mine.' });
		await teach('two');
		expect(await payload()).toMatchObject({ pinned: true, solution: 'Mine.', success_count: 2, learned_fix: expect.stringContaining('let two') });
		await store.setPayload('error-solutions', [id], { scope: 'global', workspace_id: null });
		await teach('three');
		expect(await payload()).toMatchObject({ scope: 'global', workspace_id: null, success_count: 3, learned_fix: expect.not.stringContaining('three') });
		await store.close();
	});

	it('leaves nothing of what an item was told before it is learned anew', async () => {
		using folder = temporaryFolder();
		const { store } = await openTestKnowledge(folder.join('knowledge.db'));
		const solutions = new ErrorSolutions({ store, parser: fixParser(), clock: createManualClock(), scope: { workspaceId: 'w1', repositoryId: null } });
		const teach = async (message: string, name: string) => {
			const { text, diagnostic } = markedDiagnostic(`¦var ${name} = 1;`, message, 'typescript');
			return solutions.recordFix({ diagnostic, before: text, after: `let ${name} = 1;`, provenance: [name] });
		};
		const id = await teach('Unexpected var here.', 'one');
		await teach('Unexpected var there.', 'two');
		await teach('Unexpected var here.', 'three');
		expect((await store.get('error-solutions', [id]))[0]?.payload.learned_fix).toContain('let three');
		await store.close();
	});

	it('gives up where others are faster every time', async () => {
		using folder = temporaryFolder();
		const { store } = await openTestKnowledge(folder.join('knowledge.db'));
		const solutions = new ErrorSolutions({ store, parser: fixParser(), clock: createManualClock(), scope: { workspaceId: 'w1', repositoryId: null } });
		const { text, diagnostic } = markedDiagnostic('¦var a = 1;', 'Unexpected var.', 'typescript');
		const id = await solutions.recordFix({ diagnostic, before: text, after: 'let a = 1;', provenance: ['user'] });
		let asked = 0;
		const update = updateItem(store, 'error-solutions', id, async (known) => {
			await store.setPayload('error-solutions', [id], { success_count: ++asked + 1 });
			return known ? { payload: known } : null;
		});
		await expect(update).rejects.toMatchObject({ code: 'database-locked', isRetryable: true });
		expect((await store.get('error-solutions', [id]))[0]?.payload.success_count).toBe(asked + 1);
		await store.close();
	});
});
