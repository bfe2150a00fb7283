import type { FileChange } from '#core/domain/requests';
import { type IngestRun, type IngestTarget, ingestFiles } from './ingestPipeline.ts';
import { classifyChanges } from './scan/classifyChanges.ts';
import { toRelativePosix } from './scan/workspacePaths.ts';

/** More changes than this at once, and a scan is cheaper and surer. */
const MAX_CHANGES = 500;
const MAX_FIRST = 50;
/** Changes of these mean other rules, or another branch. */
const RESCAN_NAMES = /(?:^|\/)(?:\.gitignore|\.ignore|\.hybridignore)$|^\.git\/(?:HEAD|info\/exclude)$/;

/** What changed in one worktree and is not indexed yet, and which files somebody looks at. */
export class ChangeList {
	readonly #target: IngestTarget;
	readonly #paths = new Set<string>();
	#first: readonly string[] = [];
	/** True when only a scan can tell what changed. */
	needsScan = true;

	constructor(target: IngestTarget) {
		this.#target = target;
	}

	get isEmpty(): boolean {
		return this.#paths.size === 0 && !this.needsScan;
	}
	get hasPaths(): boolean {
		return this.#paths.size > 0;
	}
	/** Relative paths that come first: looked at or written lately. */
	get first(): readonly string[] {
		return this.#first;
	}

	/** Notes changes below the worktree; others are none of ours. */
	add(changes: readonly FileChange[]): void {
		for (const { path } of changes) {
			const relative = toRelativePosix(this.#target.worktree.path, path);
			if (relative === null) continue;
			if (relative === '' || RESCAN_NAMES.test(relative)) this.needsScan = true;
			else if (!relative.startsWith('.git/')) this.#paths.add(relative);
		}
		if (this.#paths.size > MAX_CHANGES) this.needsScan = true;
	}

	/** Absolute paths of files that somebody looks at. */
	prioritise(paths: readonly string[]): void {
		const named = paths.map((path) => toRelativePosix(this.#target.worktree.path, path)).filter((path) => path !== null && path !== '');
		this.#putFirst(named as string[]);
	}

	clear(): void {
		this.#paths.clear();
	}

	/** Waits until nothing has been added for `debounceMs`, then indexes what changed. What fails is a change again. Does nothing when a scan is needed. */
	async apply(run: IngestRun, debounceMs: number): Promise<boolean> {
		const { ports, worktree, manifest, settings } = this.#target;
		const { signal } = run;
		for (let seen = -1; seen !== this.#paths.size; ) {
			seen = this.#paths.size;
			await ports.clock.delay(debounceMs, signal);
		}
		if (this.needsScan) return false;
		const paths = [...this.#paths];
		this.#paths.clear();
		try {
			const known = await manifest.entries(worktree.id, paths);
			const changes = await classifyChanges(worktree.path, paths, new Set(known.keys()), ports.files, { index: settings().index, signal });
			this.#putFirst(changes.files.map(({ path }) => path));
			await manifest.remove(worktree, changes.gone);
			await ingestFiles(this.#target, changes.files, known, { ...run, first: this.#first });
			return true;
		} catch (error) {
			for (const path of paths) this.#paths.add(path);
			throw error;
		}
	}

	#putFirst(paths: readonly string[]): void {
		this.#first = [...new Set([...paths, ...this.#first])].slice(0, MAX_FIRST);
	}
}
