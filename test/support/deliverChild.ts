import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { INDEX_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { shareStore } from '#core/store/shared/shareStore';
import { createClock } from '#node/clock';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from './assets.ts';
import { codePoint, kernelModule } from './stores.ts';

// A process that writes points and delivers them until it is killed: `node deliverChild.ts DATABASE URL PREFIX`. Tells its parent each number that was acknowledged.
const [path = '', url = '', prefix = ''] = process.argv.slice(2);
const database = await createSqliteEngine({ assetsPath: assetsPath(), prefer: 'node:sqlite' }).open(path);
migrate(database, INDEX_MIGRATIONS, { path, backup: () => undefined });
const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const store = shareStore(
	new EmbeddedVectorStore(database, await kernelModule()),
	database,
	{
		url,
		layout: { prefix, shards: 1, replicas: 1, isOnDisk: false, quantization: 'none', staticDimension: 2 },
		tenancy: { user: 'ada', team: null },
		apiKey: async () => process.env.QDRANT_API_KEY ?? null,
		mayLeave: async (_, points) => points.map(() => true),
		fetch,
		owner: String(process.pid),
		onDidChange: () => undefined,
	},
	{ clock: createClock(), log },
);
const first = await store.count('codebase-context');
for (let number = first; ; number++) {
	await store.upsert('codebase-context', [codePoint(number, `word${number} shared`, { file_path: `src/${number % 20}.ts` })]);
	process.send?.(number);
	await new Promise((resolve) => setTimeout(resolve, 5));
}
