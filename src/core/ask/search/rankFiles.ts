import type { RankedPoint } from '#core/store/vectorStore';
import { isMentioned, isTestFile } from './adjustByEditor.ts';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import { analyseQuestion } from './analyseQuestion.ts';
import { type FolderStores, rankByWords, type WordRankings } from './candidates.ts';
import type { CommitFit } from './commitWords.ts';
import type { ExperienceSource } from './experienceSource.ts';
import { recallFileExperience, SHARPNESS } from './fileExperience.ts';
import { recencyFactor } from './recentChanges.ts';
import type { LikenessByWords } from './similarQuestions.ts';

export interface RankedFile {
	readonly filePath: string;
	readonly score: number;
	/** What experience did to the score. */
	readonly experience: number;
	/** Rank from 1 among the files that commits like the question wrote; null where there are none such. */
	readonly commits: number | null;
	/** How likely the file was to be right without it: 1 for all that were looked at together. */
	readonly share: number;
}

/** Weights of the reciprocal ranks, Σ weight / (K + rank). */
const K = 10;
const WEIGHTS = { document: 1.2, words: 1, symbol: 0.7, path: 0.7, neighbour: 0.35, commitsByTitle: 0.8, commitsByText: 0.3 } as const;
/** Factors for files of tests, and for files that the question names. */
const TEST_FACTOR = 0.2;
const MENTIONED_FACTOR = 2.5;
/** How deep rankings by words go for it. */
export const FILE_DEPTH = { chunks: 300, documents: 150 } as const;
/** Files whose neighbours in the import graph are looked at. */
const SEEDS = 8;
/** Files that are taken to hold the right one. */
const SHARED_AMONG = 60;

/**
 * Whole files by how likely a question is about them: words of the file and of its best chunk, defined names, the path's words, messages of
 * the commits that wrote it, imports of the best files, names in the question, the last commits; tests last unless asked for.
 */
export async function rankFiles(options: {
	readonly query: string;
	readonly stores: FolderStores;
	readonly limit: number;
	/** Of this question, to `FILE_DEPTH`, where they are there already. */
	readonly byWords?: WordRankings;
	/** What became of earlier answers; absent: it makes no difference. */
	readonly experience?: ExperienceSource;
	/** Earlier questions like this one; asked for where absent. */
	readonly similar?: LikenessByWords;
}): Promise<RankedFile[]> {
	const { stores } = options;
	const question = analyseQuestion(options.query);
	if (question.terms.length === 0) return [];
	const { words, symbols, paths, documents } = options.byWords ?? (await rankByWords(stores, question, FILE_DEPTH));
	const scores = new Map<string, number>();
	const add = (file: string, value: number) => scores.set(file, (scores.get(file) ?? 0) + value);
	for (const [index, { filePath }] of documents.entries()) add(filePath, WEIGHTS.document / (K + index + 1));
	for (const [points, weight] of [
		[words, WEIGHTS.words],
		[symbols, WEIGHTS.symbol],
		[paths, WEIGHTS.path],
	] as const) {
		for (const [index, file] of filesOf(points).entries()) add(file, weight / (K + index + 1));
	}
	const commits = stores.commits ? rankByCommits(stores.commits.fit(question, scores.keys())) : new Map<string, number>();
	for (const [file, value] of commits) add(file, value);
	const commitRanks = new Map([...commits].sort((a, b) => b[1] - a[1]).map(([file], index) => [file, index + 1]));
	const factorOf = (file: string) => adjust(file, question) * recencyFactor(stores.recent?.get(file));
	const sorted = () =>
		[...scores].map(([filePath, score]) => ({ filePath, score: score * factorOf(filePath) })).sort((a, b) => b.score - a.score || (a.filePath < b.filePath ? -1 : 1));

	const seeds = sorted().slice(0, SEEDS);
	const neighbours = await stores.manifest.importNeighbours(
		stores.worktree.id,
		seeds.map(({ filePath }) => filePath),
	);
	for (const [index, { filePath }] of seeds.entries()) {
		const files = neighbours.get(filePath) ?? [];
		for (const file of files) if (scores.has(file)) add(file, WEIGHTS.neighbour / (K + index + 1) / Math.sqrt(files.length));
	}
	const ranked = sorted();
	const experience = options.experience ? await recallFileExperience({ question, stores, documents, source: options.experience, similar: options.similar }) : () => 1;
	const chances = ranked.slice(0, SHARED_AMONG).map(({ score }) => (score / (ranked[0]?.score || 1)) ** SHARPNESS);
	const all = chances.reduce((sum, chance) => sum + chance, 0);
	return ranked
		.map(({ filePath, score }, index) => {
			const factor = experience(filePath);
			return { filePath, score: score * factor, experience: factor, commits: commitRanks.get(filePath) ?? null, share: (chances[index] ?? 0) / (all || 1) };
		})
		.sort((a, b) => b.score - a.score || (a.filePath < b.filePath ? -1 : 1))
		.slice(0, options.limit);
}

/** What the commits add to the scores of files that are found otherwise too: so that a file is there, and no old favourite alone makes it the answer. */
function rankByCommits({ byTitle, byText }: CommitFit): ReadonlyMap<string, number> {
	const added = new Map<string, number>();
	for (const [fit, weight] of [
		[byTitle, WEIGHTS.commitsByTitle],
		[byText, WEIGHTS.commitsByText],
	] as const) {
		const files = [...fit].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
		for (const [index, [file]] of files.entries()) added.set(file, (added.get(file) ?? 0) + weight / (K + index + 1));
	}
	return added;
}

/** Files in the order in which their best chunk stands in a ranking. */
function filesOf(points: readonly RankedPoint[]): string[] {
	return [...new Set(points.map(({ filePath }) => filePath))];
}

function adjust(file: string, question: AnalysedQuestion): number {
	return (isTestFile(file) && !question.wantsTests ? TEST_FACTOR : 1) * (isMentioned(file, question) ? MENTIONED_FACTOR : 1);
}
