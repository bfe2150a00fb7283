import type { Evidence } from '#core/domain/experience';
import type { FileRanking, JudgedRanking } from '#core/domain/fileRanking';
import { placeOf, type SentContext } from '#core/store/outcomeStore';
import { type EditedFile, withEdit } from './editedFiles.ts';

/**
 * Which of the ranked files proved right: those that the user edited for the question's sake, and, where the answer was a success, those of the
 * context that it used and those that it names by their path. The word of agents alone says nothing.
 */
export function judgeRanking(
	{ workspaceId, files }: Pick<FileRanking, 'workspaceId' | 'files'>,
	answer: {
		readonly response: string;
		readonly contexts: readonly SentContext[];
		readonly credit: Evidence;
		readonly edited?: readonly EditedFile[];
	},
): Pick<JudgedRanking, 'used' | 'weight'> {
	const { response, contexts, credit, edited = [] } = answer;
	const isSuccess = (credit.isConfirmed ?? true) && credit.success > 0.5;
	const ofContexts = new Set(contexts.filter(({ isUsed }) => isUsed).map(({ place }) => place.split('\n', 2).join('\n')));
	const byUser = new Map(edited.filter(({ isOfUser }) => isOfUser).map((file) => [file.place, withEdit(null, file, credit.timeMs).weight]));
	const isUsed = (filePath: string) => ofContexts.has(`${workspaceId}\n${filePath}`) || (filePath.includes('/') && response.includes(filePath));
	const isEdited = (filePath: string) => byUser.has(placeOf(workspaceId, filePath, null));
	return {
		used: files.map(({ filePath }) => filePath).filter((filePath) => isEdited(filePath) || (isSuccess && isUsed(filePath))),
		weight: Math.max(isSuccess ? credit.weight : 0, ...byUser.values()),
	};
}
