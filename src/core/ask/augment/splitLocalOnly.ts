import type { Hit } from '#core/domain/hit';
import { type LocalOnlyCheck, type LocalOnlyReason, type LocalOnlyVerdict, MARK_LINES } from '#core/domain/localOnly';
import type { EditorSignals } from '#core/domain/question';
import type { AskQuery } from '#core/domain/requests';
import type { LocalOnlyMemory } from './localOnlyMemory.ts';

export interface LocalOnlySplit {
	/** True: only a model on this machine may answer, for the question is about local-only text. */
	readonly mustStayLocal: boolean;
	/** The question as a remote model may see it: without local-only attachments, selection, files and turns of the conversation. */
	readonly remoteQuery: AskQuery;
	/** The hits that a remote model, or a compression whose result goes to one, may see. */
	readonly remoteHits: readonly Hit[];
	/** What is kept back from remote models, each path once. */
	readonly withheld: readonly { readonly path: string; readonly reason: LocalOnlyReason }[];
	/** Turns of the conversation that are kept back. */
	readonly withheldTurns: number;
}

/**
 * Parts what everybody may see from what must stay here. Every prompt for a remote model, on fallback and for `hybrid` too, is built from
 * `remoteQuery` and `remoteHits`; a local one from the question and hits themselves.
 *
 * When the question is about local-only text, an answer without it would be a wrong one, so it must stay local: what the user attached or
 * selected is local-only, or the hit that fits best is. When only lesser hits are, they are dropped for a remote model.
 * A hit whose file is gone is kept back: nobody can tell any more what it said of itself.
 */
export async function splitLocalOnly(options: {
	readonly query: AskQuery;
	/** Best first. */
	readonly hits: readonly Hit[];
	/** Absolute path of a hit's file; null where its folder is not open. */
	readonly pathOf: (hit: Hit) => string | null;
	readonly check: LocalOnlyCheck;
	readonly memory: Pick<LocalOnlyMemory, 'holds'>;
}): Promise<LocalOnlySplit> {
	const { query, hits, check, memory } = options;
	const { signals } = query;
	const { selection } = signals;
	const hitPaths = hits.map(options.pathOf);
	const asked = [
		...hits.map((hit, index) => ({ path: hitPaths[index] ?? '', ...(hit.startLine <= MARK_LINES ? { text: hit.text } : {}) })),
		...query.attachments.map(({ path }) => ({ path })),
		...pathsOf(signals).map((path) => ({ path })),
		...(selection ? [{ path: selection.path, ...(selection.startLine <= MARK_LINES ? { text: selection.text } : {}) }] : []),
	];
	const verdicts = await check(asked);
	const withheld = new Map<string, LocalOnlyReason>();
	for (const [index, { path }] of asked.entries()) {
		const verdict = verdicts[index] ?? 'unreadable';
		const reason = index < hits.length ? reasonForHit(hitPaths[index] ?? null, verdict) : reasonFor(verdict);
		if (reason) withheld.set(index < hits.length ? (hitPaths[index] ?? hits[index]?.filePath ?? '') : path, reason);
	}
	const isOpen = (path: string) => !withheld.has(path);
	const openHits = hits.filter((hit) => isOpen(options.pathOf(hit) ?? hit.filePath));
	const history = query.history.filter(({ text, isLocalOnly }) => !isLocalOnly && !memory.holds(text));
	const attachments = query.attachments.filter(({ path }) => isOpen(path));
	const readsActiveFile = query.command === 'explain' && !selection && query.attachments.length === 0;
	const isAboutLocal =
		attachments.length < query.attachments.length ||
		(selection !== undefined && selection.text.trim() !== '' && !isOpen(selection.path)) ||
		(readsActiveFile && signals.activeFile !== undefined && !isOpen(signals.activeFile));
	return {
		mustStayLocal: isAboutLocal || (hits.length > 0 && openHits[0] !== hits[0]),
		remoteQuery: { ...query, history, attachments, signals: openSignals(signals, isOpen) },
		remoteHits: openHits,
		withheld: [...withheld].map(([path, reason]) => ({ path, reason })),
		withheldTurns: query.history.length - history.length,
	};
}

function reasonFor(verdict: LocalOnlyVerdict): LocalOnlyReason | null {
	return verdict === 'open' || verdict === 'missing' ? null : verdict;
}

function reasonForHit(path: string | null, verdict: LocalOnlyVerdict): LocalOnlyReason | null {
	return path === null || verdict === 'missing' ? 'unreadable' : reasonFor(verdict);
}

function pathsOf({ activeFile, openFiles = [], diagnostics = [], recentlyEdited = [] }: EditorSignals): string[] {
	return [...new Set([...(activeFile === undefined ? [] : [activeFile]), ...openFiles, ...diagnostics.map(({ path }) => path), ...recentlyEdited])];
}

function openSignals({ activeFile, openFiles, selection, diagnostics, recentlyEdited }: EditorSignals, isOpen: (path: string) => boolean): EditorSignals {
	return {
		...(activeFile !== undefined && isOpen(activeFile) ? { activeFile } : {}),
		...(openFiles ? { openFiles: openFiles.filter(isOpen) } : {}),
		...(selection && isOpen(selection.path) ? { selection } : {}),
		...(diagnostics ? { diagnostics: diagnostics.filter(({ path }) => isOpen(path)) } : {}),
		...(recentlyEdited ? { recentlyEdited: recentlyEdited.filter(isOpen) } : {}),
	};
}
