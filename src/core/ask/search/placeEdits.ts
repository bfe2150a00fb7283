import type { Signal } from '#core/domain/outcome';
import { type OutcomeStore, placeOf } from '#core/store/outcomeStore';
import type { VectorStore } from '#core/store/vectorStore';
import { toRelative } from './adjustByEditor.ts';
import { analyseQuestion } from './analyseQuestion.ts';
import type { FolderStores } from './candidates.ts';

/**
 * Files that fit a question best by their words: an edit of one of them is taken to be for its sake. Of the files that 780 commits and issues of
 * twelve repositories changed, 87 of 100 are among so many for the message or issue, and 25 of 100 of those that the next three changed.
 */
const NEAR = 20;
/** Where there are few files, so many, or this share of them. */
const FEWEST = 5;
const SHARE = 0.25;

/**
 * Signals with the places of files that were edited after questions. Left out are files that are not in the index (secret, ignored, elsewhere),
 * and those that have nothing to do with the question: neither its words, nor was code of the file sent with it.
 */
export async function placeEdits(
	signals: readonly Signal[],
	{ stores: all, ...past }: { readonly stores: readonly FolderStores[]; readonly history: VectorStore; readonly outcomes: OutcomeStore },
): Promise<readonly Signal[]> {
	const placed: Signal[] = [];
	const near = new Map<string, ReadonlySet<string>>();
	for (const signal of signals) {
		if (signal.kind !== 'edited-after') {
			placed.push(signal);
			continue;
		}
		const found = await findFile(signal.subject ?? '', all);
		if (!found) continue;
		const { stores, filePath } = found;
		const key = `${signal.interactionId}\n${stores.worktree.id}`;
		const files = near.get(key) ?? (await nearFiles(signal.interactionId, stores, past));
		near.set(key, files);
		// What was an edit for the question's sake may be taken back wherever the file stands by now.
		if (signal.value <= 0 || files.has(filePath)) placed.push({ ...signal, subject: placeOf(stores.worktree.id, filePath, null) });
	}
	return placed;
}

/** The indexed file of an open folder, by its absolute path or by that in its folder. */
async function findFile(path: string, all: readonly FolderStores[]): Promise<{ readonly stores: FolderStores; readonly filePath: string } | null> {
	for (const stores of all) {
		const filePath = toRelative(path, stores.worktree.path) ?? path.replaceAll('\\', '/').replace(/^\.\//, '');
		const entry = (await stores.manifest.entries(stores.worktree.id, [filePath])).get(filePath);
		if (entry && entry.skipReason === null) return { stores, filePath };
	}
	return null;
}

async function nearFiles(
	interactionId: string,
	{ worktree, vectors, manifest }: FolderStores,
	{ history, outcomes }: { readonly history: VectorStore; readonly outcomes: OutcomeStore },
): Promise<ReadonlySet<string>> {
	const [asked] = await history.get('interaction-history', [interactionId]);
	const { terms } = analyseQuestion(asked?.payload.query ?? '');
	const sent = (await outcomes.contexts(interactionId)).flatMap(({ place }) => {
		const [workspaceId, filePath] = place.split('\n');
		return workspaceId === worktree.id && filePath ? [filePath] : [];
	});
	if (terms.length === 0) return new Set(sent);
	const { files } = await manifest.totals(worktree.id);
	const filter = { must: [{ key: 'workspace_id', match: { value: worktree.id } }] };
	const limit = Math.min(NEAR, Math.max(FEWEST, Math.ceil(SHARE * files)));
	const fitting = await vectors.searchDocuments({ lexical: { field: 'text', terms }, filter, limit });
	return new Set([...fitting.map(({ filePath }) => filePath), ...sent]);
}
