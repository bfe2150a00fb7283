import { CoordinatorError } from '#core/base/errors';
import type { TurnStore } from '#core/domain/turn';
import type { Ports } from '#core/ports';
import { EmbeddedEraser } from './embedded/embeddedEraser.ts';
import { EmbeddedExtractionStore } from './embedded/embeddedExtractionStore.ts';
import { EmbeddedManifestStore } from './embedded/embeddedManifestStore.ts';
import { EmbeddedOutcomeStore } from './embedded/embeddedOutcomeStore.ts';
import { EmbeddedRankingStore } from './embedded/embeddedRankingStore.ts';
import { EmbeddedRouterStateStore } from './embedded/embeddedRouterStateStore.ts';
import { EmbeddedTurnStore, TURN_MIGRATIONS } from './embedded/embeddedTurnStore.ts';
import { EmbeddedVectorStore } from './embedded/embeddedVectorStore.ts';
import { INDEX_MIGRATIONS, KNOWLEDGE_MIGRATIONS } from './embedded/schema.ts';
import type { Eraser } from './eraser.ts';
import type { ExtractionStore } from './extractionStore.ts';
import type { ManifestStore } from './manifestStore.ts';
import { measureFolder } from './measureFolder.ts';
import { type Migrations, migrate, refuseNewer } from './migrate.ts';
import type { OutcomeStore } from './outcomeStore.ts';
import type { RankingStore } from './rankingStore.ts';
import type { RouterStateStore } from './routerStateStore.ts';
import { type SharedPlace, shareStore } from './shared/shareStore.ts';
import type { SqliteDatabase } from './sqlite.ts';
import type { LearnedStore, OthersReader, VectorStore } from './vectorStore.ts';

type StorePorts = Pick<Ports, 'sqlite' | 'assets' | 'clock' | 'files' | 'log' | 'snapshots' | 'uuid'>;

/** Where a repository's index is. */
export function indexPath(ports: Pick<Ports, 'files'>, dataDirectory: string, repositoryId: string): string {
	return ports.files.join(dataDirectory, 'repositories', repositoryId, 'index.db');
}

/** Puts a damaged index, closed by now, beside its place; one such copy is kept. Rejects with `database-corrupt` where the file cannot be moved. */
export async function setIndexAside(ports: Pick<Ports, 'sqlite'>, path: string): Promise<void> {
	try {
		await ports.sqlite.setAside(path, 'damaged');
	} catch (cause) {
		throw new CoordinatorError('database-corrupt', `The database ${path} is damaged and cannot be moved aside.`, { cause, details: { path } });
	}
}

/**
 * Opens a repository's index. It is derived data: one that is damaged is put aside and a new one begun, and `wasDamaged` says so.
 * Rejects with `database-corrupt` when it cannot be put aside, `database-newer`, `database-locked`, `database-readonly` or `disk-full`.
 */
export async function openStores(options: {
	readonly ports: StorePorts;
	readonly dataDirectory: string;
	readonly repositoryId: string;
	/** Where the points are shared; absent: nowhere. */
	readonly shared?: SharedPlace | null;
}): Promise<{
	readonly vectors: VectorStore;
	readonly manifest: ManifestStore;
	readonly wasDamaged: boolean;
}> {
	const { ports, dataDirectory, repositoryId } = options;
	const path = indexPath(ports, dataDirectory, repositoryId);
	const kernel = await WebAssembly.compile(await ports.assets.read('kernel.wasm'));
	let database: SqliteDatabase;
	let wasDamaged = false;
	try {
		database = await openMigrated(ports, path, INDEX_MIGRATIONS);
	} catch (error) {
		if (!CoordinatorError.is(error, 'database-corrupt')) throw error;
		ports.log.error('The index is damaged; it is kept beside and built anew', error);
		await setIndexAside(ports, path);
		wasDamaged = true;
		database = await openMigrated(ports, path, INDEX_MIGRATIONS);
	}
	const vectors = new EmbeddedVectorStore(database, kernel, {
		files: ports.snapshots,
		pathOf: (collection, workspaceId) => `${path}.${collection}.${workspaceId}.snapshot`,
	});
	return {
		vectors: options.shared ? shareStore(vectors, database, options.shared, ports) : vectors,
		manifest: new EmbeddedManifestStore(
			database,
			ports.clock,
			async () => (await measureFolder(ports.files, ports.files.join(dataDirectory, 'repositories', repositoryId))).sizeBytes,
		),
		wasDamaged,
	};
}

