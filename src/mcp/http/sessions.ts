import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

interface OpenSession {
	readonly user: string;
	readonly transport: StreamableHTTPServerTransport;
	requests: number;
	usedMs: number;
}

/** The connections of HTTP by their ids: so many at most, and none for long without a request. */
export class HttpSessions {
	readonly #open = new Map<string, OpenSession>();
	readonly #most: number;
	readonly #idleMs: number;

	constructor(options: { readonly most: number; readonly idleMs: number }) {
		this.#most = options.most;
		this.#idleMs = options.idleMs;
	}

	get size(): number {
		return this.#open.size;
	}

	/** Makes room by closing what was not used for long; where all are in use, the one that was unused longest. False: none could be. */
	makeRoom(): boolean {
		const now = Date.now();
		const unused = [...this.#open].filter(([, { requests }]) => requests === 0).sort(([, a], [, b]) => a.usedMs - b.usedMs);
		for (const [id, { usedMs }] of unused) if (now - usedMs >= this.#idleMs || this.#open.size >= this.#most) this.#drop(id);
		return this.#open.size < this.#most;
	}

	add(id: string, user: string, transport: StreamableHTTPServerTransport): void {
		this.#open.set(id, { user, transport, requests: 0, usedMs: Date.now() });
	}

	remove(id: string): void {
		this.#open.delete(id);
	}

	/** Null for an id that is not known, not any more, or not to this user. Call what comes back when the request is over. */
	use(id: string, user: string): { readonly transport: StreamableHTTPServerTransport; readonly done: () => void } | null {
		const session = this.#open.get(id);
		if (session?.user !== user) return null;
		session.requests++;
		const done = () => {
			session.requests--;
			session.usedMs = Date.now();
		};
		return { transport: session.transport, done };
	}

	async close(): Promise<void> {
		const all = [...this.#open.values()];
		this.#open.clear();
		await Promise.all(all.map(({ transport }) => transport.close()));
	}

	#drop(id: string): void {
		const session = this.#open.get(id);
		this.#open.delete(id);
		void session?.transport.close().catch(() => undefined);
	}
}
