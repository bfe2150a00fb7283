import type { CodebaseContextPayload } from '#core/domain/collection';
import type { Worktree } from '#core/domain/file';
import type { HitReason } from '#core/domain/hit';
import type { ManifestStore } from '#core/store/manifestStore';
import type { Filter, LexicalField, ScoredPoint, VectorStore } from '#core/store/vectorStore';
import type { AnalysedQuestion } from './analyseQuestion.ts';

/** A folder's stores, as the composition root hands them over. */
export interface FolderStores {
	readonly worktree: Worktree;
	readonly vectors: VectorStore;
	readonly manifest: ManifestStore;
}

/** A ranking of candidates by one signal. */
export type Signal = Extract<HitReason['signal'], 'words' | 'symbol' | 'path' | 'file-words' | 'static-meaning' | 'meaning' | 'import-graph'>;

export interface Candidate {
	readonly id: string;
	readonly stores: FolderStores;
	readonly payload: CodebaseContextPayload;
	/** Rank from 1 in each signal's list that has it. */
	readonly ranks: Map<Signal, number>;
	/** Cosine to the question, where a vector is known. */
	cosine: number | null;
}

export interface QuestionVectors {
	readonly model: Float32Array | null;
	readonly static: Float32Array | null;
}

/** Depth of each ranking. */
const DEPTH = 100;
const NARROW_DEPTH = 40;

/** Asks every cheap source of one folder and joins the answers by point. File-level rankings are handed to the file's chunks that were found. */
export async function collectCandidates(stores: FolderStores, question: AnalysedQuestion, vectors: QuestionVectors, depth = DEPTH): Promise<Candidate[]> {
	const filter: Filter = { must: [{ key: 'workspace_id', match: { value: stores.worktree.id } }] };
	const search = (request: Parameters<VectorStore['search']>[1]) => stores.vectors.search('codebase-context', request);
	const lexical = (field: LexicalField, limit: number) => (question.terms.length === 0 ? [] : search({ lexical: [{ field, terms: question.terms }], filter, limit }));
	const [words, symbols, paths, files, statics, dense] = await Promise.all([
		lexical('text', depth),
		lexical('symbol', NARROW_DEPTH),
		lexical('path', NARROW_DEPTH),
		question.terms.length === 0 ? [] : stores.vectors.searchDocuments({ lexical: { field: 'text', terms: question.terms }, filter, limit: NARROW_DEPTH }),
		vectors.static ? search({ static: { vector: vectors.static }, filter, limit: depth }) : [],
		vectors.model ? search({ dense: { vector: vectors.model }, filter, limit: depth }) : [],
	]);
	const candidates = new Map<string, Candidate>();
	const add = (signal: Signal, points: readonly ScoredPoint<'codebase-context'>[]) => {
		for (const [index, { id, payload, score }] of points.entries()) {
			const candidate = candidates.get(id) ?? { id, stores, payload, ranks: new Map<Signal, number>(), cosine: null };
			candidate.ranks.set(signal, index + 1);
			if (signal === 'meaning') candidate.cosine = score;
			candidates.set(id, candidate);
		}
	};
	add('words', words as ScoredPoint<'codebase-context'>[]);
	add('symbol', symbols as ScoredPoint<'codebase-context'>[]);
	add('path', paths as ScoredPoint<'codebase-context'>[]);
	add('static-meaning', statics as ScoredPoint<'codebase-context'>[]);
	add('meaning', dense as ScoredPoint<'codebase-context'>[]);
	const fileRanks = new Map(files.map(({ filePath }, index) => [filePath, index + 1]));
	for (const candidate of candidates.values()) {
		const rank = fileRanks.get(candidate.payload.file_path);
		if (rank !== undefined) candidate.ranks.set('file-words', rank);
	}
	return [...candidates.values()];
}
