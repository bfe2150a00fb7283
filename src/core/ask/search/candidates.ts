import type { CodebaseContextPayload } from '#core/domain/collection';
import type { Worktree } from '#core/domain/file';
import type { HitReason } from '#core/domain/hit';
import type { ManifestStore } from '#core/store/manifestStore';
import type { Filter, LexicalField, RankedPoint, ScoredDocument, SearchRequest, VectorStore } from '#core/store/vectorStore';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import type { CommitWords } from './commitWords.ts';
import type { CommitsAgo } from './recentChanges.ts';

/** A folder's stores, as the composition root hands them over. */
export interface FolderStores {
	readonly worktree: Worktree;
	readonly vectors: VectorStore;
	readonly manifest: ManifestStore;
	/** What the last commits touched; absent where that is not known. */
	readonly recent?: CommitsAgo;
	/** What the commits' messages say of files; absent where they were not read. */
	readonly commits?: CommitWords;
}

/** A ranking of candidates by one signal. */
export type Signal = Extract<HitReason['signal'], 'words' | 'symbol' | 'path' | 'file-words' | 'static-meaning' | 'meaning' | 'import-graph'>;

export interface Candidate {
	readonly id: string;
	readonly stores: FolderStores;
	readonly filePath: string;
	/** Rank from 1 in each signal's list that has it. */
	readonly ranks: Map<Signal, number>;
	/** Cosine to the question, where a vector is known. */
	cosine: number | null;
	/** The same of the static vectors; null also where it was not asked for. */
	staticCosine: number | null;
	/** Null until `readPayloads` has read it. */
	payload: CodebaseContextPayload | null;
}

/** A candidate whose payload was read. */
export type Finalist = Candidate & { readonly payload: CodebaseContextPayload };

/** The candidates of one folder, joined by point. A file-level ranking is handed to the file's chunks that are found, before or after it. */
export class FolderCandidates {
	readonly stores: FolderStores;
	/** What they were taken from, which may go deeper. */
	readonly byWords: WordRankings;
	readonly #byId = new Map<string, Candidate>();
	#fileRanks: ReadonlyMap<string, number> = new Map();

	constructor(stores: FolderStores, byWords: WordRankings) {
		this.stores = stores;
		this.byWords = byWords;
	}

	values(): Candidate[] {
		return [...this.#byId.values()];
	}

	/** Takes over a ranking, best first. */
	add(signal: Signal, points: readonly RankedPoint[]): void {
		for (const [index, point] of points.entries()) {
			const candidate = this.#candidate(point);
			candidate.ranks.set(signal, index + 1);
			if (signal === 'meaning') candidate.cosine = point.score;
			if (signal === 'static-meaning') candidate.staticCosine = point.score;
		}
	}

	/** Takes in points that stand in no ranking but that of their file. */
	bring(points: readonly RankedPoint[]): void {
		for (const point of points) this.#candidate(point);
	}

	/** Replaces the file-level ranking; paths best first. */
	rankFiles(filePaths: readonly string[]): void {
		this.#fileRanks = new Map(filePaths.map((filePath, index) => [filePath, index + 1]));
		for (const candidate of this.#byId.values()) this.#rankByFile(candidate);
	}

	#candidate({ id, filePath }: RankedPoint): Candidate {
		const known = this.#byId.get(id);
		if (known) return known;
		const candidate: Candidate = { id, stores: this.stores, filePath, ranks: new Map(), cosine: null, staticCosine: null, payload: null };
		this.#byId.set(id, candidate);
		this.#rankByFile(candidate);
		return candidate;
	}

	#rankByFile({ filePath, ranks }: Candidate): void {
		const rank = this.#fileRanks.get(filePath);
		if (rank === undefined) ranks.delete('file-words');
		else ranks.set('file-words', rank);
	}
}

/** Depth of each ranking. */
const DEPTH = 100;
const NARROW_DEPTH = 40;

/** Rankings of a folder by the question's words, best first. */
export interface WordRankings {
	readonly words: readonly RankedPoint[];
	readonly symbols: readonly RankedPoint[];
	readonly paths: readonly RankedPoint[];
	readonly documents: readonly ScoredDocument[];
}

/** Asks for them. `depth`: how many chunks and documents are wanted, where not as many as there may be candidates. */
export async function rankByWords(stores: FolderStores, { terms }: AnalysedQuestion, depth = { chunks: DEPTH, documents: NARROW_DEPTH }): Promise<WordRankings> {
	if (terms.length === 0) return { words: [], symbols: [], paths: [], documents: [] };
	const filter = filterOf(stores);
	const lexical = (field: LexicalField, limit: number) => stores.vectors.rank('codebase-context', { lexical: [{ field, terms }], filter, limit });
	const [words, symbols, paths, documents] = await Promise.all([
		lexical('text', depth.chunks),
		lexical('symbol', NARROW_DEPTH),
		lexical('path', NARROW_DEPTH),
		stores.vectors.searchDocuments({ lexical: { field: 'text', terms }, filter, limit: depth.documents }),
	]);
	return { words, symbols, paths, documents };
}

