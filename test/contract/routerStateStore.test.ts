import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createRouter } from '#core/ask/route/router';
import { DEFAULT_SETTINGS } from '#core/settings';
import { EmbeddedRouterStateStore } from '#core/store/embedded/embeddedRouterStateStore';
import { KNOWLEDGE_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { repeatable, routeRequest } from '../support/routes.ts';
import { ENGINES, unit } from '../support/stores.ts';

const folders: string[] = [];
afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Opens the same file as often as asked: each is a process of its own to SQLite. */
async function openFile(prefer: (typeof ENGINES)[number] = 'node:sqlite') {
	const folder = mkdtempSync(join(tmpdir(), 'hybrid-routes-'));
	folders.push(folder);
	const path = join(folder, 'knowledge.db');
	const engine = createSqliteEngine({ assetsPath: assetsPath(), prefer });
	return async () => {
		const database = await engine.open(path);
		migrate(database, KNOWLEDGE_MIGRATIONS, { path, backup: () => undefined });
		const router = createRouter({ settings: () => DEFAULT_SETTINGS.routing, store: new EmbeddedRouterStateStore(database), random: repeatable(1) });
		return { database, router };
	};
}

const vector = { modelId: 'm', values: unit(3, -4, 1) };
const ask = (interactionId: string) => routeRequest({ interactionId, vector });

describe('the router’s state in SQLite', () => {
	it.each(ENGINES)('survives a restart with %s: outcomes, decisions, and outcomes of earlier decisions', async (engine) => {
		const open = await openFile(engine);
		const first = await open();
		const decision = first.router.decide(ask('one'));
		first.router.decide(ask('late'));
		first.router.observe({ interactionId: 'one', modelId: 'local', success: 0, weight: 1, timeMs: 5 });
		const predicted = first.router.decide(ask('probe')).alternatives[0]?.successProbability ?? 0;
		first.database.close();

		const { router, database } = await open();
		expect(router.explain('one')).toEqual(decision);
		expect(router.decide(ask('probe')).alternatives[0]?.successProbability).toBeCloseTo(predicted, 2);
		expect(router.observe({ interactionId: 'late', modelId: 'local', success: 1, weight: 0.5, timeMs: 6 })).toBe(true);
		expect(router.experienceCount).toBe(2);
		const [experience] = router.exportState().experiences;
		for (const [index, value] of unit(3, -4, 1).entries()) expect(experience?.features.vector?.values[index]).toBeCloseTo(value, 2);
		database.close();
	});

	it('forgets a deleted interaction in both processes, and keeps the others', async () => {
		const open = await openFile();
		const [a, b] = [await open(), await open()];
		for (const name of ['one', 'two']) {
			a.router.decide(ask(name));
			b.router.observe({ interactionId: name, modelId: 'local', success: 1, weight: 1, timeMs: 1 });
		}
		a.router.forget(['one']);
		for (const { router } of [a, b]) expect(router.exportState().experiences.map(({ interactionId }) => interactionId)).toEqual(['two']);
		expect(b.router.explain('one')).toBeNull();
		for (const { database } of [a, b]) database.close();
	});

	it('merges two processes: each sees the outcomes of the other, replaced ones too, and none is lost', async () => {
		const open = await openFile();
		const [a, b] = [await open(), await open()];
		for (let i = 0; i < 20; i++) {
			for (const [name, { router }] of [['a', a] as const, ['b', b] as const]) {
				router.decide(ask(`${name}${i}`));
				router.observe({ interactionId: `${name}${i}`, modelId: 'local', success: 1, weight: 1, timeMs: i });
			}
		}
		// The one decided, the other hears how it went.
		b.router.observe({ interactionId: 'a3', modelId: 'local', success: 0, weight: 1, timeMs: 99 });
		for (const { router } of [a, b]) {
			const { experiences } = router.exportState();
			expect(experiences.length).toBe(40);
			expect(experiences.find(({ interactionId }) => interactionId === 'a3')?.success).toBe(0);
		}
		expect(a.router.decide(ask('probe')).alternatives[0]?.successProbability).toBeCloseTo(b.router.decide(ask('probe')).alternatives[0]?.successProbability ?? 0, 3);
		for (const { database } of [a, b]) database.close();
	});

	it('forgets in all processes', async () => {
		const open = await openFile();
		const [a, b] = [await open(), await open()];
		a.router.decide(ask('one'));
		a.router.observe({ interactionId: 'one', modelId: 'local', success: 1, weight: 1, timeMs: 1 });
		b.router.decide(ask('two'));
		expect(b.router.experienceCount).toBe(1);
		a.router.reset();
		b.router.decide(ask('three'));
		expect([a.router.experienceCount, b.router.experienceCount]).toEqual([0, 0]);
		expect(b.router.observe({ interactionId: 'three', modelId: 'local', success: 1, weight: 1, timeMs: 2 })).toBe(true);
		expect(a.router.exportState().experiences.length).toBe(1);
		for (const { database } of [a, b]) database.close();
	});
});
