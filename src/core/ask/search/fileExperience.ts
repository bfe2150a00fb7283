import type { ScoredDocument } from '#core/store/vectorStore';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import type { FolderStores } from './candidates.ts';
import { clamp, decay, MOST_CLAIMED } from './experience.ts';
import type { ExperienceSource } from './experienceSource.ts';
import { type LikenessByWords, likenessByWords } from './similarQuestions.ts';

/** A file's chances of being the right one go with this power of its score. */
export const SHARPNESS = 4.5;
/** What each kind of experience adds to the logarithm of a file's chances; see the decision record on ranking by outcomes. */
const WEIGHTS = { file: 4, folder: 1, parent: 1, path: 1.5, words: 4 } as const;
/** Most that remembered answers in a folder, and in the folder above, count. */
const MOST_OF_FOLDER = 1.5;
const MOST_OF_PARENT = 2;
/** Most that all of it together does to a file's score, either way: a popular file must not drown a relevant one. */
const LARGEST_FACTOR = 2.5;
/** Fewer past questions do not tell which words all of them have. */
const FEWEST_QUESTIONS = 5;

/** By file: the factor on its score for one question, 0.4…2.5; 1 without experience. */
export type FileExperience = (filePath: string) => number;

/**
 * What earlier questions and what became of them say of a folder's files, for one question: files that similar questions were answered with,
 * and those beside them; the words of the paths; and the file's words anew, with little weight for words that most questions have.
 */
export async function recallFileExperience(options: {
	readonly question: AnalysedQuestion;
	readonly stores: FolderStores;
	/** Files by their words, best first. */
	readonly documents: readonly ScoredDocument[];
	readonly source: ExperienceSource;
	/** Earlier questions like this one; asked for where absent. */
	readonly similar?: LikenessByWords;
}): Promise<FileExperience> {
	const { stores, source } = options;
	const workspaceId = stores.worktree.id;
	if ((await source.history.count('interaction-history')) === 0) return () => 1;
	const similar = options.similar ?? (await likenessByWords(options.question.text, [workspaceId], source));
	const memory = await remembered(similar, workspaceId, source);
	const byWords = await wordsAnew(options);
	const pathWords = source.pathWords?.(workspaceId, source) ?? (() => 0);
	return (filePath) => {
		const folder = folderOf(filePath);
		const evidence =
			WEIGHTS.file * clamp(memory.files.get(filePath) ?? 0) +
			WEIGHTS.folder * clamp(memory.folders.get(folder) ?? 0, MOST_OF_FOLDER) +
			WEIGHTS.parent * clamp(memory.parents.get(folderOf(folder)) ?? 0, MOST_OF_PARENT) +
			WEIGHTS.path * pathWords(filePath) +
			WEIGHTS.words * byWords(filePath);
		return Math.exp(clamp(evidence / SHARPNESS, Math.log(LARGEST_FACTOR)));
	};
}

/** Files, their folders and the folders above by how well similar questions went that were answered with them. */
async function remembered(similar: LikenessByWords, workspaceId: string, source: ExperienceSource) {
	const credits = (await source.outcomes.creditsOf([...similar.keys()])).flatMap((credit) => {
		const [workspace, filePath, symbol] = credit.place.split('\n');
		return workspace === workspaceId && filePath && symbol === '' ? [{ ...credit, filePath }] : [];
	});
	const filesOf = new Map<string, number>();
	for (const { interactionId } of credits) add(filesOf, interactionId, 1);
	const files = new Map<string, number>();
	const claims = new Map<string, number>();
	for (const { interactionId, filePath, success, timeMs, isConfirmed } of credits) {
		const likeness = (similar.get(interactionId) ?? 0) / (filesOf.get(interactionId) ?? 1);
		add(isConfirmed ? files : claims, filePath, likeness * (2 * success - 1) * decay(timeMs, source.nowMs, source.halfLifeDays));
	}
	for (const [filePath, claim] of claims) add(files, filePath, clamp(claim, MOST_CLAIMED));
	const folders = new Map<string, number>();
	const parents = new Map<string, number>();
	for (const [filePath, value] of files) {
		add(folders, folderOf(filePath), value);
		add(parents, folderOf(folderOf(filePath)), value);
	}
	return { files, folders, parents };
}

/** How much better or worse, −1…1, a file fits the question's words when those that past questions share hardly count. */
async function wordsAnew({ question, stores, documents, source }: Parameters<typeof recallFileExperience>[0]): Promise<(filePath: string) => number> {
	const filter = { must: [{ key: 'workspace_id', match: { value: stores.worktree.id } }] };
	const hashes = question.terms.map(({ hash }) => hash);
	const { points, frequencies } = await source.history.termStatistics('interaction-history', { field: 'text', hashes, filter });
	if (points < FEWEST_QUESTIONS || documents.length === 0) return () => 0;
	const rarity = (index: number) => Math.log(1 + (points + 1) / ((frequencies[index] ?? 0) + 1)) / Math.log(2 + points);
	const terms = question.terms.map(({ hash, weight }, index) => ({ hash, weight: weight * rarity(index) }));
	const anew = await stores.vectors.searchDocuments({ lexical: { field: 'text', terms }, filter, limit: documents.length });
	const [before, after] = [sharesOfBest(documents), sharesOfBest(anew)];
	return (filePath) => (after.get(filePath) ?? 0) - (before.get(filePath) ?? 0);
}

function sharesOfBest(documents: readonly ScoredDocument[]): ReadonlyMap<string, number> {
	return new Map(documents.map(({ filePath, score }) => [filePath, score / (documents[0]?.score || 1)]));
}

function add(sums: Map<string, number>, key: string, value: number): void {
	sums.set(key, (sums.get(key) ?? 0) + value);
}

function folderOf(path: string): string {
	return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
