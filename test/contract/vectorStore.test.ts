import { test } from 'vitest';
import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { INDEX_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { qdrantStores } from '../support/qdrant.ts';
import { ENGINES, kernelModule } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { learnedStoreContract } from './learnedStore.ts';
import { vectorStoreContract } from './vectorStore.ts';

for (const prefer of ENGINES) {
	const open = async () => {
		const folder = temporaryFolder();
		const path = folder.join('index.db');
		const openStore = async () => {
			const database = await createSqliteEngine({
				assetsPath: assetsPath(),
				prefer,
			}).open(path);
			migrate(database, INDEX_MIGRATIONS, {
				path,
				backup: () => database.copyTo(`${path}.backup`),
			});
			return new EmbeddedVectorStore(database, await kernelModule());
		};
		const store = await openStore();
		return {
			store,
			...(prefer === 'node:sqlite' ? { second: openStore } : {}),
			dispose: async () => {
				await store.close();
				folder[Symbol.dispose]();
			},
		};
	};
	vectorStoreContract(`the embedded vector store on ${prefer}`, open);
	learnedStoreContract(`the embedded vector store on ${prefer}`, open);
}

/** A server that may be written to; each store gets collections of its own, which are deleted afterwards. */
const qdrantUrl = process.env.QDRANT_URL;
if (!qdrantUrl) {
	test.skip('the Qdrant vector store: QDRANT_URL names no server', () => undefined);
} else {
	vectorStoreContract('the Qdrant vector store', async () => {
		const { open, dispose } = qdrantStores(qdrantUrl);
		return { store: open(), second: async () => open(), dispose };
	});
}
