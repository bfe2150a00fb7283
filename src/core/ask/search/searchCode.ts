import { raceAbort, throwIfAborted } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { Hit, HitReason } from '#core/domain/hit';
import type { EditorSignals } from '#core/domain/question';
import type { WordPiece } from '#core/domain/wordPiece';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { StaticVectors } from '#core/models/staticVectors';
import type { ClockPort } from '#core/ports';
import { adjustByEditor } from './adjustByEditor.ts';
import { type AnalysedQuestion, analyseQuestion } from './analyseQuestion.ts';
import { type Candidate, collectCandidates, type FolderStores } from './candidates.ts';
import { fuseCandidates } from './fuseCandidates.ts';
import { inverseFrequencies, lexicalRelevance } from './lexicalRelevance.ts';
import { mergeHits } from './mergeHits.ts';
import { embedOnDemand } from './onDemand.ts';
import { rankFiles } from './rankFiles.ts';

export interface SearchCodeOptions {
	readonly query: string;
	readonly limit: number;
	readonly signals: EditorSignals;
	readonly stores: readonly FolderStores[];
	readonly embedding: () => Promise<EmbeddingModel | null>;
	readonly staticVectors: () => Promise<StaticVectors | null>;
	readonly wordPiece: () => Promise<WordPiece>;
	readonly clock: ClockPort;
	/** Time for embedding candidates that have no vector yet; 0: none. */
	readonly onDemandMs: number;
	/** Whether neighbouring chunks are joined; file ranking wants them apart. Default true. */
	readonly isMerging?: boolean;
	readonly signal?: AbortSignal;
}

export interface FoundCode {
	readonly question: AnalysedQuestion;
	readonly hits: readonly Hit[];
	readonly timings: { readonly totalMs: number; readonly embedMs: number; readonly storeMs: number };
	/** Why meaning could not be used, where it could not. */
	readonly lexicalOnly: string | null;
}

/** Best candidates that get a cosine on demand, per unit of limit and at least. */
const ON_DEMAND = 50;
/** Candidates that become hits before merging, per result asked for. */
const HITS_PER_RESULT = 3;

/** A question waits this long for its own vector; a hung server then costs the meaning, not the answer. */
const QUESTION_LIMIT_MS = 5_000;
/** Files of a folder that an issue may be about. */
const FILES_OF_ISSUE = 20;

/** query → candidates of every source → fused → embedded on demand → fused again → adjusted by the editor → hits. */
export async function searchCode(options: SearchCodeOptions): Promise<FoundCode> {
	const { clock, signal, stores } = options;
	const start = clock.nowMs();
	const question = analyseQuestion(options.query);

	const { model, vector, lexicalOnly } = await embedQuestion(options, question);
	const staticVectors = await options.staticVectors();
	const staticVector = staticVectors && staticVectors.vector((await options.wordPiece()).encode(question.text, 512));
	const embedMs = clock.nowMs() - start;
	throwIfAborted(signal);

	const storeStart = clock.nowMs();
	if (model) await Promise.all(stores.map(({ vectors }) => vectors.useEmbeddingModel(model.id, model.dimension)));
	const candidates = (await Promise.all(stores.map((folder) => collectCandidates(folder, question, { model: vector, static: staticVector })))).flat();
	if (question.kind === 'issue') await rankByFile(stores, question.text, candidates);
	const storeMs = clock.nowMs() - storeStart;
	throwIfAborted(signal);

	const adjustments = new Map(candidates.map((candidate) => [candidate, adjustByEditor(candidate, question, options.signals)]));
	const rank = () => {
		const scores = fuseCandidates(candidates, question.kind);
		return candidates
			.map((candidate) => ({
				candidate,
				reasons: adjustments.get(candidate)?.reasons ?? [],
				score: (scores.get(candidate.id) ?? 0) * (adjustments.get(candidate)?.factor ?? 1),
			}))
			.sort((a, b) => b.score - a.score || (a.candidate.id < b.candidate.id ? -1 : 1));
	};
	let ranking = rank();
	if (model && vector) {
		const promising = ranking.slice(0, Math.max(ON_DEMAND, options.limit)).map(({ candidate }) => candidate);
		// A failing embedder costs the candidates their vectors, not the user the answer.
		await embedOnDemand({ candidates: promising, question: vector, model, budgetMs: options.onDemandMs, clock, ...(signal ? { signal } : {}) }).catch(
			(error: unknown) => {
				if (signal?.aborted) throw error;
			},
		);
		rankByCosine(candidates);
		ranking = rank();
	}
	throwIfAborted(signal);

	const ranked = ranking.slice(0, options.limit * HITS_PER_RESULT);
	const relevance = await relevanceOf(question, stores, model);
	const hits = ranked.map(({ candidate, reasons, score }) => toHit(candidate, reasons, score, relevance(candidate, reasons)));
	const result = options.isMerging === false ? hits : mergeHits(hits);
	return { question, hits: result.slice(0, options.limit), timings: { totalMs: clock.nowMs() - start, embedMs, storeMs }, lexicalOnly };
}

