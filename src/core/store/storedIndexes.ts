import type { Worktree } from '#core/domain/file';
import type { StoredIndex } from '#core/domain/storedIndex';
import type { Ports } from '#core/ports';
import { INDEX_MIGRATIONS } from './embedded/schema.ts';
import { measureFolder } from './measureFolder.ts';
import { indexPath } from './openStores.ts';

/** A folder with less, whose use is forgotten, is what an emptied database leaves: one page, and the memory that a killed process shared. An index has 90 kB from the start. */
const EMPTY_BYTES = 65_536;
const MAX_FOLDERS = 20;
const USE_FILE = 'use.json';

interface Use {
	readonly folders: readonly string[];
	readonly lastUsedMs: number;
}

export type StoredIndexPorts = Pick<Ports, 'files' | 'snapshots' | 'sqlite' | 'clock' | 'log'>;

/** All indexes of a data directory: which there are, when each was used last, and the removal of those that nobody has open. */
export class StoredIndexes {
	readonly #ports: StoredIndexPorts;
	readonly #dataDirectory: string;

	constructor(ports: StoredIndexPorts, dataDirectory: string) {
		this.#ports = ports;
		this.#dataDirectory = dataDirectory;
	}

	/** Notes that the index of a worktree's repository is used now. A failure is logged: it costs the order in which indexes are removed. */
	async noteUse({ repositoryId, path }: Pick<Worktree, 'repositoryId' | 'path'>): Promise<void> {
		const { snapshots, clock, log } = this.#ports;
		const known = await this.#use(repositoryId);
		const folders = [path, ...(known?.folders ?? []).filter((folder) => folder !== path)].slice(0, MAX_FOLDERS);
		const use: Use = { folders, lastUsedMs: clock.nowMs() };
		await snapshots
			.write(this.#pathOf(repositoryId, USE_FILE), [new TextEncoder().encode(JSON.stringify(use))])
			.catch((error: unknown) => log.warn(`The use of an index was not noted: ${String(error)}`));
	}

	/** Most recently used first. `open`: the repositories that the caller has open. */
	async list(open: ReadonlySet<string>): Promise<StoredIndex[]> {
		const { files } = this.#ports;
		const folders = await files.readDirectory(files.join(this.#dataDirectory, 'repositories')).catch(() => []);
		const indexes: StoredIndex[] = [];
		for (const { name, kind } of folders) {
			if (kind !== 'directory') continue;
			const { sizeBytes, changedMs } = await measureFolder(files, this.#pathOf(name));
			const use = await this.#use(name);
			if (sizeBytes < EMPTY_BYTES && !use) continue;
			indexes.push({ repositoryId: name, folders: use?.folders ?? [], sizeBytes, lastUsedMs: use?.lastUsedMs ?? changedMs, isOpen: open.has(name) });
		}
		return indexes.sort((a, b) => b.lastUsedMs - a.lastUsedMs);
	}

	/** Removes an index and what lies beside it. False, and nothing is changed, when any process has it open. */
	async remove(repositoryId: string): Promise<boolean> {
		const { files, snapshots, sqlite } = this.#ports;
		const path = indexPath(this.#ports, this.#dataDirectory, repositoryId);
		if (!(await sqlite.clear(path))) return false;
		// Who opens it anew from here on may write a snapshot at once; losing that costs time and nothing else.
		const isBeside = (name: string) => name === USE_FILE || /\.(?:snapshot|tmp)$|\.damaged(?:-wal|-shm)?$/.test(name);
		const beside = (await files.readDirectory(this.#pathOf(repositoryId)).catch(() => [])).filter(({ name, kind }) => kind === 'file' && isBeside(name));
		for (const { name } of beside) await snapshots.remove(this.#pathOf(repositoryId, name));
		return true;
	}

	/**
	 * Removes the least recently used indexes until all together have at most `limitBytes`; those that any process has open, and those of a newer
	 * version, stay. Each is logged.
	 */
	async evict(limitBytes: number, open: ReadonlySet<string>): Promise<StoredIndex[]> {
		const { log, sqlite } = this.#ports;
		const indexes = await this.list(open);
		let total = indexes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
		const evicted: StoredIndex[] = [];
		for (const index of indexes.reverse()) {
			if (total <= limitBytes) break;
			if (index.isOpen) continue;
			try {
				const version = await sqlite.schemaVersion(indexPath(this.#ports, this.#dataDirectory, index.repositoryId));
				if ((version ?? 0) > INDEX_MIGRATIONS.length || !(await this.remove(index.repositoryId))) continue;
			} catch (error) {
				log.warn(`The stored index ${index.repositoryId} could not be removed: ${String(error)}`);
				continue;
			}
			total -= index.sizeBytes;
			evicted.push(index);
			log.info(
				`Removed the index of ${index.folders[0] ?? index.repositoryId} (${Math.round(index.sizeBytes / 1e6)} MB, last used ${new Date(index.lastUsedMs).toISOString().slice(0, 10)}): all indexes together are over the limit of ${Math.round(limitBytes / 1e6)} MB`,
			);
		}
		return evicted;
	}

	#pathOf(repositoryId: string, ...names: readonly string[]): string {
		return this.#ports.files.join(this.#dataDirectory, 'repositories', repositoryId, ...names);
	}

	/** Null when it was never noted, or not in a form that is known. */
	async #use(repositoryId: string): Promise<Use | null> {
		try {
			const use = JSON.parse(new TextDecoder().decode(await this.#ports.files.readFile(this.#pathOf(repositoryId, USE_FILE)))) as Partial<Use>;
			const isKnown = typeof use.lastUsedMs === 'number' && Array.isArray(use.folders) && use.folders.every((folder) => typeof folder === 'string');
			return isKnown ? (use as Use) : null;
		} catch {
			return null;
		}
	}
}
