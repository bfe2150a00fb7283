/**
 * Vectors of texts without a network run: the sum over distinct word pieces of sqrt(count) × (row of a table distilled from MiniLM,
 * with the piece's inverse document frequency multiplied in), scaled to unit length.
 */
export interface StaticVectors {
	readonly dimension: number;
	/** Word piece ids without special tokens → unit vector; all zeros for no ids. */
	vector(ids: ArrayLike<number>): Float32Array;
}
