import type { BestPracticesPayload } from '#core/domain/collection';
import { bytesHash } from '#core/domain/contentId';
import type { Worktree } from '#core/domain/file';
import type { ClockPort, FilePort, LogPort } from '#core/ports';
import type { Eraser } from '#core/store/eraser';
import type { ManifestStore } from '#core/store/manifestStore';
import type { StoredPoint, VectorStore } from '#core/store/vectorStore';
import { readAll } from '../book/readAll.ts';
import { replacePayload } from '../replacePayload.ts';
import { PRACTICE_FOLDERS, practiceCategory } from './practiceFiles.ts';
import { FROM_REPOSITORY, practiceItems } from './practiceItems.ts';

const MAX_BYTES = 300_000;
const DAY_MS = 86_400_000;

/** A worktree that is open, with the files that its index has: what the user keeps out of the index is not read here either. */
export interface PracticeSource {
	readonly worktree: Worktree;
	readonly manifest: Pick<ManifestStore, 'entries'>;
}

export interface PracticeReader {
	/** Reads the rules of a worktree that are new or have changed, and retires those whose text is gone. Returns how many items changed. */
	refresh(source: PracticeSource): Promise<number>;
	/** Whether an item still says what its file says; where it does not, the file is read anew. Items of no open worktree are believed. */
	isTrue(item: StoredPoint<'best-practices'>, sources: readonly PracticeSource[]): Promise<boolean>;
}

type Read = { readonly text: string; readonly hash: string };

/** Keeps the practices of repositories to what their own rules say. */
export function createPracticeReader(options: {
	readonly store: VectorStore;
	readonly eraser: Eraser;
	readonly files: FilePort;
	/** For each absolute path whether models on this machine alone may see the file: its rules are not read, since they go to any. Absent: none is. */
	readonly isLocalOnly?: (paths: readonly string[]) => Promise<readonly boolean[]>;
	readonly clock: Pick<ClockPort, 'nowMs'>;
	readonly log: Pick<LogPort, 'debug'>;
}): PracticeReader {
	const { store, eraser, files, clock, log } = options;
	const now = () => new Date(clock.nowMs()).toISOString();

	async function read(worktree: Worktree, path: string): Promise<Read | null> {
		const absolute = files.join(worktree.path, ...path.split('/'));
		const bytes = await files.readFile(absolute, { maxBytes: MAX_BYTES + 1 }).catch(() => null);
		if (!bytes || bytes.length > MAX_BYTES) return null;
		const [isLocalOnly = false] = (await options.isLocalOnly?.([absolute])) ?? [];
		if (isLocalOnly) return null;
		return { text: new TextDecoder().decode(bytes), hash: await bytesHash(bytes) };
	}

	async function findFiles({ worktree, manifest }: PracticeSource): Promise<readonly string[]> {
		const found = await Promise.all(
			PRACTICE_FOLDERS.map(async (folder) => {
				const entries = await files.readDirectory(folder === '' ? worktree.path : files.join(worktree.path, ...folder.split('/'))).catch(() => []);
				return entries.filter(({ kind }) => kind === 'file').map(({ name }) => (folder === '' ? name : `${folder}/${name}`));
			}),
		);
		const paths = found.flat().filter((path) => practiceCategory(path) !== null);
		if (paths.length === 0) return [];
		const known = await manifest.entries(worktree.id, paths);
		return paths.filter((path) => known.get(path)?.contentHash);
	}

	const itemsOf = async (worktree: Worktree) => {
		const items: StoredPoint<'best-practices'>[] = [];
		for await (const item of readAll(store, 'best-practices', { must: [{ key: 'workspace_id', match: { value: worktree.id } }] })) {
			if (item.payload.provenance.includes(FROM_REPOSITORY)) items.push(item);
		}
		return items;
	};

	/** Brings the items of one file to what it says now; null: the file is gone, or is not read any more. */
	async function update(worktree: Worktree, path: string, file: Read | null, known: readonly StoredPoint<'best-practices'>[]): Promise<number> {
		const stated = file ? await practiceItems(worktree, { path, ...file }, now()) : [];
		const deleted = await eraser.deletedAmong(stated.map(({ id }) => id));
		const before = new Map(known.map((item) => [item.id, item.payload]));
		let changed = 0;
		for (const { id, payload } of stated) {
			if (deleted.has(id)) continue;
			const old = before.get(id);
			await replacePayload(store, 'best-practices', id, old ? { ...payload, ...keptOf(old) } : payload);
			if (!old || old.content_hash !== payload.content_hash || old.status !== keptOf(old).status) changed++;
		}
		// One that was being written while the user deleted it.
		await store.delete('best-practices', { ids: known.flatMap(({ id }) => (deleted.has(id) ? [id] : [])) });
		const stays = new Set(stated.map(({ id }) => id));
		const gone = known.filter(({ id, payload }) => !stays.has(id) && payload.status !== 'retired' && !payload.pinned).map(({ id }) => id);
		await store.setPayload('best-practices', gone, { status: 'retired', status_by: 'tree', status_since: now() });
		return changed + gone.length;
	}

	return {
		async refresh(source) {
			const { worktree } = source;
			const known = await itemsOf(worktree);
			const paths = await findFiles(source);
			let changed = 0;
			for (const path of new Set([...paths, ...known.flatMap(({ payload }) => payload.source_path ?? [])])) {
				const items = known.filter(({ payload }) => payload.source_path === path);
				const file = paths.includes(path) ? await read(worktree, path) : null;
				const current = items.filter(({ payload }) => payload.source_hash === file?.hash && !isRetiredByTree(payload));
				if (current.length > 0 && items.every((item) => current.includes(item) || isRetiredByTree(item.payload) || item.payload.pinned)) continue;
				changed += await update(worktree, path, file, items);
			}
			if (changed > 0) {
				await eraser.purge();
				log.debug(`${changed} practices of ${worktree.name} were read anew`);
			}
			return changed;
		},

		async isTrue({ id, payload }, sources) {
			const source = sources.find(({ worktree }) => worktree.id === payload.workspace_id);
			if (payload.pinned || !source || payload.source_path === undefined) return true;
			const file = await read(source.worktree, payload.source_path);
			if (file?.hash === payload.source_hash) {
				if (clock.nowMs() - Date.parse(payload.last_validated) > DAY_MS) await store.setPayload('best-practices', [id], { last_validated: now() });
				return true;
			}
			const items = (await itemsOf(source.worktree)).filter((item) => item.payload.source_path === payload.source_path);
			await update(source.worktree, payload.source_path, file, items);
			const [after] = await store.get('best-practices', [id]);
			return after !== undefined && after.payload.status !== 'retired' && after.payload.content_hash === payload.content_hash;
		},
	};
}

/** What stays of an item whose text is read anew. What the tree retired comes back with its text. */
function keptOf(old: BestPracticesPayload): Pick<BestPracticesPayload, 'status' | 'status_by' | 'pinned' | 'endorsement_count'> {
	return { status: isRetiredByTree(old) ? 'active' : old.status, status_by: old.status_by, pinned: old.pinned, endorsement_count: old.endorsement_count };
}

function isRetiredByTree({ status, status_by }: BestPracticesPayload): boolean {
	return status === 'retired' && status_by === 'tree';
}
