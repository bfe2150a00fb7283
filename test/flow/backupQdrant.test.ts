import { spawnSync } from 'node:child_process';
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/assets.ts';
import { qdrantStores } from '../support/qdrant.ts';
import { codePoint, unit, uuid } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';

const url = process.env.QDRANT_URL ?? '';
const CODE = 'codebase-context';

function snapshots(...words: string[]): { readonly status: number | null; readonly errors: string } {
	const script = join(repositoryRoot, 'deploy/scripts/qdrant-snapshots.mjs');
	const { status, stderr } = spawnSync(process.execPath, [script, ...words], { encoding: 'utf8', env: { ...process.env, QDRANT_URL: url } });
	return { status, errors: stderr };
}

describe.skipIf(url === '')('a back-up of a real Qdrant server (QDRANT_URL)', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	it('brings back every point with its vector and the names that lead to it, and is refused where it is damaged', async () => {
		const { layout, open, dispose } = qdrantStores(url);
		cleanUps.push(dispose);
		using kept = temporaryFolder();
		const store = open();
		await store.useEmbeddingModel('model-a', 4);
		const points = Array.from({ length: 300 }, (_, i) => codePoint(i, `word${i % 7} common`, {}, { vector: unit(1, i % 5, i % 3, 0) }));
		await store.upsert(CODE, points);
		const dense = { dense: { vector: unit(1, 2, 0, 0) }, limit: 20 };
		const found = await store.rank(CODE, dense);
		expect(found).toHaveLength(20);

		const folder = kept.join('qdrant');
		expect(snapshots('backup', folder, layout.prefix)).toEqual({ status: 0, errors: '' });
		const files = readdirSync(folder).filter((name) => name.endsWith('.snapshot'));
		expect(files.length).toBeGreaterThan(0);
		for (const name of files) expect(name.startsWith(layout.prefix)).toBe(true);

		await store.delete(CODE, { filter: {} });
		await dispose();
		const again = open();
		await again.useEmbeddingModel('model-a', 4);
		expect(await again.count(CODE)).toBe(0);
		await dispose();
		expect(snapshots('restore', folder)).toEqual({ status: 0, errors: '' });
		const restored = open();
		await restored.useEmbeddingModel('model-a', 4);
		expect(await restored.info(CODE)).toMatchObject({ points: 300, vectors: 300 });
		expect(await restored.rank(CODE, dense)).toEqual(found);
		expect((await restored.get(CODE, [uuid(7)]))[0]).toMatchObject({ hasVector: true, payload: { code_snippet: 'word0 common' } });

		for (const name of files) truncateSync(join(folder, name), 1_000);
		expect(snapshots('restore', folder).status).not.toBe(0);
		expect(await restored.count(CODE)).toBe(300);
	}, 180_000);

	it('says what is wrong where no folder is named or the server is not there', () => {
		expect(snapshots('backup').status).toBe(2);
		expect(snapshots('restore', '/nowhere/at/all').status).not.toBe(0);
	});
});
