import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WordPiece } from '#core/domain/wordPiece';
import { vocabularyOf } from '../../../../scripts/vocabulary.mjs';
import { repositoryRoot } from '../../../support/assets.ts';

const tokenizerJson = readFileSync(join(repositoryRoot, 'models/minilm/tokenizer.json'), 'utf8');
const { truncation: _truncation, padding: _padding, ...tokenizer } = JSON.parse(tokenizerJson) as Record<string, unknown>;
const library = new Tokenizer({ ...tokenizer, added_tokens: [] }, {});
const wordPiece = new WordPiece(vocabularyOf(tokenizerJson));
const idsOfLibrary = (text: string) => library.encode(text, { add_special_tokens: false }).ids;

/** Ideographs beyond the basic plane: BERT sets them apart, the library looks at UTF-16 halves and does not. */
const RARE_IDEOGRAPH = /[\u{20000}-\u{2fa1f}]/u;

describe('WordPiece', () => {
	test('gives the ids of the Hugging Face tokenizer for the sources of this repository', () => {
		const sources = readdirSync(join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
		expect(sources.length).toBeGreaterThan(20);
		for (const path of sources) {
			const text = readFileSync(join(repositoryRoot, 'src', path), 'utf8');
			expect(wordPiece.encode(text), path).toEqual(idsOfLibrary(text));
		}
	});

	test.each([
		['accents', 'Crème brûlée naïve Ångström'],
		['ideographs', '数据库connection 池'],
		['emoji and joiners', 'ok 👍🏽 👩‍👩‍👧 done'],
		['control characters', 'a\u0000b\u0007c\u200bd\ufeffe\ufffdf'],
		['white space', 'a\u00a0b\u2003c\td\r\ne\u2028f'],
		['punctuation outside ASCII', '«quoted» – “text” … 、。'],
		['symbols that are no punctuation', 'x × y ÷ z € ¥ ± √'],
		['a word of 101 letters', `${'a'.repeat(101)} ${'b'.repeat(100)}`],
		['Turkish, Greek and German case', 'İstanbul ΣΊΣΥΦΟΣ STRASSE straße'],
		['Korean and Thai', '한국어 ภาษาไทย'],
	])('agrees with the library on %s', (_name, text) => {
		expect(wordPiece.encode(text)).toEqual(idsOfLibrary(text));
	});

	test('writes the same ids into a buffer, of any part of a text, twice the same', () => {
		const words = fc.array(fc.constantFrom('getUserById', 'HTTP', 'x', '__init__', ' ', '\n', '(', '…', 'é', 'a'.repeat(70), '\f', '한국', '12'), { maxLength: 30 });
		fc.assert(
			fc.property(words, fc.nat(40), fc.nat(40), (parts, from, length) => {
				const text = parts.join('');
				const [start, end] = [Math.min(from, text.length), Math.min(from + length, text.length)];
				const target = new Int32Array(4 * text.length + 3);
				const after = wordPiece.encodeInto(text, start, end, target, 3);
				expect([...target.subarray(3, after)]).toEqual(wordPiece.encode(text.slice(start, end)));
			}),
			{ numRuns: 1000 },
		);
	});

	test('agrees with the library on arbitrary text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
				fc.pre(!RARE_IDEOGRAPH.test(text));
				expect(wordPiece.encode(text)).toEqual(idsOfLibrary(text));
			}),
			{ numRuns: 2000 },
		);
	});

	test('sets ideographs beyond the basic plane apart, as BERT does', () => {
		expect(wordPiece.encode('0\u{20000}1')).toEqual([...wordPiece.encode('0'), 100, ...wordPiece.encode('1')]);
	});

	test('takes the names of special tokens as plain text', () => {
		const ids = wordPiece.encode('[CLS] [SEP] [MASK] [PAD]');
		for (const special of [0, 100, 101, 102, 103]) expect(ids).not.toContain(special);
	});

	test('counts and cuts as it encodes', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(20), (text, limit) => {
				const all = wordPiece.encode(text);
				expect(wordPiece.count(text)).toBe(all.length);
				expect(wordPiece.encode(text, limit)).toEqual(all.slice(0, limit));
			}),
		);
	});

	test('is empty for nothing and for white space', () => {
		expect(wordPiece.encode('')).toEqual([]);
		expect(wordPiece.count(' \t\r\n')).toBe(0);
	});
});
