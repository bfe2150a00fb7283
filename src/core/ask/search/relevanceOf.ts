import type { HitReason } from '#core/domain/hit';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import type { Candidate, FolderStores } from './candidates.ts';
import { inverseFrequencies, lexicalRelevance } from './lexicalRelevance.ts';

/** Calibrated relevance of a candidate: by cosine, by words, or because the question names it; the best of the three. */
export async function relevanceOf(question: AnalysedQuestion, stores: readonly FolderStores[], model: EmbeddingModel | null) {
	const hashes = question.terms.map(({ hash }) => hash);
	const perStore = new Map(
		await Promise.all(
			stores.map(async (folder) => {
				const filter = { must: [{ key: 'workspace_id', match: { value: folder.worktree.id } }] };
				const statistics = await folder.vectors.termStatistics('codebase-context', { field: 'text', hashes, filter });
				const frequencies = new Map(hashes.map((hash, index) => [hash, statistics.frequencies[index] ?? 0]));
				return [folder, { idf: inverseFrequencies(question, statistics), frequencies }] as const;
			}),
		),
	);
	return (candidate: Candidate, reasons: readonly HitReason[]): number => {
		if (reasons.some(({ signal }) => signal === 'symbol' || signal === 'mentioned' || signal === 'selection')) return 0.95;
		const statistics = perStore.get(candidate.stores);
		const { payload } = candidate;
		const byWords = statistics ? lexicalRelevance(`${payload.file_path} ${payload.code_snippet}`, question, statistics.idf, statistics.frequencies) : 0;
		return Math.max(byWords, model && candidate.cosine !== null ? model.calibrate(candidate.cosine) : 0);
	};
}
