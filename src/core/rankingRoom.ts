import { createPathRecord, type PathRecord } from './ask/search/pathRecord.ts';
import type { Worktree } from './domain/file.ts';
import type { RankingOwner } from './domain/fileRanking.ts';
import type { Ports } from './ports.ts';
import type { Settings } from './settings.ts';
import type { RankingStore } from './store/rankingStore.ts';

/** Words that an overview shows. */
const SHOWN = 40;

export interface RankingRoom {
	readonly pathWords: PathRecord['of'];
	/** Reads what is kept, which the first question would otherwise wait for. */
	warm(): void;
	readonly owner: RankingOwner;
}

/** Composition of what outcomes say of files: the record that questions ask, and what its owner sees of it. */
export function createRankingRoom(options: {
	readonly ports: Pick<Ports, 'clock' | 'log'>;
	readonly rankings: RankingStore;
	readonly worktrees: () => readonly Worktree[];
	readonly settings: () => Settings;
}): RankingRoom {
	const { ports, rankings, worktrees, settings } = options;
	const record = createPathRecord(rankings, (error) => ports.log.warn(`What was learned of files could not be read: ${String(error)}`));
	const time = () => ({ nowMs: ports.clock.nowMs(), halfLifeDays: settings().learning.halfLifeDays });
	return {
		pathWords: record.of,
		warm: () => void record.of('', time()),
		owner: {
			overview() {
				const folders = worktrees().map(({ id, name }) => ({ name, ...record.overview(id, time()) }));
				const words = folders.flatMap(({ name, words }) => words.map((word) => ({ ...word, folder: name })));
				const strength = (factor: number) => Math.abs(Math.log(factor));
				return {
					outcomes: folders.reduce((sum, { outcomes }) => sum + outcomes, 0),
					words: words.sort((a, b) => strength(b.factor) - strength(a.factor)).slice(0, SHOWN),
				};
			},
			reset: () => rankings.clear(),
			export: () => JSON.stringify({ version: 1, rankings: rankings.read(0, Number.MAX_SAFE_INTEGER).rankings }),
		},
	};
}
