import type { BestPracticesPayload } from '#core/domain/collection';
import { contentHash, contentUuid } from '#core/domain/contentId';
import type { Worktree } from '#core/domain/file';
import { redactSecrets } from '#core/domain/redact';
import { practiceCategory } from './practiceFiles.ts';
import { readFacts } from './readFacts.ts';
import { readSections } from './readSections.ts';

/** Marks practices that were read from the repository's own files. */
export const FROM_REPOSITORY = 'repository';

export interface PracticeItem {
	readonly id: string;
	readonly payload: BestPracticesPayload;
}

/**
 * The practices that a file states. An id follows from worktree, file, title and how many of the same title come before, so that a rule whose
 * text changes stays the same item. Secrets are blanked before the file is cut.
 */
export async function practiceItems(
	worktree: Pick<Worktree, 'id' | 'repositoryId'>,
	file: { readonly path: string; readonly text: string; readonly hash: string },
	now: string,
): Promise<readonly PracticeItem[]> {
	const category = practiceCategory(file.path);
	if (category === null) return [];
	const text = redactSecrets(file.text).text;
	const isProse = category === 'contributing' || category === 'agent-rules' || category === 'style';
	const sections = isProse ? readSections(text, file.path) : readFacts(text, file.path);
	const seen = new Map<string, number>();
	return Promise.all(
		sections.map(async (section): Promise<PracticeItem> => {
			const occurrence = seen.get(section.title) ?? 0;
			seen.set(section.title, occurrence + 1);
			const id = await contentUuid(`practice\n${worktree.id}\n${file.path}\n${section.title}\n${occurrence}`);
			return {
				id,
				payload: {
					category,
					title: section.title,
					description: section.text,
					examples: [],
					anti_patterns: [],
					references: [`${file.path}:${section.startLine}-${section.endLine}`],
					endorsement_count: 0,
					last_validated: now,
					workspace_id: worktree.id,
					repository_id: worktree.repositoryId,
					scope: 'workspace',
					status: 'active',
					provenance: [FROM_REPOSITORY],
					embedding_model: null,
					content_hash: await contentHash(`best-practices\n${section.title}\n${section.text}`),
					source_path: file.path,
					source_hash: file.hash,
				},
			};
		}),
	);
}
