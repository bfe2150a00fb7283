import type { TreeNode } from './treeNode.ts';

/**
 * The rows of a tree that is read again and again. It is drawn anew only where a row looks different: a menu that is open, a hover or a key that was
 * pressed are about the row that was drawn, and are lost with it.
 */
export class ShownTree<Node extends TreeNode> {
	readonly #read: (isFresh: boolean) => Promise<Node[]>;
	readonly #onDidChange: () => void;
	#roots: Promise<readonly Node[]> | null = null;
	#drawn = '';
	#isFresh = false;
	#forgotten = 0;
	#reading: Promise<void> = Promise.resolve();
	#waiting: Promise<void> | null = null;

	/** `read` must not reject. `onDidChange` is told that `roots` are others than before. */
	constructor(read: (isFresh: boolean) => Promise<Node[]>, onDidChange: () => void) {
		this.#read = read;
		this.#onDidChange = onDidChange;
	}

	/** Those that were read last; read now where there are none. */
	async roots(): Promise<Node[]> {
		this.#roots ??= this.#readNow().then(async (roots) => {
			this.#drawn = await draw(roots);
			return roots;
		});
		return [...(await this.#roots)];
	}

	/** Reads now; while it is being read, once more afterwards, however often it is asked. */
	refresh(isFresh: boolean): Promise<void> {
		this.#isFresh ||= isFresh;
		this.#waiting ??= this.#reading.then(() => {
			this.#waiting = null;
			this.#reading = this.#renew();
			return this.#reading;
		});
		return this.#waiting;
	}

	/** Has `roots` read anew when somebody looks. */
	forget(isFresh: boolean): void {
		this.#forgotten++;
		this.#isFresh ||= isFresh;
		this.#roots = null;
		this.#onDidChange();
	}

	async #renew(): Promise<void> {
		const forgotten = this.#forgotten;
		const roots = await this.#readNow();
		const drawn = await draw(roots);
		if (forgotten !== this.#forgotten || (this.#roots && drawn === this.#drawn)) return;
		this.#drawn = drawn;
		this.#roots = Promise.resolve(roots);
		this.#onDidChange();
	}

	#readNow(): Promise<Node[]> {
		const isFresh = this.#isFresh;
		this.#isFresh = false;
		return this.#read(isFresh);
	}
}

/** What makes the rows look and act as they do, and nothing of what they are about. */
async function draw(nodes: readonly TreeNode[]): Promise<string> {
	const rows = nodes.map(async ({ id, label, description, icon, color, tooltip, command, isExpanded, context, children }) => {
		const below = children ? await draw(await children()) : null;
		return { id, label, description, icon, color, tooltip, command, isExpanded, context, below };
	});
	return JSON.stringify(await Promise.all(rows));
}
