import { z } from 'zod';
import { CoordinatorError } from '#core/base/errors';

const LONGEST_QUERY = 8_000;
const LONGEST_OUTPUT = 64_000;

export const query = z
	.string()
	.min(1)
	.max(LONGEST_QUERY)
	.refine((text) => text.trim() !== '', 'must hold a word');
/** What a command printed. */
export const output = z
	.string()
	.min(1)
	.max(LONGEST_OUTPUT)
	.refine((text) => text.trim() !== '', 'must hold a word');
export const cursor = z.string().max(64).optional().describe('next_cursor of the page before; leave it out for the first page.');
export const limitOf = (usual: number, most: number) => z.number().int().min(1).max(most).default(usual);
export const nextCursor = z.string().nullable().describe('Hand this back as cursor for the next page; null: there is none.');
export const notices = z.array(z.string()).describe('What to know about how complete the result is.');
export const interactionId = z.uuid();

/** How a learned item is told of. */
export const learned = {
	id: z.string(),
	collection: z.enum(['skills-patterns', 'error-solutions', 'best-practices']),
	title: z.string(),
	text: z.string(),
	relevance: z.number().nullable().describe('Probability that it fits, 0 to 1; null where it was found by words alone.'),
};

/** The ids of the open folders: what belongs to others is not shown here. */
export function requireFolder(status: { readonly folders: readonly { readonly worktreeId: string }[] }): readonly string[] {
	if (status.folders.length === 0) throw new CoordinatorError('not-found', 'No folder is open. Ask the user to start this server with --workspace set to the project.');
	return status.folders.map(({ worktreeId }) => worktreeId);
}
