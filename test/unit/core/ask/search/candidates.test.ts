import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { analyseQuestion } from '#core/ask/search/analyseQuestion';
import { addByMeaning, bringInFiles, collectCandidates, type FolderStores, rankByWords, readPayloads } from '#core/ask/search/candidates';
import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { INDEX_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../../../../support/assets.ts';
import { codePoint, kernelModule, unit, uuid } from '../../../../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../../support/workspace.ts';

describe('candidates', () => {
	let folder: TemporaryFolder;
	let stores: FolderStores;
	const question = analyseQuestion('where is the parcel weighed');

	beforeEach(async () => {
		folder = temporaryFolder();
		const path = folder.join('index.db');
		const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(path);
		migrate(database, INDEX_MIGRATIONS, { path, backup: () => undefined });
		const vectors = new EmbeddedVectorStore(database, await kernelModule());
		await vectors.useEmbeddingModel('model', 2);
		await vectors.upsert('codebase-context', [
			codePoint(1, 'parcel weighed', { file_path: 'src/scale.ts' }, { vector: unit(1, 0) }),
			codePoint(2, 'parcel', { file_path: 'src/scale.ts' }, { vector: unit(1, 1) }),
			codePoint(3, 'nothing of it', { file_path: 'src/scale.ts' }),
			codePoint(4, 'a parcel on a desk', { file_path: 'src/desk.ts' }, { vector: unit(0, 1) }),
			codePoint(5, 'parcel', { file_path: 'src/elsewhere.ts', workspace_id: 'w2' }, { vector: unit(1, 0) }),
		]);
		stores = { worktree: { id: 'w1', repositoryId: 'r', path: '/work', name: 'work' }, vectors, manifest: {} as never };
	});
	afterEach(async () => {
		await stores.vectors.close();
		folder[Symbol.dispose]();
	});

	test('come in with the best chunks of files that have none yet', async () => {
		const candidates = await collectCandidates(stores, rankByWords(stores, question, { chunks: 1, documents: 40 }), null);
		expect(candidates.values().map(({ filePath }) => filePath)).toEqual(['src/scale.ts']);
		candidates.rankFiles(['src/desk.ts', 'src/scale.ts', 'src/elsewhere.ts']);
		await bringInFiles(candidates, question, ['src/desk.ts', 'src/scale.ts', 'src/elsewhere.ts'], 1);
		expect(candidates.values().map(({ id, ranks }) => [id, ranks.get('words'), ranks.get('file-words')])).toEqual([
			[uuid(1), 1, 2],
			[uuid(4), undefined, 1],
		]);
	});

	test('have a cosine where their vector is stored, whichever ranking found them, and read their payload once', async () => {
		const candidates = await collectCandidates(stores, rankByWords(stores, question), null);
		await addByMeaning(candidates, unit(1, 0));
		const cosines = new Map(candidates.values().map(({ id, cosine }) => [id, cosine]));
		expect(cosines.get(uuid(1))).toBeCloseTo(1, 2);
		expect(cosines.get(uuid(2))).toBeCloseTo(Math.SQRT1_2, 2);
		expect(cosines.get(uuid(4))).toBeCloseTo(0, 2);
		expect(cosines.has(uuid(5))).toBe(false);
		const [first] = await readPayloads(candidates.values().slice(0, 1));
		await stores.vectors.delete('codebase-context', { ids: [uuid(1), uuid(2), uuid(4)] });
		expect((await readPayloads(candidates.values())).map(({ id }) => id)).toEqual([first?.id]);
	});
});
