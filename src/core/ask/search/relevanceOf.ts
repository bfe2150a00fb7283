import type { HitReason } from '#core/domain/hit';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import type { Finalist, FolderStores } from './candidates.ts';
import { inverseFrequencies, lexicalRelevance, type TermIdf } from './lexicalRelevance.ts';

/** What the terms of a question weigh in each folder. */
export type QuestionStatistics = ReadonlyMap<FolderStores, { readonly idf: TermIdf; readonly frequencies: ReadonlyMap<number, number> }>;

/** Asks every folder for the document frequencies of the question's terms. */
export async function questionStatistics(question: AnalysedQuestion, stores: readonly FolderStores[]): Promise<QuestionStatistics> {
	const hashes = question.terms.map(({ hash }) => hash);
	return new Map(
		await Promise.all(
			stores.map(async (folder) => {
				const filter = { must: [{ key: 'workspace_id', match: { value: folder.worktree.id } }] };
				const statistics = await folder.vectors.termStatistics('codebase-context', { field: 'text', hashes, filter });
				const frequencies = new Map(hashes.map((hash, index) => [hash, statistics.frequencies[index] ?? 0]));
				return [folder, { idf: inverseFrequencies(question, statistics), frequencies }] as const;
			}),
		),
	);
}

/** Calibrated relevance of a candidate: by cosine, by words, or because the question names it; the best of the three. */
export function relevanceOf(
	{ stores, payload, cosine }: Finalist,
	reasons: readonly HitReason[],
	options: { readonly question: AnalysedQuestion; readonly statistics: QuestionStatistics; readonly model: EmbeddingModel | null },
): number {
	if (reasons.some(({ signal }) => signal === 'symbol' || signal === 'mentioned' || signal === 'selection')) return 0.95;
	const { question, model } = options;
	const statistics = options.statistics.get(stores);
	const byWords = statistics ? lexicalRelevance(`${payload.file_path} ${payload.code_snippet}`, question, statistics.idf, statistics.frequencies) : 0;
	return Math.max(byWords, model && cosine !== null ? model.calibrate(cosine) : 0);
}
