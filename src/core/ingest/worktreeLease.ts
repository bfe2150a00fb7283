import type { ClockPort } from '#core/ports';
import type { ManifestStore } from '#core/store/manifestStore';

const LEASE_MS = 30_000;
/** How often the holder must call `hold`. */
export const HEARTBEAT_MS = 10_000;

/** One process's claim to index one worktree. The database has it, so it ends by itself when the process dies. */
export class WorktreeLease {
	readonly #manifest: ManifestStore;
	readonly #clock: ClockPort;
	readonly #worktreeId: string;
	readonly #owner: string;
	#renewedMs = Number.NEGATIVE_INFINITY;

	constructor(manifest: ManifestStore, clock: ClockPort, options: { readonly worktreeId: string; readonly owner: string }) {
		this.#manifest = manifest;
		this.#clock = clock;
		this.#worktreeId = options.worktreeId;
		this.#owner = options.owner;
	}

	/** Takes or renews the lease; cheap when it was renewed lately. False: another process has it. */
	async hold(): Promise<boolean> {
		const now = this.#clock.nowMs();
		if (now - this.#renewedMs < HEARTBEAT_MS / 2) return true;
		const answer = await this.#manifest.acquireLease(this.#worktreeId, this.#owner, LEASE_MS);
		this.#renewedMs = answer === 'acquired' ? now : Number.NEGATIVE_INFINITY;
		return answer === 'acquired';
	}

	async release(): Promise<void> {
		this.#renewedMs = Number.NEGATIVE_INFINITY;
		await this.#manifest.releaseLease(this.#worktreeId, this.#owner);
	}
}
