import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { INDEX_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { ENGINES, kernelModule } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { vectorStoreContract } from './vectorStore.ts';

for (const prefer of ENGINES) {
	vectorStoreContract(`the embedded vector store on ${prefer}`, async () => {
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
	});
}
