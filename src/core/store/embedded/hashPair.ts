/** Two 32-bit hashes of a text, by FNV-1a from two seeds: of many hundred thousand texts no two have the same pair. */
export function hashPair(text: string): readonly [number, number] {
	return [fnv1a(text, 0x811c9dc5), fnv1a(text, 0x01234567)];
}

function fnv1a(text: string, seed: number): number {
	let hash = seed;
	for (let i = 0; i < text.length; i++) {
		hash ^= text.charCodeAt(i);
		hash = Math.imul(hash, 0x01000193);
	}
	// A final mix, since the last characters alone would differ between neighbouring occurrences.
	hash ^= hash >>> 16;
	hash = Math.imul(hash, 0x85ebca6b);
	hash ^= hash >>> 13;
	return hash >>> 0;
}
