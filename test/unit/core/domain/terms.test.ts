import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLexicalVector } from '#core/domain/lexicalVector';
import { extractTerms, termVector } from '#core/domain/terms';

describe('extractTerms', () => {
	it.each([
		['parseHTTPRequest2', ['parsehttprequest2', 'parse', 'http', 'request']],
		['snake_case_name', ['snake_case_name', 'snake', 'case', 'name']],
		['__init__ $el', ['init', 'el']],
		['x86_64 base64', ['x86_64', '86', '64', 'base64', 'base', '64']],
		['kebab-case', ['kebab', 'case']],
		['3.14 42 7', ['14', '42']],
		['Straße ÉcoleHaute', ['straße', 'écolehaute', 'école', 'haute']],
		['日本語 😀 漢', ['日本', '本語', '漢']],
		['the index of a file', ['index', 'file']],
		['A'.repeat(101), []],
	])('splits %s', (text, terms) => {
		expect(extractTerms(text)).toEqual(terms);
	});

	it('gives one term for a composed and a decomposed letter', () => {
		expect(extractTerms('caf\u0065\u0301')).toEqual(extractTerms('café'));
	});

	it('counts the same with and without strings', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-zA-Z0-9_$ .é]{0,80}$/)), (text) => {
				expect(termVector(text)).toEqual(toLexicalVector(extractTerms(text)));
			}),
		);
	});
});
