import { CoordinatorError } from './base/errors.ts';
import { isLoopback } from './base/servers.ts';
import type { Worktree } from './domain/file.ts';
import type { IndexProblem } from './domain/indexStatus.ts';
import type { LocalOnlyCheck } from './domain/localOnly.ts';
import type { MovedCollection, StoreMoveReport, StoreMoveTarget } from './domain/storeMove.ts';
import type { Ports } from './ports.ts';
import type { Settings } from './settings.ts';
import type { MayLeave } from './store/shared/outboxDelivery.ts';
import { SharedVectorStore } from './store/shared/sharedVectorStore.ts';
import type { SharedPlace } from './store/shared/shareStore.ts';
import type { VectorPoint, VectorStore } from './store/vectorStore.ts';

/** Length of the bundled static vectors. */
const STATIC_DIMENSION = 256;
/** Files that are asked about at a time. */
const FILES = 200;

export interface SharedRoom {
	/** Where points are shared, for the user of this data directory, from now on; null: nowhere. Of the settings at the start: a change needs another. */
	open(ownName: string): SharedPlace | null;
	/** What `open` gave last. */
	readonly place: SharedPlace | null;
	/** Files were written: what of them may leave this machine is found out anew. Never rejects. */
	filesChanged(paths: readonly string[]): Promise<void>;
	/** What may leave this machine is found out anew, of all that was told. Never rejects. */
	recheck(): Promise<void>;
	/** Why the server is not used now, where it is wanted. */
	problems(): readonly IndexProblem[];
	/** As `Coordinator.moveStores`. */
	move(to: StoreMoveTarget, onProgress: (waiting: number) => void, signal?: AbortSignal): Promise<StoreMoveReport>;
}

/** What is shared over a Qdrant server, and what never is. */
export function createSharedRoom(options: {
	readonly ports: Ports;
	readonly settings: Pick<Settings, 'qdrant' | 'isTrusted'>;
	readonly localOnly: LocalOnlyCheck;
	/** The open folders with their stores. */
	readonly folders: () => readonly { readonly worktree: Worktree; readonly vectors: VectorStore }[];
	readonly knowledge: () => VectorStore;
	/** The server is used, or no more. */
	readonly onDidChange: () => void;
}): SharedRoom {
	const { ports, localOnly, folders, knowledge } = options;
	const { isTrusted, qdrant } = options.settings;
	const { url, prefix, user, team, shards, replicas, onDisk, quantization } = qdrant;
	let place: SharedPlace | null = null;
	const worktreeOf = (id: string | null) => folders().find(({ worktree }) => worktree.id === id)?.worktree;

	/** The absolute paths that a point speaks of; null: of a worktree that cannot be looked at now. */
	function pathsOf({ payload }: VectorPoint): readonly string[] | null {
		const places = [
			...('file_path' in payload ? [{ workspaceId: payload.workspace_id ?? '', path: payload.file_path }] : []),
			...('source_path' in payload && payload.source_path ? [{ workspaceId: payload.workspace_id ?? '', path: payload.source_path }] : []),
			...(payload.anchors ?? []).map((anchor) => {
				const [workspaceId = '', path = ''] = anchor.split('\n');
				return { workspaceId, path };
			}),
		];
		const paths: string[] = [];
		for (const { workspaceId, path } of places) {
			const worktree = worktreeOf(workspaceId);
			if (!worktree) return null;
			paths.push(ports.files.join(worktree.path, path));
		}
		return paths;
	}

	/** Local-only text stays, and so does what speaks of files that cannot be asked about; a file that is gone cannot be asked either. */
	const mayLeave: MayLeave = async (_, points) => {
		const paths = points.map((point) => ('local_only' in point.payload && point.payload.local_only ? null : pathsOf(point)));
		const asked = [...new Set(paths.flatMap((some) => some ?? []))];
		const verdicts = await localOnly(asked.map((path) => ({ path })));
		const isOpen = new Map(asked.map((path, index) => [path, verdicts[index] === 'open']));
		return paths.map((some) => some?.every((path) => isOpen.get(path)) ?? false);
	};

	const shared = () => [knowledge(), ...folders().map(({ vectors }) => vectors)].filter((store) => store instanceof SharedVectorStore);

	/** What was not found out stays as it is, and a rule that came meanwhile is seen at the next change. */
	async function guarded(work: () => Promise<void> | void): Promise<void> {
		try {
			await work();
		} catch (error) {
			ports.log.warn(`What may leave this machine could not be found out anew: ${String(error)}`);
		}
	}

	async function recheck(): Promise<void> {
		for (const store of shared()) store.outbox.addKept();
		for (const { worktree, vectors } of folders()) {
			if (!(vectors instanceof SharedVectorStore)) continue;
			const files = vectors.outbox.files(worktree.id);
			for (let i = 0; i < files.length; i += FILES) {
				const some = files.slice(i, i + FILES);
				const verdicts = await localOnly(some.map((path) => ({ path: ports.files.join(worktree.path, path) })));
				vectors.outbox.addFiles(
					worktree.id,
					some.filter((_, index) => verdicts[index] !== 'open'),
				);
			}
		}
	}

	return {
		get place() {
			return place;
		},
		open(ownName) {
			// Not even a question goes to another machine from a workspace that is not trusted.
			if (url === null || !(isTrusted || isLoopback(url))) return null;
			place = {
				url,
				layout: { prefix, shards, replicas, isOnDisk: onDisk, quantization, staticDimension: STATIC_DIMENSION },
				tenancy: { user: user ?? ownName, team },
				apiKey: () => ports.secrets.get(`qdrant:${new URL(url).origin}`),
				mayLeave,
				fetch: ports.fetch,
				owner: ports.processes.own,
				onDidChange: options.onDidChange,
			};
			return place;
		},
		filesChanged: (paths) =>
			guarded(() => {
				if (shared().length === 0) return;
				if (paths.some((path) => path.endsWith('.hybridlocal'))) return recheck();
				for (const { worktree, vectors } of folders()) {
					if (!(vectors instanceof SharedVectorStore)) continue;
					const inside = paths.filter((path) => path.startsWith(worktree.path)).map((path) => path.slice(worktree.path.length).replaceAll('\\', '/').replace(/^\/+/, ''));
					if (inside.length > 0) vectors.outbox.addFiles(worktree.id, inside);
				}
			}),
		recheck: () => guarded(recheck),
		async move(to, onProgress, signal) {
			const stores = new Set(shared());
			if (url !== null && stores.size === 0)
				throw new CoordinatorError('untrusted-workspace', 'The workspace is not trusted, so nothing is shared with another machine.');
			if (stores.size === 0) throw new CoordinatorError('invalid-argument', 'No Qdrant server is set: name one in the setting hybrid.qdrant.url, or in QDRANT_URL.');
			const collections: MovedCollection[] = [];
			for (const store of stores) collections.push(...(await store.move(to, { clock: ports.clock, onProgress, ...(signal ? { signal } : {}) })));
			const isRight = ({ here, kept, there, different }: MovedCollection) => different === 0 && there >= here - kept;
			return { to, collections, isVerified: collections.every(isRight) };
		},
		problems() {
			const problem = shared().find((store) => store.link.problem)?.link.problem;
			if (!problem) return [];
			const waiting = shared().reduce((sum, store) => sum + store.outbox.size(), 0);
			return [{ code: 'shared-store-away', message: problem.message, details: { ...problem.details, reason: problem.code, waiting } }];
		},
	};
}
