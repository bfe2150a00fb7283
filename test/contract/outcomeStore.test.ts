import { EmbeddedOutcomeStore } from '#core/store/embedded/embeddedOutcomeStore';
import { KNOWLEDGE_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { ENGINES } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { outcomeStoreContract } from './outcomeStore.ts';

for (const prefer of ENGINES) {
	outcomeStoreContract(`the embedded outcome store on ${prefer}`, async () => {
		const folder = temporaryFolder();
		const path = folder.join('knowledge.db');
		const databases: { close(): void }[] = [];
		const openStore = async () => {
			const database = await createSqliteEngine({ assetsPath: assetsPath(), prefer }).open(path);
			databases.push(database);
			migrate(database, KNOWLEDGE_MIGRATIONS, { path, backup: () => undefined });
			return new EmbeddedOutcomeStore(database);
		};
		return {
			store: await openStore(),
			...(prefer === 'node:sqlite' ? { second: openStore } : {}),
			dispose: async () => {
				for (const database of databases) database.close();
				folder[Symbol.dispose]();
			},
		};
	});
}
