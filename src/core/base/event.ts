import { type Disposable, toDisposable } from './disposable.ts';

/** A subscription function, as in VS Code: call it with a listener, dispose of the result to stop. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** The owner's side of an Event. A listener that throws does not keep the others from being called. */
export class Emitter<T> implements Disposable {
	readonly #listeners = new Set<(value: T) => void>();

	readonly event: Event<T> = (listener) => {
		this.#listeners.add(listener);
		return toDisposable(() => this.#listeners.delete(listener));
	};

	fire(value: T): void {
		let failure: { readonly error: unknown } | undefined;
		for (const listener of [...this.#listeners]) {
			try {
				listener(value);
			} catch (error) {
				failure ??= { error };
			}
		}
		if (failure) throw failure.error;
	}

	dispose(): void {
		this.#listeners.clear();
	}
}
