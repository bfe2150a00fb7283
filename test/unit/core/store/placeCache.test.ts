import { describe, expect, test } from 'vitest';
import { PlaceCache } from '#core/store/embedded/placeCache';

describe('the cache of places', () => {
	test('reads a row once for one state of the database, and knows its row by id', () => {
		const cache = new PlaceCache();
		let reads = 0;
		const read = () => {
			reads++;
			return { id: 'a', filePath: 'a.ts' };
		};
		cache.use('1');
		expect([cache.get(7, read), cache.get(7, read), reads, cache.rowOf('a')]).toEqual([{ id: 'a', filePath: 'a.ts' }, { id: 'a', filePath: 'a.ts' }, 1, 7]);
		cache.use('1');
		expect(cache.rowOf('a')).toBe(7);
		cache.use('2');
		expect(cache.rowOf('a')).toBeUndefined();
		expect(cache.get(8, () => null)).toBeNull();
		expect(cache.get(8, read)?.id).toBe('a');
	});

	test('stays small', () => {
		const cache = new PlaceCache();
		for (let row = 0; row < 10_000; row++) {
			cache.use('1');
			cache.get(row, () => ({ id: `id${row}`, filePath: '' }));
		}
		expect(cache.rowOf('id0')).toBeUndefined();
		expect(cache.rowOf('id9999')).toBe(9_999);
	});
});
