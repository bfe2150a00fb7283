import type { HitReason } from '#core/domain/hit';
import type { EditorSignals } from '#core/domain/question';
import { adjustByEditor, factorBound } from './adjustByEditor.ts';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import { type Candidate, type Finalist, readPayloads } from './candidates.ts';
import type { Experience } from './experience.ts';

export interface RankedFinalist {
	readonly finalist: Finalist;
	readonly reasons: readonly HitReason[];
	/** Fused score × factor. */
	readonly score: number;
}

/** Payloads read at a time once the first ones are there. */
const ROUND = 16;

/**
 * The best `limit` candidates by fused score × factor, best first, ties by id. A factor is known for certain when the payload is read, its
 * bound before: payloads are read in the order of score × bound, until no other candidate can still come among the best.
 */
export async function chooseFinalists(
	candidates: readonly Candidate[],
	options: {
		readonly scores: ReadonlyMap<string, number>;
		readonly question: AnalysedQuestion;
		readonly signals: EditorSignals;
		readonly experience?: Experience;
		readonly limit: number;
	},
): Promise<RankedFinalist[]> {
	const { scores, question, signals, experience, limit } = options;
	const fused = (id: string) => scores.get(id) ?? 0;
	const waiting = candidates
		.map((candidate) => ({ candidate, bound: fused(candidate.id) * factorBound(candidate, question, signals, experience) }))
		.sort((a, b) => b.bound - a.bound);
	let best: RankedFinalist[] = [];
	if (limit < 1) return best;
	for (let next = 0; next < waiting.length; ) {
		const last = best[limit - 1];
		if (last && (waiting[next]?.bound ?? 0) < last.score) break;
		const round = waiting.slice(next, next + (next === 0 ? limit : ROUND));
		next += round.length;
		const read = (await readPayloads(round.map(({ candidate }) => candidate))).map((finalist) => {
			const { factor, reasons } = adjustByEditor(finalist, question, signals, experience);
			return { finalist, reasons, score: fused(finalist.id) * factor };
		});
		best = [...best, ...read].sort((a, b) => b.score - a.score || (a.finalist.id < b.finalist.id ? -1 : 1)).slice(0, limit);
	}
	return best;
}
