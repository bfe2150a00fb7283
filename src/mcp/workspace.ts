import { realpath } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import { raceAbort } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { IndexStatus } from '#core/domain/indexStatus';
import type { Coordinator } from '#core/domain/requests';
import type { LogPort } from '#core/ports';

/** A scan this recent is not made again, unless the options say otherwise. */
const FRESH_MS = 3_000;
/** A call waits this long for the index, then answers with what there is. */
const WAIT_MS = 20_000;
/** Without a call for so long the index is left to whoever else has the folder open. */
const REST_MS = 15_000;

export interface WorkspaceOptions {
	/** Absolute. */
	readonly folders: readonly string[];
	/** Absolute: where indexes and knowledge are kept. */
	readonly dataDirectory: string;
	/** Called once, when the first call needs it. */
	readonly open: () => Promise<Coordinator>;
	readonly log: Pick<LogPort, 'warn'>;
	readonly waitMs?: number;
	readonly freshMs?: number;
	readonly restMs?: number;
}

/**
 * The folders that agents are served from, over one coordinator for all connections. It is opened when it is first needed and indexes only
 * while it is asked: an editor with the same folder open, which sees every change at once, then gets the lease back.
 */
export class Workspace {
	readonly folders: readonly string[];
	readonly dataDirectory: string;
	readonly #options: WorkspaceOptions;
	#opening: Promise<Coordinator> | null = null;
	#updating: Promise<void> | null = null;
	#scannedMs = Number.NEGATIVE_INFINITY;
	#rest: NodeJS.Timeout | undefined;
	#isClosed = false;

	constructor(options: WorkspaceOptions) {
		this.#options = options;
		this.folders = options.folders;
		this.dataDirectory = options.dataDirectory;
	}

	/** Opens what is needed; a failure is told, and tried again by the next call. */
	coordinator(): Promise<Coordinator> {
		if (this.#isClosed) return Promise.reject(new CoordinatorError('cancelled', 'The server is ending.'));
		this.#opening ??= this.#open().catch((error: unknown) => {
			this.#opening = null;
			throw error;
		});
		return this.#opening;
	}

	/** The coordinator with an index that knows the files as they are now, or, after a wait, as far as it got. */
	async upToDate(options: { readonly signal: AbortSignal; readonly onProgress?: (status: IndexStatus) => void }): Promise<Coordinator> {
		const coordinator = await raceAbort(this.coordinator(), options.signal);
		const subscription = coordinator.onDidChangeStatus((status) => options.onProgress?.(status));
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<void>((end) => {
			timer = setTimeout(end, this.#options.waitMs ?? WAIT_MS);
		});
		try {
			await raceAbort(Promise.race([this.#update(coordinator), late]), options.signal);
			return coordinator;
		} finally {
			clearTimeout(timer);
			subscription.dispose();
			this.#restLater(coordinator);
		}
	}

	/** Absolute path of a file of these folders, links resolved. Throws `invalid-argument` for any other, and `not-found`. */
	async fileAt(path: string): Promise<string> {
		if (path.includes('\0')) throw new CoordinatorError('invalid-argument', 'A path cannot hold a zero byte.');
		const outside = new CoordinatorError(
			'invalid-argument',
			`“${path}” is not in the workspace. Give a path below ${this.folders.join(' or ')}, as the search tools return it.`,
		);
		const roots = await Promise.all(this.folders.map((folder) => realpath(folder)));
		const candidates = isAbsolute(path) ? [resolve(path)] : this.folders.map((folder) => resolve(folder, path));
		if (!candidates.some((candidate) => [...this.folders, ...roots].some((root) => isBelow(root, candidate)))) throw outside;
		for (const candidate of candidates) {
			const real = await realpath(candidate).catch(() => null);
			if (real === null) continue;
			if (!roots.some((root) => isBelow(root, real))) throw outside;
			return candidate;
		}
		throw new CoordinatorError('not-found', `There is no file “${path}” in the workspace. Search for it with search_context.`);
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		clearTimeout(this.#rest);
		const coordinator = await this.#opening?.catch(() => null);
		await coordinator?.close();
	}

	async #open(): Promise<Coordinator> {
		const coordinator = await this.#options.open();
		await coordinator.openFolders(this.folders.map((path) => ({ path, name: basename(path) || path })));
		return coordinator;
	}

	#update(coordinator: Coordinator): Promise<void> {
		if (Date.now() - this.#scannedMs < (this.#options.freshMs ?? FRESH_MS) && this.#updating === null) return Promise.resolve();
		this.#updating ??= (async () => {
			try {
				await coordinator.startIndexing();
				await coordinator.whenIdle();
				this.#scannedMs = Date.now();
			} finally {
				this.#updating = null;
			}
		})();
		// Nobody may be waiting any more when it fails.
		this.#updating.catch((error: unknown) => this.#options.log.warn(`The index could not be brought up to date: ${String(error)}`));
		return this.#updating;
	}

	#restLater(coordinator: Coordinator): void {
		if (this.#isClosed) return;
		clearTimeout(this.#rest);
		this.#rest = setTimeout(() => {
			const { phase } = coordinator.status();
			if (this.#updating || phase === 'scanning' || phase === 'indexing' || phase === 'embedding') return this.#restLater(coordinator);
			this.#scannedMs = Number.NEGATIVE_INFINITY;
			coordinator.stopIndexing();
		}, this.#options.restMs ?? REST_MS);
		this.#rest.unref();
	}
}

function isBelow(root: string, path: string): boolean {
	const rest = relative(root, path);
	return rest === '' || !(rest === '..' || rest.startsWith(`..${sep}`) || isAbsolute(rest));
}
