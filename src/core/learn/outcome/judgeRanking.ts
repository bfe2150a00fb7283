import type { Evidence } from '#core/domain/experience';
import type { FileRanking, JudgedRanking } from '#core/domain/fileRanking';
import type { SentContext } from '#core/store/outcomeStore';

/**
 * Which of the ranked files an answer was made with: those of the context that it used, and those that it names by their path. Only a success
 * says that they were right; the word of agents alone says nothing.
 */
export function judgeRanking(
	{ workspaceId, files }: Pick<FileRanking, 'workspaceId' | 'files'>,
	answer: { readonly response: string; readonly contexts: readonly SentContext[]; readonly credit: Evidence },
): Pick<JudgedRanking, 'used' | 'weight'> {
	const { response, contexts, credit } = answer;
	const ofContexts = new Set(
		contexts.flatMap(({ place, isUsed }) => {
			const [workspace, filePath] = place.split('\n');
			return isUsed && workspace === workspaceId && filePath ? [filePath] : [];
		}),
	);
	const isSuccess = (credit.isConfirmed ?? true) && credit.success > 0.5;
	return {
		used: files.map(({ filePath }) => filePath).filter((filePath) => ofContexts.has(filePath) || (filePath.includes('/') && response.includes(filePath))),
		weight: isSuccess ? credit.weight : 0,
	};
}