/** The candidates of every source of one folder that needs no embedding model. */
export async function collectCandidates(stores: FolderStores, ranked: Promise<WordRankings>, staticVector: Float32Array | null): Promise<FolderCandidates> {
	const [byWords, statics] = await Promise.all([
		ranked,
		staticVector ? stores.vectors.rank('codebase-context', { static: { vector: staticVector }, filter: filterOf(stores), limit: DEPTH }) : [],
	]);
	const candidates = new FolderCandidates(stores, byWords);
	candidates.add('words', byWords.words.slice(0, DEPTH));
	candidates.add('symbol', byWords.symbols);
	candidates.add('path', byWords.paths);
	candidates.add('static-meaning', statics);
	candidates.rankFiles(byWords.documents.slice(0, NARROW_DEPTH).map(({ filePath }) => filePath));
	return candidates;
}

/** Adds the ranking by the embedding model in use, and all cosines. `vector` has unit length. */
export async function addByMeaning(candidates: FolderCandidates, vector: Float32Array): Promise<void> {
	const { stores } = candidates;
	candidates.add('meaning', await stores.vectors.rank('codebase-context', { dense: { vector }, filter: filterOf(stores), limit: DEPTH }));
	await addCosines(candidates, vector);
}

/** Gives every candidate whose vector is stored its cosine to the question. */
export async function addCosines(candidates: FolderCandidates, vector: Float32Array): Promise<void> {
	const { stores } = candidates;
	const others = new Map(candidates.values().flatMap((candidate) => (candidate.cosine === null ? [[candidate.id, candidate] as const] : [])));
	for (const { id, score } of await rankIds(stores, others, { dense: { vector } })) {
		const candidate = others.get(id);
		if (candidate) candidate.cosine = score;
	}
}

/** Gives every one of these candidates that has a static vector its cosine to that of the question. */
export async function addStaticCosines(candidates: readonly Candidate[], vector: Float32Array): Promise<void> {
	const missing = new Map<FolderStores, Map<string, Candidate>>();
	for (const candidate of candidates) {
		if (candidate.staticCosine === null) missing.set(candidate.stores, (missing.get(candidate.stores) ?? new Map()).set(candidate.id, candidate));
	}
	for (const [stores, byId] of missing) {
		for (const { id, score } of await rankIds(stores, byId, { static: { vector } })) {
			const candidate = byId.get(id);
			if (candidate) candidate.staticCosine = score;
		}
	}
}

async function rankIds(
	stores: FolderStores,
	candidates: ReadonlyMap<string, Candidate>,
	request: Pick<SearchRequest, 'dense' | 'static'>,
): Promise<readonly RankedPoint[]> {
	if (candidates.size === 0) return [];
	const filter = { must: [...filterOf(stores).must, { has_id: [...candidates.keys()] }] };
	return stores.vectors.rank('codebase-context', { ...request, filter, limit: candidates.size });
}

/** Chunks that are looked at for the best ones of files that have none among the candidates, a file. */
const CHUNKS_LOOKED_AT = 30;

/** Brings in the best `chunks` by the question's words of each of these files that has no candidate yet. Whether there were such files. */
export async function bringInFiles(candidates: FolderCandidates, question: AnalysedQuestion, filePaths: readonly string[], chunks: number): Promise<boolean> {
	const { stores } = candidates;
	const present = new Set(candidates.values().map(({ filePath }) => filePath));
	const absent = filePaths.filter((filePath) => !present.has(filePath));
	if (absent.length === 0 || question.terms.length === 0) return false;
	const filter = { must: [...filterOf(stores).must, { key: 'file_path', match: { any: absent } }] };
	const limit = absent.length * CHUNKS_LOOKED_AT;
	const found = await stores.vectors.rank('codebase-context', { lexical: [{ field: 'text', terms: question.terms }], filter, limit });
	for (const filePath of absent) candidates.bring(found.filter((point) => point.filePath === filePath).slice(0, chunks));
	return true;
}

/** The candidates with their payloads, in the order given; what is gone from its store by now is left out. */
export async function readPayloads(candidates: readonly Candidate[]): Promise<Finalist[]> {
	const missing = new Map<VectorStore, Map<string, Candidate>>();
	for (const candidate of candidates) {
		if (candidate.payload) continue;
		const { vectors } = candidate.stores;
		missing.set(vectors, (missing.get(vectors) ?? new Map()).set(candidate.id, candidate));
	}
	for (const [vectors, byId] of missing) {
		for (const { id, payload } of await vectors.get('codebase-context', [...byId.keys()])) {
			const candidate = byId.get(id);
			if (candidate) candidate.payload = payload;
		}
	}
	return candidates.filter((candidate): candidate is Finalist => candidate.payload !== null);
}

function filterOf({ worktree }: FolderStores) {
	return { must: [{ key: 'workspace_id', match: { value: worktree.id } }] } satisfies Filter;
}
