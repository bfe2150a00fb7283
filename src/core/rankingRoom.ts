import type { FolderStores } from './ask/search/candidates.ts';
import { createPathRecord, type PathRecord } from './ask/search/pathRecord.ts';
import { placeEdits } from './ask/search/placeEdits.ts';
import type { RankingOwner } from './domain/fileRanking.ts';
import type { Signal } from './domain/outcome.ts';
import type { Ports } from './ports.ts';
import type { Settings } from './settings.ts';
import type { OutcomeStore } from './store/outcomeStore.ts';
import type { RankingStore } from './store/rankingStore.ts';
import type { VectorStore } from './store/vectorStore.ts';

/** Words that an overview shows. */
const SHOWN = 40;

export interface RankingRoom {
	readonly pathWords: PathRecord['of'];
	/** Reads what is kept, which the first question would otherwise wait for. */
	warm(): void;
	/** See `placeEdits`; where an index fails, edits tell nothing. */
	placeEdits(signals: readonly Signal[]): Promise<readonly Signal[]>;
	readonly owner: RankingOwner;
}

/** Composition of what outcomes say of files: the record that questions ask, and what its owner sees of it. */
export function createRankingRoom(options: {
	readonly ports: Pick<Ports, 'clock' | 'log'>;
	readonly rankings: RankingStore;
	readonly history: VectorStore;
	readonly outcomes: OutcomeStore;
	readonly stores: () => readonly FolderStores[];
	/** Resolves when no folder is being opened. */
	readonly whenOpen: () => Promise<void>;
	readonly settings: () => Settings;
}): RankingRoom {
	const { ports, rankings, history, outcomes, stores, whenOpen, settings } = options;
	const record = createPathRecord(rankings, (error) => ports.log.warn(`What was learned of files could not be read: ${String(error)}`));
	const time = () => ({ nowMs: ports.clock.nowMs(), halfLifeDays: settings().learning.halfLifeDays });
	return {
		pathWords: record.of,
		warm: () => void record.of('', time()),
		async placeEdits(signals) {
			if (!settings().learning.enabled || !signals.some(({ kind }) => kind === 'edited-after')) return signals;
			await whenOpen();
			return placeEdits(signals, { stores: stores(), history, outcomes }).catch((error: unknown) => {
				ports.log.warn(`What was edited after questions could not be placed: ${String(error)}`);
				return signals.filter(({ kind }) => kind !== 'edited-after');
			});
		},
		owner: {
			overview() {
				const folders = stores().map(({ worktree: { id, name } }) => ({ name, ...record.overview(id, time()) }));
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
