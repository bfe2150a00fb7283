import { throwIfAborted } from '#core/base/abort';
import type { FileRanking } from '#core/domain/fileRanking';
import type { Hit, HitReason } from '#core/domain/hit';
import type { EditorSignals, QuestionKind } from '#core/domain/question';
import type { WordPiece } from '#core/domain/wordPiece';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { StaticVectors } from '#core/models/staticVectors';
import type { ClockPort } from '#core/ports';
import { type AnalysedQuestion, analyseQuestion } from './analyseQuestion.ts';
import {
	addByMeaning,
	addCosines,
	bringInFiles,
	type Candidate,
	collectCandidates,
	type Finalist,
	type FolderCandidates,
	type FolderStores,
	rankByWords,
} from './candidates.ts';
import { chooseFinalists } from './chooseFinalists.ts';
import { embedQuestion } from './embedQuestion.ts';
import { type Experience, recallExperience } from './experience.ts';
import type { ExperienceSource } from './experienceSource.ts';
import { fuseCandidates } from './fuseCandidates.ts';
import { liftRemembered, relevanceOfMemory, rememberedPieces } from './liftRemembered.ts';
import { mergeHits } from './mergeHits.ts';
import { embedOnDemand } from './onDemand.ts';
import { rankByMeaning } from './rankByMeaning.ts';
import { FILE_DEPTH, type RankedFile, rankFiles } from './rankFiles.ts';
import { questionStatistics, relevanceOf } from './relevanceOf.ts';
import { type LikenessByWords, likenessByWords } from './similarQuestions.ts';

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
	/** Which candidates a model on another machine may read. Absent: no such model is used. */
	readonly readableBy?: (model: EmbeddingModel, candidates: readonly Finalist[]) => Promise<readonly Finalist[]>;
	/** What became of earlier answers; absent: it makes no difference. */
	readonly experience?: ExperienceSource;
	/** Whether neighbouring chunks are joined; file ranking wants them apart. Default true. */
	readonly isMerging?: boolean;
	/** The interaction that is searched for. */
	readonly interactionId?: string;
	readonly signal?: AbortSignal;
}

export interface FoundCode {
	readonly question: AnalysedQuestion;
	readonly hits: readonly Hit[];
	/** `storeMs`: all that was asked of the stores, with the ranking in between, without the model. */
	readonly timings: { readonly totalMs: number; readonly embedMs: number; readonly storeMs: number };
	/** How the files of each folder were ranked, where that was asked for: an outcome is joined with it later. */
	readonly rankings: readonly Pick<FileRanking, 'workspaceId' | 'files'>[];
	/** Why meaning could not be used, where it could not. */
	readonly lexicalOnly: string | null;
	/** The question's own vector with its model's id, where there is one. */
	readonly embedding: { readonly model: string; readonly vector: Float32Array } | null;
}

/** Best candidates that get a cosine on demand, per unit of limit and at least. */
const ON_DEMAND = 50;
/** Candidates that become hits before merging, per result asked for. */
const HITS_PER_RESULT = 3;

/** Files of a folder that an issue may be about, and those that an outcome is joined with. */
const FILES_OF_ISSUE = 20;
const FILES_NOTED = 40;
/** A learned factor nearer to 1 moves nothing, and is not shown. */
const SMALLEST_SHOWN = 0.01;
/** Among the files of commits like the question, those further back hardly moved for it. */
const LAST_COMMITS_SHOWN = 20;
/** Chunks of such a file that come in when nothing else has found any. */
const CHUNKS_OF_FILE = 2;

