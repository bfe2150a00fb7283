import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adjustByEditor } from '#core/ask/search/adjustByEditor';
import { analyseQuestion } from '#core/ask/search/analyseQuestion';
import type { Candidate, Finalist, FolderStores } from '#core/ask/search/candidates';
import { chooseFinalists } from '#core/ask/search/chooseFinalists';
import type { CodebaseContextPayload } from '#core/domain/collection';
import type { EditorSignals } from '#core/domain/question';
import { codePoint, uuid } from '../../../../support/stores.ts';

/** Candidates over stores that note which payloads are read. */
function candidatesOf(payloads: readonly Partial<CodebaseContextPayload>[]): { readonly candidates: Candidate[]; readonly read: Set<string> } {
	const points = new Map(payloads.map((payload, index) => [uuid(index), codePoint(index, 'text', payload)]));
	const read = new Set<string>();
	const vectors: Pick<FolderStores['vectors'], 'get'> = {
		async get(_collection, ids) {
			for (const id of ids) read.add(id);
			return ids.flatMap((id) => (points.has(id) ? [{ id, payload: points.get(id)?.payload as never, hasVector: false }] : []));
		},
	};
	const stores = { worktree: { id: 'w1', repositoryId: 'r', path: '/project', name: 'work' }, vectors } as unknown as FolderStores;
	const candidates = [...points].map(
		([id, { payload }]): Candidate => ({ id, stores, filePath: payload.file_path, ranks: new Map(), cosine: null, staticCosine: null, payload: null }),
	);
	return { candidates, read };
}

const payloads = fc.array(
	fc.record({
		file_path: fc.constantFrom('src/a.ts', 'src/b.ts', 'test/a.test.ts', 'docs/guide.md'),
		language: fc.constantFrom('typescript', 'markdown'),
		symbol: fc.constantFrom(null, 'weighParcel', 'other'),
		start_line: fc.integer({ min: 1, max: 20 }),
		end_line: fc.integer({ min: 21, max: 40 }),
	}),
	{ minLength: 1, maxLength: 60 },
);
const editors: fc.Arbitrary<EditorSignals> = fc.record(
	{
		activeFile: fc.constantFrom('/project/src/a.ts', '/project/test/a.test.ts'),
		openFiles: fc.constant(['/project/src/b.ts']),
		recentlyEdited: fc.constant(['/project/docs/guide.md']),
		selection: fc.record({
			path: fc.constantFrom('/project/src/a.ts', '/project/src/b.ts'),
			startLine: fc.integer({ min: 1, max: 50 }),
			endLine: fc.constant(50),
			text: fc.constant('x'),
		}),
		diagnostics: fc.constant([{ path: '/project/src/b.ts', line: 12, message: 'no', severity: 'error' as const, source: null, code: null }]),
	},
	{ requiredKeys: [] },
);

describe('the finalists', () => {
	test('are those that come first when every payload is read', async () => {
		const words = fc.constantFrom('where is the parcel weighed', 'weighParcel', 'the tests of b.ts', 'guide to parcels');
		await fc.assert(
			fc.asyncProperty(
				payloads,
				editors,
				words,
				fc.integer({ min: 1, max: 12 }),
				fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
				async (list, signals, text, limit, values) => {
					const question = analyseQuestion(text);
					const { candidates } = candidatesOf(list);
					const scores = new Map(candidates.map(({ id }) => [id, values.next().value as number]));
					const everything = candidatesOf(list)
						.candidates.map((candidate, index): Finalist => ({ ...candidate, payload: codePoint(index, 'text', list[index]).payload }))
						.map((finalist) => ({ id: finalist.id, score: (scores.get(finalist.id) ?? 0) * adjustByEditor(finalist, question, signals).factor }))
						.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
					const chosen = await chooseFinalists(candidates, { scores, question, signals, limit });
					expect(chosen.map(({ finalist, score }) => ({ id: finalist.id, score }))).toEqual(everything.slice(0, limit));
				},
			),
			{ numRuns: 300 },
		);
	});

	test('cost no payload of those that cannot come among them any more', async () => {
		const { candidates, read } = candidatesOf(Array.from({ length: 200 }, () => ({})));
		const scores = new Map(candidates.map(({ id }, index) => [id, 1 / (index + 1)]));
		const chosen = await chooseFinalists(candidates, { scores, question: analyseQuestion('where is the parcel weighed'), signals: {}, limit: 10 });
		expect(chosen.map(({ finalist }) => finalist.id)).toEqual(candidates.slice(0, 10).map(({ id }) => id));
		expect(read.size).toBe(10);
	});

	test('are without what is gone from the store, with the next in its place', async () => {
		const { candidates } = candidatesOf([{}, {}, {}]);
		const gone: Candidate = { ...(candidates[0] as Candidate), id: uuid(99) };
		const scores = new Map([gone, ...candidates].map(({ id }, index) => [id, 1 - index / 10]));
		const chosen = await chooseFinalists([gone, ...candidates], { scores, question: analyseQuestion('where is the parcel'), signals: {}, limit: 2 });
		expect(chosen.map(({ finalist }) => finalist.id)).toEqual([uuid(0), uuid(1)]);
	});
});
