import type { Found } from './segment.ts';

/** Reciprocal rank fusion: Σ weight / (k + rank), ranks from 1 (Cormack, Clarke, Büttcher 2009). Ties go to the smaller row. */
export function fuseRanks(
	rankings: readonly {
		readonly weight: number;
		readonly found: readonly Found[];
	}[],
	k: number,
): Found[] {
	const scores = new Map<number, number>();
	for (const { weight, found } of rankings) {
		for (const [index, { row }] of found.entries()) scores.set(row, (scores.get(row) ?? 0) + weight / (k + index + 1));
	}
	return [...scores].map(([row, score]) => ({ row, score })).sort((a, b) => b.score - a.score || a.row - b.row);
}

/** Best first; ties by id. */
export function byScoreThenId(a: Scored, b: Scored): number {
	return b.score - a.score || (a.id < b.id ? -1 : 1);
}

interface Scored {
	readonly id: string;
	readonly score: number;
}