/** query → candidates of every source → fused → embedded on demand → fused again → adjusted by the editor → hits. */
export async function searchCode(options: SearchCodeOptions): Promise<FoundCode> {
	const { clock, signal, stores } = options;
	const start = clock.nowMs();
	const question = analyseQuestion(options.query);

	// The model computes in a thread of its own while the stores are asked for all that needs no vector of it.
	const embedded = embedQuestion(question.text, { ...options, workspaceId: stores[0]?.worktree.id });
	embedded.catch(() => undefined);
	const staticVectors = await options.staticVectors();
	const staticVector = staticVectors?.vector((await options.wordPiece()).encode(question.text, 512)) ?? null;
	const wordsStart = clock.nowMs();
	const isIssue = question.kind === 'issue';
	const folders = await Promise.all(stores.map((folder) => collectCandidates(folder, rankByWords(folder, question, isIssue ? FILE_DEPTH : undefined), staticVector)));
	const workspaceIds = stores.map(({ worktree }) => worktree.id);
	const similar = options.experience && (await likenessByWords(question.text, workspaceIds, options.experience));
	const ranked = isIssue ? await Promise.all(folders.map((folder) => rankByFile(folder, question, { experience: options.experience, similar }))) : [];
	const statistics = await questionStatistics(question, stores);
	const presumed = positions(
		folders.flatMap((folder) => folder.values()),
		question.kind,
	);
	const wordsMs = clock.nowMs() - wordsStart;
	const { model, vector, lexicalOnly, doneMs } = await embedded;
	throwIfAborted(signal);

	const meaningStart = clock.nowMs();
	if (model) await Promise.all(stores.map(({ vectors }) => vectors.useEmbeddingModel(model.id, model.dimension)));
	if (vector) await Promise.all(folders.map((folder) => addByMeaning(folder, vector)));
	throwIfAborted(signal);

	const embedding = model && vector ? { model: model.id, vector } : null;
	const experience = options.experience && (await recallExperience(question.text, embedding, { workspaceIds, files: filesOf(folders) }, options.experience, similar));
	if (experience) await bringInRemembered(folders, question, vector, experience);
	const candidates = folders.flatMap((folder) => folder.values());
	const limit = options.limit * HITS_PER_RESULT;
	let remembered: ReadonlyMap<string, number> = new Map();
	const choose = (most: number) => {
		const fused = fuseCandidates(candidates, question.kind);
		if (experience) remembered = rememberedPieces(fused, candidates, experience);
		const scores = experience ? liftRemembered(fused, remembered, candidates, experience) : fused;
		return chooseFinalists(candidates, { scores, question, signals: options.signals, limit: most, ...(experience ? { experience } : {}) });
	};
	let onDemandMs = 0;
	if (model && vector) {
		const rankAnew = () => rankByMeaning(candidates, { question, presumed, staticVector, idfOf: ({ stores: folder }) => statistics.get(folder)?.idf });
		await rankAnew();
		const isIncomplete = options.onDemandMs > 0 && candidates.some(({ cosine }) => cosine === null);
		const wanted = isIncomplete ? (await choose(Math.max(ON_DEMAND, options.limit))).map(({ finalist }) => finalist) : [];
		const promising = (await options.readableBy?.(model, wanted)) ?? wanted;
		if (promising.some(({ cosine }) => cosine === null)) {
			const onDemandStart = clock.nowMs();
			// A failing embedder costs the candidates their vectors, not the user the answer.
			const { onDemandMs: budgetMs, interactionId } = options;
			await embedOnDemand({ candidates: promising, question: vector, model, budgetMs, clock, interactionId, signal }).catch((error: unknown) => {
				if (signal?.aborted) throw error;
			});
			onDemandMs = clock.nowMs() - onDemandStart;
			await rankAnew();
		}
	}
	const chosen = await choose(limit);
	const storeMs = wordsMs + clock.nowMs() - meaningStart - onDemandMs;
	throwIfAborted(signal);

	const rankedFiles = new Map(ranked.flatMap(({ stores: { worktree }, files }) => files.map((file) => [`${worktree.id}\n${file.filePath}`, file] as const)));
	const hits = chosen.map(({ finalist, reasons, score }) => {
		const file = rankedFiles.get(`${finalist.stores.worktree.id}\n${finalist.filePath}`);
		const factor = file?.experience ?? 1;
		const memory = remembered.get(finalist.id);
		const why: readonly HitReason[] = [
			...reasons,
			...(Math.abs(factor - 1) < SMALLEST_SHOWN ? [] : [{ signal: 'file-experience', value: factor } as const]),
			...(file?.commits && file.commits <= LAST_COMMITS_SHOWN ? [{ signal: 'commits', value: file.commits } as const] : []),
			...(memory === undefined ? [] : [{ signal: 'remembered', value: memory } as const]),
		];
		const relevance = relevanceOf(finalist, reasons, { question, statistics, model });
		return toHit(finalist, why, score, memory === undefined ? relevance : Math.max(relevance, relevanceOfMemory(memory)));
	});
	const result = options.isMerging === false ? hits : mergeHits(hits);
	return {
		question,
		hits: result.slice(0, options.limit),
		timings: { totalMs: clock.nowMs() - start, embedMs: doneMs - start, storeMs },
		rankings: ranked.map(({ stores: { worktree }, files }) => ({ workspaceId: worktree.id, files: files.map(({ filePath, share }) => ({ filePath, share })) })),
		lexicalOnly,
		embedding,
	};
}

/** The files of the candidates, each once. */
function filesOf(folders: readonly FolderCandidates[]) {
	const files = new Map(
		folders.flatMap((folder) => folder.values()).map(({ stores: { worktree }, filePath }) => [`${worktree.id}\n${filePath}`, { workspaceId: worktree.id, filePath }]),
	);
	return [...files.values()];
}

/** Brings in the best pieces of files that similar questions were answered with. */
async function bringInRemembered(
	folders: readonly FolderCandidates[],
	question: AnalysedQuestion,
	vector: Float32Array | null,
	{ remembered }: Experience,
): Promise<void> {
	for (const folder of folders) {
		const files = remembered.filter(({ workspaceId }) => workspaceId === folder.stores.worktree.id).map(({ filePath }) => filePath);
		const isNew = await bringInFiles(folder, question, files, CHUNKS_OF_FILE);
		if (isNew && vector) await addCosines(folder, vector);
	}
}

/** Rank from 1 of each candidate, by id, by what its ranks say together. */
function positions(candidates: readonly Candidate[], kind: QuestionKind): ReadonlyMap<string, number> {
	const order = [...fuseCandidates(candidates, kind)].sort(([, a], [, b]) => b - a);
	return new Map(order.map(([id], index) => [id, index + 1]));
}

/**
 * For an issue the file matters more than the chunk: candidates get the rank of their file by all signals instead of that by its words alone,
 * and files that nothing else has found come in with their best chunks.
 */
async function rankByFile(
	folder: FolderCandidates,
	question: AnalysedQuestion,
	past: { readonly experience?: ExperienceSource; readonly similar?: LikenessByWords },
): Promise<RankedFolder> {
	const { stores, byWords } = folder;
	const files = await rankFiles({ query: question.text, stores, limit: FILES_NOTED, byWords, ...past });
	const first = files.slice(0, FILES_OF_ISSUE).map(({ filePath }) => filePath);
	folder.rankFiles(first);
	await bringInFiles(folder, question, first, CHUNKS_OF_FILE);
	return { stores, files };
}

interface RankedFolder {
	readonly stores: FolderStores;
	readonly files: readonly RankedFile[];
}

function toHit({ id, payload, ranks }: Finalist, reasons: readonly HitReason[], score: number, relevance: number): Hit {
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
