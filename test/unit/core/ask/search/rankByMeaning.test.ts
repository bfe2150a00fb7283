import { describe, expect, test } from 'vitest';
import { analyseQuestion } from '#core/ask/search/analyseQuestion';
import type { Candidate, FolderStores } from '#core/ask/search/candidates';
import { fuseCandidates } from '#core/ask/search/fuseCandidates';
import { rankByMeaning } from '#core/ask/search/rankByMeaning';
import type { SearchRequest } from '#core/store/vectorStore';
import { codePoint, uuid } from '../../../../support/stores.ts';

const stores = {} as FolderStores;
const NONE = new Map<string, number>();
const candidate = (number: number, text: string, cosine: number | null): Candidate => {
	const { id, payload } = codePoint(number, text);
	return { id, stores, filePath: payload.file_path, payload, ranks: new Map(), cosine, staticCosine: null };
};
const idf = (text: string) => new Map(analyseQuestion(text).terms.map(({ hash }) => [hash, 2]));
const order = (candidates: readonly Candidate[]) =>
	candidates
		.filter(({ ranks }) => ranks.has('meaning'))
		.sort((a, b) => (a.ranks.get('meaning') ?? 0) - (b.ranks.get('meaning') ?? 0))
		.map(({ payload }) => payload?.start_line);

describe('the rank of meaning', () => {
	const WORDS = 'where is the parcel weighed before it is shipped?';

	test('is by cosine; of two that mean the same the one with the words comes first', async () => {
		const list = [candidate(1, 'nothing of it', 0.5), candidate(2, 'weighed parcel shipped', 0.499), candidate(3, 'far away', 0.1), candidate(4, 'unknown', null)];
		await rankByMeaning(list, { question: analyseQuestion(WORDS), presumed: NONE, staticVector: null, idfOf: () => idf(WORDS) });
		expect(order(list)).toEqual([2, 1, 3]);
	});

	test('keeps a clear lead of meaning over words', async () => {
		const list = [candidate(1, 'nothing of it', 0.9), candidate(2, 'weighed parcel shipped', 0.3), candidate(3, 'far away', 0.25)];
		await rankByMeaning(list, { question: analyseQuestion(WORDS), presumed: NONE, staticVector: null, idfOf: () => idf(WORDS) });
		expect(order(list)).toEqual([1, 2, 3]);
	});

	test('of what has no vector yet is where everything else puts it, so that the few with one do not come first for having it', async () => {
		const [answer, middling, embedded] = [candidate(1, 'weighed parcel shipped', null), candidate(2, 'parcel', null), candidate(3, 'far away', 0.05)] as const;
		const presumed = new Map([answer, middling, embedded].map(({ id }, index) => [id, index + 1]));
		await rankByMeaning([answer, middling, embedded], { question: analyseQuestion(WORDS), presumed, staticVector: null, idfOf: () => idf(WORDS) });
		expect([answer, middling, embedded].map(({ ranks }) => ranks.get('meaning'))).toEqual([1, 2, 1]);
		answer.ranks.set('words', 1);
		const scores = fuseCandidates([answer, middling, embedded], 'natural-language');
		expect(scores.get(answer.id)).toBeGreaterThan(scores.get(embedded.id) ?? 0);
	});

	test('lets static vectors decide between two that mean nearly the same, asking only for those that are not known', async () => {
		const asked: (readonly string[])[] = [];
		const vectors = {
			async rank(_collection: string, { filter }: SearchRequest) {
				const ids = filter?.must?.flatMap((condition) => ('has_id' in condition ? condition.has_id : [])) ?? [];
				asked.push(ids);
				return ids.map((id) => ({ id, score: id === uuid(2) ? 0.9 : 0.1, filePath: '' }));
			},
		};
		const folder = { worktree: { id: 'w1' }, vectors } as unknown as FolderStores;
		const list = [candidate(1, 'x', 0.5), candidate(2, 'y', 0.499), candidate(3, 'z', 0.1)].map((each) => ({ ...each, stores: folder }));
		(list[0] as Candidate).staticCosine = 0.1;
		await rankByMeaning(list, { question: analyseQuestion(WORDS), presumed: NONE, staticVector: Float32Array.of(1), idfOf: () => undefined });
		expect(order(list)).toEqual([2, 1, 3]);
		expect(asked).toEqual([[uuid(2), uuid(3)]]);
	});

	test('is by cosine alone for names, whose words are counted elsewhere, and when all are alike', async () => {
		const names = [candidate(1, 'other', 0.5), candidate(2, 'weighParcel', 0.499)];
		await rankByMeaning(names, { question: analyseQuestion('weighParcel'), presumed: NONE, staticVector: null, idfOf: () => idf('weighParcel') });
		expect(order(names)).toEqual([1, 2]);
		const alike = [candidate(1, 'same', 0.5), candidate(2, 'same', 0.5)];
		await rankByMeaning(alike, { question: analyseQuestion(WORDS), presumed: NONE, staticVector: null, idfOf: () => undefined });
		expect(order(alike)).toEqual([1, 2]);
	});
});

describe('fusion', () => {
	const ranked = (number: number, ranks: readonly (readonly ['words' | 'symbol' | 'meaning' | 'path', number])[]): Candidate => ({
		...candidate(number, 'x', null),
		ranks: new Map(ranks),
	});

	test('is led by meaning for words, by the symbol for names and by the path for paths', () => {
		const [byMeaning, bySymbol, byPath] = [ranked(1, [['meaning', 1]]), ranked(2, [['symbol', 1]]), ranked(3, [['path', 1]])] as const;
		const first = (kind: Parameters<typeof fuseCandidates>[1]) => [...fuseCandidates([byMeaning, bySymbol, byPath], kind)].sort((a, b) => b[1] - a[1])[0]?.[0];
		expect(first('natural-language')).toBe(byMeaning.id);
		expect(first('identifiers')).toBe(bySymbol.id);
		expect(first('path')).toBe(byPath.id);
	});

	test('adds what several rankings say', () => {
		const both = ranked(1, [
			['words', 3],
			['meaning', 3],
		]);
		const one = ranked(2, [['words', 3]]);
		const scores = fuseCandidates([both, one], 'error-text');
		expect(scores.get(both.id)).toBeGreaterThan(scores.get(one.id) ?? 0);
	});
});
