import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { INDEX_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { Outbox } from '#core/store/shared/outbox';
import { OutboxDelivery } from '#core/store/shared/outboxDelivery';
import { SharedLink } from '#core/store/shared/sharedLink';
import { SharedVectorStore } from '#core/store/shared/sharedVectorStore';
import { createClock } from '#node/clock';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { ENGINES, kernelModule } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { learnedStoreContract } from './learnedStore.ts';
import { vectorStoreContract } from './vectorStore.ts';

// Each call is followed by a delivery, so that the next is answered by the shared store: here another embedded one.
for (const prefer of ENGINES) {
	const openShared = async () => {
		const folder = temporaryFolder();
		const open = async (name: string) => {
			const path = folder.join(name);
			const database = await createSqliteEngine({ assetsPath: assetsPath(), prefer }).open(path);
			migrate(database, INDEX_MIGRATIONS, { path, backup: () => undefined });
			return { database, store: new EmbeddedVectorStore(database, await kernelModule()) };
		};
		const here = await open('here.db');
		const there = await open('there.db');
		const store = new SharedVectorStore((model) => {
			const link = new SharedLink(async () => undefined);
			const outbox = new Outbox(here.database, 'there');
			const parts = { outbox, link, remote: there.store, local: here.store };
			const count = (collection: Parameters<typeof there.store.count>[0]) => there.store.count(collection);
			const delivery = new OutboxDelivery({
				...parts,
				database: here.database,
				model,
				owner: 'test',
				mayLeave: async (_, points) => points.map(() => true),
				countShared: count,
				countLocal: (collection) => here.store.count(collection),
				clock: createClock(),
				log: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
			});
			return { ...parts, delivery, own: () => ({}) };
		});
		const delivering = new Proxy(store, {
			get(target, name) {
				const value: unknown = Reflect.get(target, name, target);
				if (typeof value !== 'function') return value;
				return async (...parameters: readonly unknown[]) => {
					if (name === 'search' || name === 'rank') await target.deliver();
					return (value as (...given: readonly unknown[]) => unknown).apply(target, [...parameters]);
				};
			},
		});
		return {
			store: delivering,
			dispose: async () => {
				await store.close();
				folder[Symbol.dispose]();
			},
		};
	};
	vectorStoreContract(`the shared vector store on ${prefer}`, openShared);
	learnedStoreContract(`the shared vector store on ${prefer}`, openShared);
}
