import type { RankingOwner } from '#core/domain/fileRanking';
import type { RankingStore } from '#core/store/rankingStore';
import { PathTallies, type PathWords } from './pathWords.ts';

/** Outcomes that are looked at: the newest. */
const REMEMBERED = 1_000;
/** Words that an overview shows. */
const SHOWN = 40;

/** What outcomes say of files by the words of their paths; follows what all processes store. A store that fails costs what was learned, not the answer. */
export interface PathRecord extends RankingOwner {
	of(workspaceId: string): PathWords;
}

export function createPathRecord(store: RankingStore, onProblem: (error: unknown) => void): PathRecord {
	const tallies = new PathTallies();
	const counted = new Map<string, number>();
	let seen = { generation: -1, last: 0 };

	/** An outcome that replaces one before it, and forgetting, begin anew: tallies are sums. */
	function follow(): void {
		try {
			let news = store.read(seen.last, REMEMBERED);
			if (news.generation !== seen.generation || news.rankings.some(({ interactionId }) => counted.has(interactionId))) {
				news = store.read(0, REMEMBERED);
				tallies.clear();
				counted.clear();
			}
			for (const ranking of news.rankings) {
				tallies.add(ranking);
				counted.set(ranking.interactionId, ranking.weight);
			}
			seen = { generation: news.generation, last: news.last };
		} catch (error) {
			onProblem(error);
		}
	}

	return {
		of(workspaceId) {
			follow();
			return tallies.of(workspaceId);
		},
		overview(workspaceId) {
			follow();
			return { outcomes: [...counted.values()].filter((weight) => weight > 0).length, words: tallies.strongest(workspaceId, SHOWN) };
		},
		reset: () => store.clear(),
		export: () => JSON.stringify({ version: 1, rankings: store.read(0, Number.MAX_SAFE_INTEGER).rankings }),
	};
}
