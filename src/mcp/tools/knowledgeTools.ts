import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fence } from '#core/domain/fence';
import type { KnowledgeItem, LearnedCollection } from '#core/domain/knowledge';
import type { Coordinator } from '#core/domain/requests';
import { cursorAt, offsetOf } from '../pages.ts';
import { addTool, type Served } from '../tool.ts';
import { cursor, learned, limitOf, nextCursor, output, query, requireFolder } from './shapes.ts';

/** Share of the words of an item's title in what is asked, or the other way about, from which it counts as named. */
const SHARED_WORDS = 0.7;
const FEWEST_WORDS = 2;
/** Items of a collection that are looked through, newest first. */
const MOST_ITEMS = 500;
const ITEMS = z.array(z.object(learned));
type Shown = z.input<typeof ITEMS>[number];

/** What was learned, for an agent to use; and as examples for training, which stay on this machine. */
export function addKnowledgeTools(served: Served): void {
	addTool(served, {
		name: 'find_error_solution',
		title: 'Find what solved an error before',
		description:
			'Looks an error up among those that were solved here before and returns their solutions. Call it when a build, a test or a program fails, before trying fixes of your own.',
		input: { error: output.describe('The message with its code, or all that the command printed, as it was printed.'), limit: limitOf(3, 20) },
		output: { solutions: ITEMS },
		isReading: true,
		needsIndex: false,
		run: async ({ error, limit }, { coordinator, signal }) => {
			const solutions = await findLearned(coordinator, { text: error, collection: 'error-solutions', limit }, signal);
			const nothing =
				'No solution of such an error is known here. Look for the code with search_context; once you have solved it, report it with track_interaction and update_outcome.';
			return { text: solutions.length > 0 ? solutions.map(inWords).join('\n\n') : nothing, data: { solutions } };
		},
	});

	addTool(served, {
		name: 'list_skills',
		title: 'List what was learned',
		description:
			'Lists the skills and practices that were learned in this workspace or are shared with all: those that bear on a task, or without a query all, newest first.',
		input: {
			query: query.optional(),
			kind: z.enum(['skills', 'practices']).default('skills'),
			limit: limitOf(10, 50),
			cursor: cursor.describe('next_cursor of the page before; for lists without a query.'),
		},
		output: { items: ITEMS, total: z.number().int(), next_cursor: nextCursor },
		isReading: true,
		needsIndex: false,
		run: async ({ query: text, kind, limit, cursor: from }, { coordinator, signal }) => {
			const collection = kind === 'skills' ? 'skills-patterns' : 'best-practices';
			if (text !== undefined) {
				const items = await findLearned(coordinator, { text, collection, limit }, signal);
				return { text: listInWords(items), data: { items, total: items.length, next_cursor: null } };
			}
			const offset = offsetOf(from, kind);
			const all = await usableItems(coordinator, collection);
			const items = all.slice(offset, offset + limit).map(toShown);
			const next_cursor = offset + items.length < all.length ? cursorAt(offset + items.length, kind) : null;
			return { text: listInWords(items), data: { items, total: all.length, next_cursor } };
		},
	});

	addTool(served, {
		name: 'generate_training_data',
		title: 'Write training examples',
		description:
			'Writes the successful, valuable interactions of this workspace as JSON lines for fine-tuning into the data directory, and returns where and how many. The examples themselves are not returned: they stay on this machine.',
		input: { validation_share: z.number().min(0).max(0.5).default(0.1).describe('Share of the newest examples that is kept for validation.') },
		output: { folder: z.string(), train: z.number().int(), validation: z.number().int(), preference_pairs: z.number().int(), omitted: z.record(z.string(), z.number()) },
		isReading: false,
		needsIndex: false,
		run: async ({ validation_share: validationShare }, { coordinator }) => {
			const [workspaceId = ''] = requireFolder(coordinator.status());
			const { report, trainJsonl, validationJsonl, preferencesJsonl } = await coordinator.knowledge.dataset({ workspaceId, validationShare });
			const folder = join(served.workspace.dataDirectory, 'datasets', new Date().toISOString().replaceAll(':', '-'));
			await mkdir(folder, { recursive: true, mode: 0o700 });
			const files = { 'train.jsonl': trainJsonl, 'validation.jsonl': validationJsonl, 'preferences.jsonl': preferencesJsonl };
			await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o600 })));
			const { train, validation, preferencePairs, omitted } = report;
			const why = Object.entries(omitted).map(([reason, count]) => `${reason}: ${count}`);
			return {
				text: `${train} examples for training, ${validation} for validation, ${preferencePairs} preference pairs, in ${folder}.${why.length > 0 ? ` Left out: ${why.join(', ')}.` : ''}`,
				data: { folder, train, validation, preference_pairs: preferencePairs, omitted: { ...omitted } },
			};
		},
	});
}

