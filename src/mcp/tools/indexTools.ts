import { z } from 'zod';
import { addTool, type Served } from '../tool.ts';
import { indexNotices } from '../words.ts';
import { notices } from './shapes.ts';

/** How much of the workspace is known. */
export function addIndexTools(served: Served): void {
	addTool(served, {
		name: 'index_status',
		title: 'Say how complete the index is',
		description: 'Says which folders are served, how many files and pieces are indexed, and whether indexing is still going on. Use it when results seem to be missing.',
		input: {},
		output: {
			phase: z.string(),
			is_searchable: z.boolean(),
			folders: z.array(
				z.object({
					name: z.string(),
					path: z.string(),
					phase: z.string(),
					files: z.number(),
					pieces: z.number(),
					languages: z.record(z.string(), z.number()),
					skipped: z.record(z.string(), z.number()),
				}),
			),
			vectors: z.object({ done: z.number(), total: z.number() }),
			knowledge: z.record(z.string(), z.number()).describe('What was learned, items by collection.'),
			notices,
		},
		isReading: true,
		needsIndex: false,
		run: async (_, { coordinator }) => {
			const status = coordinator.status();
			const { items } = await coordinator.knowledge.status();
			// Nothing is indexed before the first search: saying so saves a model from waiting.
			const told = status.phase === 'not-indexed' ? ['Indexing starts with the first search.'] : indexNotices(status);
			const folders = status.folders.map(({ name, path, phase, files, chunks, languages, skipped }) => ({
				...{ name, path, phase, files, pieces: chunks },
				languages: { ...languages },
				skipped: { ...skipped },
			}));
			const lines = folders.map(({ name, path, phase, files, pieces }) => `${name} (${path}): ${phase}, ${files} files, ${pieces} pieces`);
			const { vectors } = status;
			return {
				text: [...lines, `vectors: ${vectors.done} of ${vectors.total}`, ...told].join('\n'),
				data: { phase: status.phase, is_searchable: status.isSearchable, folders, vectors: { ...vectors }, knowledge: { ...items }, notices: told },
			};
		},
	});
}
