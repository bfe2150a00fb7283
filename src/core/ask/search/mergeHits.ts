import type { Hit } from '#core/domain/hit';

/** Lines that may lie between two chunks that are shown as one piece. */
const MAX_GAP = 2;

/** Lines a joined piece may have: more would not fit beside others, and nobody reads it. */
const MAX_LINES = 120;

/** Joins hits of one file that touch or nearly touch; the joined hit has the better score, relevance and reasons. Order is by score. */
export function mergeHits(hits: readonly Hit[]): Hit[] {
	const byFile = new Map<string, Hit[]>();
	for (const hit of hits) {
		const key = `${hit.workspaceId}\n${hit.filePath}`;
		byFile.set(key, [...(byFile.get(key) ?? []), hit]);
	}
	const merged: Hit[] = [];
	for (const group of byFile.values()) {
		group.sort((a, b) => a.startLine - b.startLine || a.endLine - b.endLine);
		let current: Hit | undefined;
		for (const hit of group) {
			if (current && hit.startLine - current.endLine - 1 <= MAX_GAP && hit.endLine - current.startLine < MAX_LINES) current = join(current, hit);
			else {
				if (current) merged.push(current);
				current = hit;
			}
		}
		if (current) merged.push(current);
	}
	return merged.sort((a, b) => b.score - a.score || (a.filePath < b.filePath ? -1 : 1) || a.startLine - b.startLine);
}

/** Lines between the two are empty: chunks cover every other line. Pieces of one long line are put together without a break. */
function join(first: Hit, second: Hit): Hit {
	const gap = second.startLine - first.endLine;
	const best = second.score > first.score ? second : first;
	return {
		...best,
		ids: [...first.ids, ...second.ids],
		startLine: first.startLine,
		endLine: Math.max(first.endLine, second.endLine),
		text: first.text + '\n'.repeat(Math.max(gap, 0)) + second.text,
		relevance: Math.max(first.relevance, second.relevance),
	};
}
