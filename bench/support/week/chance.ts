import { seededRandom } from '../syntheticIndex.ts';

/** A number 0…1 that follows from the words alone, so that two runs of one seed decide alike whatever else happened in them. */
export function chance(...words: readonly (string | number)[]): number {
	return seededRandom(hashOf(words))();
}

/** The same items in an order that follows from the words. */
export function shuffled<T>(items: readonly T[], ...words: readonly (string | number)[]): T[] {
	const random = seededRandom(hashOf(words));
	return items
		.map((item) => ({ item, key: random() }))
		.sort((a, b) => a.key - b.key)
		.map(({ item }) => item);
}

/** A UUID that follows from the words. */
export function idOf(...words: readonly (string | number)[]): string {
	const part = (name: string) =>
		Math.floor(chance(...words, name) * 2 ** 32)
			.toString(16)
			.padStart(8, '0');
	const digits = ['a', 'b', 'c', 'd'].map(part).join('');
	return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
}

function hashOf(words: readonly (string | number)[]): number {
	let hash = 0x811c9dc5;
	for (const letter of words.join('\n')) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
	return hash;
}
