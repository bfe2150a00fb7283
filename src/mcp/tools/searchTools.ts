import { z } from 'zod';
import { fence } from '#core/domain/fence';
import type { Hit } from '#core/domain/hit';
import { loadTokenCounter } from '#core/domain/tokenCount';
import { cursorAt, cutText, fitTokens, offsetOf } from '../pages.ts';
import { addTool, type Served, type ToolCall } from '../tool.ts';
import { indexNotices } from '../words.ts';
import { cursor, learned, limitOf, nextCursor, notices, query } from './shapes.ts';

/** Results that paging goes through; whoever wants more should ask more precisely. */
const MOST_RESULTS = 200;
/** Tokens that a piece takes beside its text. */
const FRAME_TOKENS = 30;

const place = {
	ids: z.array(z.string()).describe('Pass these as context_ids to track_interaction.'),
	folder: z.string(),
	path: z.string(),
	start_line: z.number().int(),
	end_line: z.number().int(),
	language: z.string(),
	symbol: z.string().nullable(),
	relevance: z.number().describe('Probability that it is relevant, 0 to 1.'),
};

/** Search for text to read, and search to see why something was found. */
export function addSearchTools(served: Served): void {
	addTool(served, {
		name: 'search_context',
		title: 'Search the workspace',
		description:
			'Finds the pieces of code, configuration and documents of this workspace that bear on a question, an identifier, a path or an error message, and returns their text, best first. Use it before reading files one by one.',
		input: {
			query: query.describe('A question, names from the code, a path, or an error message.'),
			limit: limitOf(8, 50).describe('Most pieces of a page.'),
			max_tokens: z.number().int().min(200).max(20_000).default(4_000).describe('Most tokens of text of a page.'),
			cursor,
		},
		output: { pieces: z.array(z.object({ ...place, text: z.string(), is_cut: z.boolean() })), withheld: z.number().int(), notices, next_cursor: nextCursor },
		isReading: true,
		needsIndex: true,
		run: async (input, call) => {
			const { hits, offset, folders, withheld } = await find(input, call);
			const count = await loadTokenCounter();
			const wanted = hits.slice(offset, offset + input.limit).map((hit) => ({ ...describe(hit, folders), text: hit.text, is_cut: false }));
			const pieces = fitTokens(
				wanted,
				input.max_tokens,
				({ text }) => count(text) + FRAME_TOKENS,
				(piece, tokens) => ({ ...piece, text: cutText(piece.text, tokens - FRAME_TOKENS, count), is_cut: true }),
			);
			const next_cursor = nextOf(offset + pieces.length, hits.length, input.query);
			const told = [...indexNotices(call.coordinator.status()), ...withheldNotice(withheld)];
			const blocks = pieces.map((piece) => `${titleOf(piece)}${piece.is_cut ? ' (cut)' : ''}\n${fence(piece.text, piece.language)}`);
			return { text: inWords(blocks, told, next_cursor), data: { pieces: [...pieces], withheld, notices: told, next_cursor } };
		},
	});

	addTool(served, {
		name: 'hybrid_search',
		title: 'Search code and knowledge, with reasons',
		description:
			'Ranks pieces of code by words, meaning, symbols, paths and imports together and tells why each stands where it stands, without its text, and what was learned that is near. Use it to survey many places; use search_context to read.',
		input: { query, limit: limitOf(20, 100).describe('Most places of a page.'), cursor },
		output: {
			hits: z.array(z.object({ ...place, score: z.number(), reasons: z.array(z.object({ signal: z.string(), value: z.number() })), first_line: z.string() })),
			knowledge: z.array(z.object(learned)).describe('On the first page alone.'),
			withheld: z.number().int(),
			notices,
			next_cursor: nextCursor,
		},
		isReading: true,
		needsIndex: true,
		run: async (input, call) => {
			const { hits: all, offset, folders, withheld } = await find(input, call);
			const hits = all.slice(offset, offset + input.limit).map((hit) => ({
				...describe(hit, folders),
				score: hit.score,
				reasons: hit.reasons.map(({ signal, value }) => ({ signal, value })),
				first_line: (hit.text.split('\n').find((line) => line.trim() !== '') ?? '').trim().slice(0, 200),
			}));
			const found =
				offset > 0
					? []
					: await call.coordinator.findKnowledge({ text: input.query, collections: ['skills-patterns', 'error-solutions', 'best-practices'], limit: 5 }, call.signal);
			const knowledge = found.map(({ id, collection, title, text, relevance }) => ({
				id,
				collection: collection as (typeof learned.collection.options)[number],
				title,
				text: text.slice(0, 500),
				relevance,
			}));
			const next_cursor = nextOf(offset + hits.length, all.length, input.query);
			const told = [...indexNotices(call.coordinator.status()), ...withheldNotice(withheld)];
			const lines = hits.map(
				(hit) => `${titleOf(hit)}: ${hit.first_line}\n  ${hit.reasons.map(({ signal, value }) => `${signal} ${Math.round(value * 100) / 100}`).join(', ')}`,
			);
			const items = knowledge.map(({ collection, title }) => `learned (${collection}): ${title}`);
			return { text: inWords([...lines, ...items], told, next_cursor), data: { hits, knowledge, withheld, notices: told, next_cursor } };
		},
	});
}

async function find(input: { readonly query: string; readonly limit: number; readonly cursor?: string | undefined }, { coordinator, signal }: ToolCall) {
	const offset = offsetOf(input.cursor, input.query);
	const limit = Math.min(MOST_RESULTS, offset + input.limit + 1);
	const { hits, withheld = 0 } = await coordinator.search({ query: input.query, limit, leavesMachine: true }, signal);
	const folders = new Map(coordinator.status().folders.map(({ worktreeId, name }) => [worktreeId, name]));
	return { hits, withheld, offset, folders };
}

function describe({ ids, workspaceId, filePath, startLine, endLine, language, symbol, relevance }: Hit, folders: ReadonlyMap<string, string>) {
	const folder = folders.get(workspaceId) ?? '';
	return { ids: [...ids], folder, path: filePath, start_line: startLine, end_line: endLine, language, symbol, relevance: Math.round(relevance * 1_000) / 1_000 };
}

function titleOf(hit: {
	readonly path: string;
	readonly start_line: number;
	readonly end_line: number;
	readonly symbol: string | null;
	readonly relevance: number;
}): string {
	return `${hit.path}:${hit.start_line}-${hit.end_line}${hit.symbol ? ` ${hit.symbol}` : ''} (${Math.round(hit.relevance * 100)}%)`;
}

function nextOf(offset: number, found: number, request: string): string | null {
	return offset < found && offset < MOST_RESULTS ? cursorAt(offset, request) : null;
}

function withheldNotice(withheld: number): string[] {
	return withheld > 0 ? [`${withheld} results were left out: the user keeps them on this machine.`] : [];
}

/** Blocks, notices and the way on, or what to try where nothing was found. */
function inWords(blocks: readonly string[], told: readonly string[], next: string | null): string {
	const body = blocks.length > 0 ? blocks : ['Nothing in the workspace fits. Try words that the code itself would use, a symbol, or a file name.'];
	const more = next ? [`There is more: call again with cursor ${next}`] : [];
	return [...body, ...told.map((notice) => `Note: ${notice}`), ...more].join('\n\n');
}