/** Opens the queues of model servers; null where they cannot be, or where no other process could see them: then each process has its own. */
export async function openTurns(ports: StorePorts, dataDirectory: string): Promise<TurnStore | null> {
	try {
		const database = await openMigrated(ports, ports.files.join(dataDirectory, 'turns.db'), TURN_MIGRATIONS);
		if (database.isShared) return new EmbeddedTurnStore(database);
		database.close();
	} catch (error) {
		ports.log.warn(`Windows do not queue together at model servers: ${String(error)}`);
	}
	return null;
}

/** What was learned: closing `collections` closes all of it. */
export interface KnowledgeStores {
	readonly collections: LearnedStore;
	/** What teammates share; null where nothing is shared. */
	readonly others: OthersReader | null;
	readonly outcomes: OutcomeStore;
	readonly extractions: ExtractionStore;
	readonly eraser: Eraser;
	readonly routes: RouterStateStore;
	readonly rankings: RankingStore;
}

const KNOWLEDGE_FILE = 'knowledge.db';

/** Opens what was learned. It cannot be made again, so a damaged file is left alone: `database-corrupt`. Else rejects as `openStores`. */
export async function openKnowledge(options: {
	readonly ports: StorePorts;
	readonly dataDirectory: string;
	/** Where it is shared, given a name for this data directory's user; absent: nowhere. */
	readonly shared?: (user: string) => SharedPlace | null;
}): Promise<KnowledgeStores> {
	const { ports, dataDirectory } = options;
	const kernel = await WebAssembly.compile(await ports.assets.read('kernel.wasm'));
	const database = await openMigrated(ports, ports.files.join(dataDirectory, KNOWLEDGE_FILE), KNOWLEDGE_MIGRATIONS);
	const collections = new EmbeddedVectorStore(database, kernel);
	const shared = options.shared?.(userName(database, ports.uuid)) ?? null;
	const sharedCollections = shared && shareStore(collections, database, shared, ports);
	return {
		collections: sharedCollections ?? collections,
		others: sharedCollections,
		outcomes: new EmbeddedOutcomeStore(database),
		extractions: new EmbeddedExtractionStore(database),
		routes: new EmbeddedRouterStateStore(database),
		rankings: new EmbeddedRankingStore(database),
		eraser: new EmbeddedEraser(database, () => removeCopies(ports, dataDirectory)),
	};
}

/** A name for whom this data directory belongs to, made once. */
function userName(database: SqliteDatabase, uuid: () => string): string {
	database.prepare("INSERT OR IGNORE INTO meta VALUES ('user', ?)").run(uuid());
	return String(database.prepare("SELECT value FROM meta WHERE key = 'user'").get()?.value);
}

async function removeCopies(ports: StorePorts, dataDirectory: string): Promise<void> {
	const copies = (await ports.files.readDirectory(dataDirectory)).filter(({ name }) => name.startsWith(`${KNOWLEDGE_FILE}.backup-`));
	for (const { name } of copies) await ports.snapshots.remove(ports.files.join(dataDirectory, name));
}

/** Before a schema changes, what cannot be made again is copied. A newer schema is refused before the file is opened, which would change it. */
async function openMigrated(ports: StorePorts, path: string, migrations: Migrations): Promise<SqliteDatabase> {
	refuseNewer((await ports.sqlite.schemaVersion(path)) ?? 0, migrations, path);
	const database = await ports.sqlite.open(path);
	try {
		migrate(database, migrations, {
			path,
			backup: () => {
				if (migrations === KNOWLEDGE_MIGRATIONS) database.copyTo(`${path}.backup-${ports.clock.nowMs()}`);
			},
		});
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}
