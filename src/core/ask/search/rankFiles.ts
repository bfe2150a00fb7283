import { isMentioned, isTestFile } from './adjustByEditor.ts';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import { analyseQuestion } from './analyseQuestion.ts';
import { type Candidate, collectCandidates, type FolderStores } from './candidates.ts';
import type { ExperienceSource } from './experienceSource.ts';
import { recallFileExperience, SHARPNESS } from './fileExperience.ts';
import { recencyFactor } from './recentChanges.ts';

export interface RankedFile {
	readonly filePath: string;
	readonly score: number;
	/** What experience did to the score. */
	readonly experience: number;
	/** How likely the file was to be right without it: 1 for all that were looked at together. */
	readonly share: number;
}

/** Weights of the reciprocal ranks, Σ weight / (K + rank). */
const K = 10;
const WEIGHTS = { document: 1.2, words: 1, symbol: 0.7, path: 0.7, neighbour: 0.35 } as const;
/** Factors for files of tests, and for files that the question names. */
const TEST_FACTOR = 0.2;
const MENTIONED_FACTOR = 2.5;
const DEPTH = 300;
const DOCUMENT_DEPTH = 150;
/** Files whose neighbours in the import graph are looked at. */
const SEEDS = 8;
/** Files that are taken to hold the right one. */
const SHARED_AMONG = 60;

/**
 * Whole files by how likely a question is about them: words of the file and of its best chunk, defined names, the path's words, imports of
 * the best files, names in the question, the last commits; tests last unless asked for.
 */
export async function rankFiles(options: {
	readonly query: string;
	readonly stores: FolderStores;
	readonly limit: number;
	/** What became of earlier answers; absent: it makes no difference. */
	readonly experience?: ExperienceSource;
}): Promise<RankedFile[]> {
	const { stores } = options;
	const question = analyseQuestion(options.query);
	if (question.terms.length === 0) return [];
	const filter = { must: [{ key: 'workspace_id', match: { value: stores.worktree.id } }] };
	const [found, documents] = await Promise.all([
		collectCandidates(stores, question, null, DEPTH),
		stores.vectors.searchDocuments({ lexical: { field: 'text', terms: question.terms }, filter, limit: DOCUMENT_DEPTH }),
	]);
	const candidates = found.values();
	const scores = new Map<string, number>();
	const add = (file: string, value: number) => scores.set(file, (scores.get(file) ?? 0) + value);
	for (const [index, { filePath }] of documents.entries()) add(filePath, WEIGHTS.document / (K + index + 1));
	for (const signal of ['words', 'symbol', 'path'] as const) {
		for (const [index, file] of filesBySignal(candidates, signal).entries()) add(file, WEIGHTS[signal] / (K + index + 1));
	}
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
	const experience = options.experience ? await recallFileExperience({ question, stores, documents, source: options.experience }) : () => 1;
	const chances = ranked.slice(0, SHARED_AMONG).map(({ score }) => (score / (ranked[0]?.score || 1)) ** SHARPNESS);
	const all = chances.reduce((sum, chance) => sum + chance, 0);
	return ranked
		.map(({ filePath, score }, index) => {
			const factor = experience(filePath);
			return { filePath, score: score * factor, experience: factor, share: (chances[index] ?? 0) / (all || 1) };
		})
		.sort((a, b) => b.score - a.score || (a.filePath < b.filePath ? -1 : 1))
		.slice(0, options.limit);
}

/** Files in the order in which their best chunk stands in a signal's ranking. */
function filesBySignal(candidates: readonly Candidate[], signal: 'words' | 'symbol' | 'path'): string[] {
	const ranked = candidates.filter(({ ranks }) => ranks.has(signal)).sort((a, b) => (a.ranks.get(signal) ?? 0) - (b.ranks.get(signal) ?? 0));
	return [...new Set(ranked.map(({ filePath }) => filePath))];
}

function adjust(file: string, question: AnalysedQuestion): number {
	return (isTestFile(file) && !question.wantsTests ? TEST_FACTOR : 1) * (isMentioned(file, question) ? MENTIONED_FACTOR : 1);
}
