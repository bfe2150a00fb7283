import type { ClockPort, ProcessPort } from '#core/ports';
import type { ManifestStore } from '#core/store/manifestStore';

const LEASE_MS = 30_000;
/** How often the holder must call `hold`. */
export const HEARTBEAT_MS = 10_000;

/**
 * One process's claim to index one worktree. The database has it, so it ends by itself some time after the process died; at once when the next
 * one that wants it can tell that the holder has ended.
 */
export class WorktreeLease {
	readonly #manifest: ManifestStore;
	readonly #clock: ClockPort;
	readonly #processes: ProcessPort;
	readonly #worktreeId: string;
	/** The process, and which of its claims. */
	readonly #owner: string;
	#renewedMs = Number.NEGATIVE_INFINITY;

	constructor(manifest: ManifestStore, ports: { readonly clock: ClockPort; readonly processes: ProcessPort; readonly uuid: () => string }, worktreeId: string) {
		this.#manifest = manifest;
		this.#clock = ports.clock;
		this.#processes = ports.processes;
		this.#worktreeId = worktreeId;
		this.#owner = `${ports.processes.own}/${ports.uuid()}`;
	}

	/** Takes or renews the lease; cheap when it was renewed lately. False: another process has it. */
	async hold(): Promise<boolean> {
		const now = this.#clock.nowMs();
		if (now - this.#renewedMs < HEARTBEAT_MS / 2) return true;
		const isHeld = await this.#acquire();
		this.#renewedMs = isHeld ? now : Number.NEGATIVE_INFINITY;
		return isHeld;
	}

	async release(): Promise<void> {
		this.#renewedMs = Number.NEGATIVE_INFINITY;
		await this.#manifest.releaseLease(this.#worktreeId, this.#owner);
	}

	async #acquire(): Promise<boolean> {
		const first = await this.#manifest.acquireLease(this.#worktreeId, this.#owner, LEASE_MS);
		if (first === 'acquired') return true;
		const [holder = ''] = first.owner.split('/');
		if (!this.#processes.hasEnded(holder)) return false;
		// Only the dead one's own claim is taken from it: of two that see it dead, one gets the lease and the other finds a new holder.
		await this.#manifest.releaseLease(this.#worktreeId, first.owner);
		return (await this.#manifest.acquireLease(this.#worktreeId, this.#owner, LEASE_MS)) === 'acquired';
	}
}
