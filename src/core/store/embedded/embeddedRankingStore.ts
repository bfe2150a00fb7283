import type { ExpectedFile, FileRanking, JudgedRanking } from '#core/domain/fileRanking';
import type { RankingStore } from '../rankingStore.ts';
import type { SqliteDatabase, SqliteRow } from '../sqlite.ts';

/** Rankings kept for outcomes that come late, and judged ones kept at all: the newest. */
const MOST_RANKINGS = 5_000;
const MOST_JUDGED = 2_000;
/** Between two looks whether there are too many. */
const SWEEP_EVERY = 500;
/** Shares are kept in parts of this. */
const WHOLE = 10_000;

/** Rankings in the same database as the learned collections. */
export class EmbeddedRankingStore implements RankingStore {
	readonly #database: SqliteDatabase;
	#writes = 0;

	constructor(database: SqliteDatabase) {
		this.#database = database;
	}

	save({ interactionId, workspaceId, timeMs, files }: FileRanking): void {
		const rounded = files.map(({ filePath, share }) => [filePath, Math.round(share * WHOLE)]);
		this.#database.prepare('INSERT OR REPLACE INTO file_rankings VALUES (?, ?, ?, ?)').run(interactionId, workspaceId, timeMs, JSON.stringify(rounded));
		this.#sweep();
	}

	ranking(interactionId: string): FileRanking | null {
		const row = this.#database.prepare('SELECT * FROM file_rankings WHERE interaction_id = ?').get(interactionId);
		return row ? rankingOf(row) : null;
	}

	judge(interactionId: string, { used, weight }: Pick<JudgedRanking, 'used' | 'weight'>): void {
		this.#database
			.prepare('INSERT INTO ranking_judgements (interaction_id, used, weight) SELECT interaction_id, ?, ? FROM file_rankings WHERE interaction_id = ?')
			.run(JSON.stringify(used), weight, interactionId);
	}

	read(after: number, limit: number): { readonly generation: number; readonly last: number; readonly rankings: readonly JudgedRanking[] } {
		const generation = Number(this.#database.prepare('SELECT generation FROM ranking_generation').get()?.generation ?? 0);
		const rows = this.#database
			.prepare('SELECT j.seq, j.used, j.weight, r.* FROM ranking_judgements j JOIN file_rankings r USING (interaction_id) WHERE j.seq > ? ORDER BY j.seq DESC LIMIT ?')
			.all(after, limit)
			.reverse();
		const rankings = rows.map((row) => ({ ...rankingOf(row), used: JSON.parse(String(row.used)) as string[], weight: Number(row.weight) }));
		return { generation, last: Number(rows.at(-1)?.seq ?? after), rankings };
	}

	forget(interactionIds: readonly string[]): void {
		this.#database.transaction(() => {
			let removed = 0;
			for (const table of ['file_rankings', 'ranking_judgements']) {
				const remove = this.#database.prepare(`DELETE FROM ${table} WHERE interaction_id = ?`);
				for (const id of interactionIds) removed += remove.run(id).changes;
			}
			if (removed > 0) this.#database.exec('UPDATE ranking_generation SET generation = generation + 1');
		});
	}

	clear(): void {
		this.#database.transaction(() => {
			this.#database.exec('DELETE FROM file_rankings');
			this.#database.exec('DELETE FROM ranking_judgements');
			this.#database.exec('UPDATE ranking_generation SET generation = generation + 1');
		});
	}

	#sweep(): void {
		this.#writes++;
		if (this.#writes % SWEEP_EVERY !== 0) return;
		this.#database.prepare('DELETE FROM ranking_judgements WHERE seq <= (SELECT max(seq) FROM ranking_judgements) - ?').run(MOST_JUDGED);
		const tooOld = 'time_ms < (SELECT time_ms FROM file_rankings ORDER BY time_ms DESC LIMIT 1 OFFSET ?)';
		this.#database.prepare(`DELETE FROM file_rankings WHERE ${tooOld} AND interaction_id NOT IN (SELECT interaction_id FROM ranking_judgements)`).run(MOST_RANKINGS);
	}
}

function rankingOf(row: SqliteRow): FileRanking {
	const files = JSON.parse(String(row.files)) as [string, number][];
	return {
		interactionId: String(row.interaction_id),
		workspaceId: String(row.workspace_id),
		timeMs: Number(row.time_ms),
		files: files.map(([filePath, parts]): ExpectedFile => ({ filePath, share: parts / WHOLE })),
	};
}
