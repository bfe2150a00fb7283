/** Something that holds a resource until it is told to let go. `dispose` is idempotent. */
export interface Disposable {
	dispose(): void;
}

/** Makes a Disposable of a function; the function runs once at most. */
export function toDisposable(release: () => void): Disposable {
	let isDisposed = false;
	return {
		dispose() {
			if (isDisposed) return;
			isDisposed = true;
			release();
		},
	};
}

/** Owns Disposables and lets go of them in reverse order. What is added after `dispose` is disposed at once. */
export class DisposableStore implements Disposable {
	readonly #items: Disposable[] = [];
	#isDisposed = false;

	/** Takes ownership and returns its argument, so that creating and registering are one statement. */
	add<T extends Disposable>(item: T): T {
		if (this.#isDisposed) item.dispose();
		else this.#items.push(item);
		return item;
	}

	dispose(): void {
		this.#isDisposed = true;
		for (const item of this.#items.splice(0).reverse()) item.dispose();
	}
}
