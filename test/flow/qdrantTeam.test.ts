import { afterEach, describe, expect, it } from 'vitest';
import type { Coordinator } from '#core/domain/requests';
import { qdrantStores } from '../support/qdrant.ts';
import { openTeammate, SHARED_FIX } from '../support/teammate.ts';

const url = process.env.QDRANT_URL ?? '';

describe.skipIf(url === '')('a team over a real Qdrant server (QDRANT_URL)', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});
	async function member(user: string, team: string | null, prefix: string): Promise<Coordinator> {
		const { coordinator, dispose } = await openTeammate({ url, prefix, user, team });
		cleanUps.push(dispose);
		return coordinator;
	}
	const fixesOf = async (coordinator: Coordinator) => (await coordinator.knowledge.list({ collections: ['error-solutions'], limit: 10 })).items;

	it('shows each member what the others share, as theirs, and nobody outside', async () => {
		const { layout, dispose } = qdrantStores(url);
		cleanUps.push(dispose);
		const [ada, bob] = [await member('ada', 'blue', layout.prefix), await member('bob', 'blue', layout.prefix)];
		const [eve, lone] = [await member('eve', 'red', layout.prefix), await member('lone', null, layout.prefix)];
		await ada.knowledge.import({ text: SHARED_FIX, isApplied: true, isTrusted: true });
		await expect.poll(async () => (await fixesOf(bob)).length, { timeout: 60_000, interval: 200 }).toBe(1);
		const [item] = await fixesOf(bob);
		expect(item).toMatchObject({ owner: 'ada', title: 'lamp is not defined', scope: 'global' });
		expect((await fixesOf(ada)).map(({ owner }) => owner)).toEqual([null]);
		const detail = await bob.knowledge.detail(item?.id ?? '');
		expect(detail.fields).toContainEqual({ name: 'solution', value: 'import the lamp', isEditable: false });
		await expect(bob.knowledge.change(item?.id ?? '', { action: 'retire' })).rejects.toMatchObject({ code: 'invalid-argument' });
		expect((await bob.knowledge.remove([item?.id ?? '']))['error-solutions']).toBe(0);
		for (const other of [eve, lone]) {
			expect(await fixesOf(other)).toEqual([]);
			await expect(other.knowledge.detail(item?.id ?? '')).rejects.toMatchObject({ code: 'not-found' });
		}
		// Its owner removes it, and it is gone from the others' lists.
		expect((await ada.knowledge.remove([item?.id ?? '']))['error-solutions']).toBe(1);
		await expect.poll(async () => (await fixesOf(bob)).length, { timeout: 60_000, interval: 200 }).toBe(0);
	}, 180_000);
});
