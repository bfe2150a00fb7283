import type { JudgedRanking, LearnedPathWord } from '#core/domain/fileRanking';
import type { RankingStore } from '#core/store/rankingStore';
import { PathTallies, type PathWords } from './pathWords.ts';

/** Outcomes that are looked at: the newest. */
const REMEMBERED = 1_000;

/** At which moment, and how fast evidence decays. */
export interface EvidenceTime {
	readonly nowMs: number;
	readonly halfLifeDays: number;
}

/** What outcomes say of files by the words of their paths; follows what all processes store. A store that fails costs what was learned, not the answer. */
export interface PathRecord {
	of(workspaceId: string, time: EvidenceTime): PathWords;
	/** What it says of a workspace, the strongest words first, and of how many outcomes. */
	overview(workspaceId: string, time: EvidenceTime): { readonly outcomes: number; readonly words: readonly LearnedPathWord[] };
}

export function createPathRecord(store: RankingStore, onProblem: (error: unknown) => void): PathRecord {
	let counted = new Map<string, JudgedRanking>();
	let tallies = new PathTallies(1, 0);
	let seen = { generation: -1, last: 0, halfLifeDays: Number.NaN };

	function forget(ranking: JudgedRanking | undefined): void {
		if (!ranking) return;
		counted.delete(ranking.interactionId);
		tallies.remove(ranking);
	}

	/** Outcomes that come anew replace what was counted of them; after forgetting, and where evidence decays differently, all is counted anew. */
	function follow({ nowMs, halfLifeDays }: EvidenceTime): PathTallies {
		try {
			let news = store.read(seen.last, REMEMBERED);
			if (news.generation !== seen.generation || halfLifeDays !== seen.halfLifeDays) {
				news = store.read(0, REMEMBERED);
				counted = new Map();
				tallies = new PathTallies(halfLifeDays, nowMs);
			}
			for (const judged of news.rankings) {
				// A clock that was ahead must not let evidence grow.
				const ranking = { ...judged, timeMs: Math.min(judged.timeMs, nowMs) };
				forget(counted.get(ranking.interactionId));
				counted.set(ranking.interactionId, ranking);
				tallies.add(ranking);
			}
			for (const ranking of [...counted.values()].slice(0, Math.max(0, counted.size - REMEMBERED))) forget(ranking);
			seen = { generation: news.generation, last: news.last, halfLifeDays };
		} catch (error) {
			onProblem(error);
		}
		return tallies;
	}

	return {
		of: (workspaceId, time) => follow(time).of(workspaceId, time.nowMs),
		overview(workspaceId, time) {
			const words = follow(time).strongest(workspaceId, time.nowMs);
			return { outcomes: [...counted.values()].filter((ranking) => ranking.workspaceId === workspaceId && ranking.weight > 0).length, words };
		},
	};
}
