import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashTerm, toLexicalVector } from '#core/domain/lexicalVector';

describe('toLexicalVector', () => {
	it('counts what it is given, whatever the order, with ascending hashes', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom('alpha', 'beta', 'gamma', 'delta', 'parse')), (terms) => {
				const { hashes, counts } = toLexicalVector(terms);
				expect([...hashes]).toEqual([...hashes].sort((a, b) => a - b));
				for (const term of new Set(terms)) {
					expect(counts[hashes.indexOf(hashTerm(term))]).toBe(terms.filter((other) => other === term).length);
				}
				expect(hashes.length).toBe(new Set(terms).size);
				expect(toLexicalVector([...terms].reverse())).toEqual({ hashes, counts });
			}),
		);
	});

	it('stops counting at what sixteen bits hold', () => {
		expect([...toLexicalVector(Array.from({ length: 70_000 }, () => 'x')).counts]).toEqual([65_535]);
	});
});

describe('hashTerm', () => {
	it('is FNV-1a with 32 bits', () => {
		expect(hashTerm('')).toBe(0x811c9dc5);
		expect(hashTerm('a')).toBe(0xe40c292c);
		expect(hashTerm('foobar')).toBe(0xbf9cf968);
	});
});