/** Items that may be used in the open folders by a program, newest first: neither retired, nor of another workspace, nor from local-only text. */
export async function usableItems(coordinator: Coordinator, collection: Exclude<LearnedCollection, 'interaction-history'>): Promise<readonly KnowledgeItem[]> {
	const found = new Map<string, KnowledgeItem>();
	for (const workspaceId of requireFolder(coordinator.status())) {
		const { items } = await coordinator.knowledge.list({ collections: [collection], statuses: ['active', 'proposed'], workspaceId, limit: MOST_ITEMS });
		// An error that was only counted has no solution to show.
		const isSaid = (item: KnowledgeItem) => collection !== 'error-solutions' || item.text.trim() !== '';
		for (const item of items) if (!item.isLocalOnly && isSaid(item)) found.set(item.id, item);
	}
	return [...found.values()].sort((a, b) => b.updatedMs - a.updatedMs || (a.id < b.id ? -1 : 1));
}

/** By meaning, then by words what meaning has missed: an item may have no vector yet, and there may be no embedding model. */
async function findLearned(
	coordinator: Coordinator,
	{ text, collection, limit }: { readonly text: string; readonly collection: Exclude<LearnedCollection, 'interaction-history'>; readonly limit: number },
	signal: AbortSignal,
): Promise<Shown[]> {
	const near = await coordinator.findKnowledge({ text, collections: [collection], limit }, signal);
	const known = new Set(near.map(({ id }) => id));
	const asked = wordsOf(text);
	const named = (await usableItems(coordinator, collection))
		.filter(({ id }) => !known.has(id))
		.map((item) => ({ item, share: Math.max(shareOf(wordsOf(item.title), asked), shareOf(asked, wordsOf(`${item.title} ${item.text}`))) }))
		.filter(({ share }) => share >= SHARED_WORDS)
		.sort((a, b) => b.share - a.share);
	return [...near.map(({ id, title, text: said, relevance }) => ({ id, collection, title, text: said, relevance })), ...named.map(({ item }) => toShown(item))].slice(
		0,
		limit,
	);
}

function wordsOf(text: string): ReadonlySet<string> {
	return new Set(text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_]{2,}/gu) ?? []);
}

/** The share of the first words that are among the second; none where there are too few to say anything. */
function shareOf(words: ReadonlySet<string>, among: ReadonlySet<string>): number {
	return words.size < FEWEST_WORDS ? 0 : [...words].filter((word) => among.has(word)).length / words.size;
}

function toShown({ id, collection, title, text }: KnowledgeItem): Shown {
	return { id, collection: collection as Shown['collection'], title, text, relevance: null };
}

function inWords({ title, text, relevance }: Shown): string {
	return `${title}${relevance === null ? '' : ` (${Math.round(relevance * 100)}%)`}\n${fence(text)}`;
}

function listInWords(items: readonly Shown[]): string {
	return items.length > 0 ? items.map(inWords).join('\n\n') : 'Nothing of this kind was learned yet. It grows with interactions that are tracked and go well.';
}
