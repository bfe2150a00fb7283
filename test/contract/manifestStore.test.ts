import { EmbeddedManifestStore } from '#core/store/embedded/embeddedManifestStore';
import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { INDEX_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { ENGINES, kernelModule } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { manifestStoreContract } from './manifestStore.ts';

for (const prefer of ENGINES) {
	manifestStoreContract(`the embedded manifest store on ${prefer}`, async () => {
		const folder = temporaryFolder();
		const path = folder.join('index.db');
		const database = await createSqliteEngine({
			assetsPath: assetsPath(),
			prefer,
		}).open(path);
		migrate(database, INDEX_MIGRATIONS, { path, backup: () => undefined });
		let nowMs = 1_000;
		const clock = { nowMs: () => nowMs, delay: async () => undefined };
		const vectors = new EmbeddedVectorStore(database, await kernelModule());
		const manifest = new EmbeddedManifestStore(database, clock as ConstructorParameters<typeof EmbeddedManifestStore>[1]);
		return {
			manifest,
			vectors,
			advance: (ms) => {
				nowMs += ms;
			},
			dispose: async () => {
				await manifest.close();
				await vectors.close();
				folder[Symbol.dispose]();
			},
		};
	});
}