/** For an issue the file matters more than the chunk: candidates get the rank of their file instead of that by its words alone. */
async function rankByFile(stores: readonly FolderStores[], query: string, candidates: readonly Candidate[]): Promise<void> {
	for (const folder of stores) {
		const files = await rankFiles({ query, stores: folder, limit: FILES_OF_ISSUE });
		const ranks = new Map(files.map(({ filePath }, index) => [filePath, index + 1]));
		for (const { stores: own, payload, ranks: signals } of candidates) {
			if (own !== folder) continue;
			const rank = ranks.get(payload.file_path);
			if (rank === undefined) signals.delete('file-words');
			else signals.set('file-words', rank);
		}
	}
}

async function embedQuestion(options: SearchCodeOptions, question: AnalysedQuestion) {
	const timer = new AbortController();
	const limit = options.clock.delay(QUESTION_LIMIT_MS, timer.signal).then(
		() => 'late' as const,
		() => new Promise<never>(() => undefined),
	);
	const embed = async () => {
		const model = await options.embedding();
		const [vector] = model ? await model.embed([question.text], { purpose: 'query', ...(options.signal ? { signal: options.signal } : {}) }) : [];
		return { model, vector: vector ?? null };
	};
	try {
		const embedded = await raceAbort(Promise.race([embed(), limit]), options.signal);
		if (embedded === 'late') return { model: null, vector: null, lexicalOnly: 'the embedding model does not answer' };
		return { ...embedded, lexicalOnly: embedded.model ? null : 'no embedding model is chosen' };
	} catch (error) {
		if (CoordinatorError.is(error, 'cancelled')) throw error;
		return { model: null, vector: null, lexicalOnly: error instanceof Error ? error.message : String(error) };
	} finally {
		timer.abort();
	}
}

/** Candidates with a cosine get their rank among those; the order of a full dense scan is kept by it. */
function rankByCosine(candidates: readonly Candidate[]): void {
	const known = candidates.filter(({ cosine }) => cosine !== null).sort((a, b) => (b.cosine ?? 0) - (a.cosine ?? 0));
	for (const [index, { ranks }] of known.entries()) ranks.set('meaning', index + 1);
}

/** Calibrated relevance of a candidate: by cosine, by words, or because the question names it; the best of the three. */
async function relevanceOf(question: AnalysedQuestion, stores: readonly FolderStores[], model: EmbeddingModel | null) {
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

function toHit({ id, payload, ranks }: Candidate, reasons: readonly HitReason[], score: number, relevance: number): Hit {
	return {
		ids: [id],
		workspaceId: payload.workspace_id ?? '',
		filePath: payload.file_path,
		startLine: payload.start_line,
		endLine: payload.end_line,
		language: payload.language,
		symbol: payload.symbol,
		breadcrumb: payload.breadcrumb,
		text: payload.code_snippet,
		score,
		relevance,
		reasons: [...[...ranks].map(([signal, value]): HitReason => ({ signal, value })), ...reasons],
	};
}
