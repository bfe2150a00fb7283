import { CoordinatorError } from './base/errors.ts';
import type { TeamReport, TeamState } from './domain/teamReport.ts';
import type { LedgerRow } from './metrics/ledger.ts';
import { forgetOldRows } from './metrics/postgres/forgetOld.ts';
import type { SettledOutcome } from './metrics/postgres/settledRows.ts';
import { readTeamReport } from './metrics/postgres/teamReport.ts';
import type { Ports } from './ports.ts';
import type { Settings } from './settings.ts';
import { migrate } from './store/migrate.ts';
import type { OutcomeStore } from './store/outcomeStore.ts';
import type { PostgresDatabase } from './store/postgres.ts';
import { databasePlace, passwordName } from './team/databaseUrl.ts';
import { createDelivery, type Delivery } from './team/delivery.ts';
import { mirrorOutcomes } from './team/mirrorOutcomes.ts';
import { OUTBOX_MIGRATIONS, Outbox, type OutboxItem } from './team/outbox.ts';
import { prepareTeamDatabase, writeEntries } from './team/teamDatabase.ts';

const DAY_MS = 86_400_000;
const TIDY_MS = 6 * 3_600_000;
/** How long the end of a process may be held up by what waits: the next process delivers it as well. */
const CLOSE_LIMIT_MS = 1_500;
const RESEND_BATCH = 1_000;

/** What a team sees of this user: figures, by way of an outbox, so that nothing here ever waits for the database. */
export interface TeamRoom {
	/** Keeps calls for the team; what was returned from survives `kill -9`. Nothing where no database is set. A failure costs the note of them. */
	record(rows: readonly LedgerRow[]): void;
	/** Keeps what became of an interaction. */
	settled(outcome: Omit<SettledOutcome, 'id'>): void;
	mirror(local: OutcomeStore): OutcomeStore;
	/** `not-found` where no database is set; else rejects as its connections. */
	report(options: { readonly sinceMs: number | null }): Promise<TeamReport>;
	state(): Promise<TeamState>;
	/** Has calls delivered that may have been before; those that are there stay as they are. Returns how many. `not-found` where no database is set. */
	resend(calls: AsyncIterable<LedgerRow>): Promise<number>;
	settingsChanged(): Promise<void>;
	/** A password was set or removed. */
	secretsChanged(): void;
	close(): Promise<void>;
}

/** The database that the settings name, and what is delivered to it. */
interface Connection {
	readonly key: string;
	readonly target: string;
	readonly database: PostgresDatabase;
	/** Brings the schema up to date, once. */
	ready(): Promise<void>;
}

/** Opens nothing before a database is set. */
export async function openTeamRoom(options: {
	readonly ports: Pick<Ports, 'sqlite' | 'postgres' | 'secrets' | 'clock' | 'files' | 'processes' | 'log' | 'uuid'>;
	readonly dataDirectory: string;
	readonly settings: () => Settings;
}): Promise<TeamRoom> {
	const { ports, dataDirectory, settings } = options;
	const { clock, log } = ports;
	let outbox: Outbox | undefined;
	let delivery: Delivery | undefined;
	let connection: Connection | null = null;
	let tidiedMs = 0;

	function connect(): Connection | null {
		const { team } = settings();
		const place = databasePlace(team);
		if (!place) return null;
		const database = ports.postgres.open(place, () => ports.secrets.get(passwordName(place)));
		let preparing: Promise<void> | undefined;
		return {
			key: JSON.stringify(team),
			target: database.label,
			database,
			ready() {
				preparing ??= prepareTeamDatabase(database).catch((error: unknown) => {
					preparing = undefined;
					throw error;
				});
				return preparing;
			},
		};
	}

	async function openOutbox(): Promise<void> {
		if (outbox) return;
		const path = ports.files.join(dataDirectory, 'outbox.db');
		const sqlite = await ports.sqlite.open(path);
		try {
			migrate(sqlite, OUTBOX_MIGRATIONS, { path, backup: () => sqlite.copyTo(`${path}.backup-${clock.nowMs()}`) });
			outbox = new Outbox(sqlite, ports.uuid);
		} catch (error) {
			sqlite.close();
			throw error;
		}
		const { userId } = outbox;
		delivery = createDelivery({
			outbox,
			// Nothing leaves a workspace that is not trusted; what it counts waits.
			target: () => (settings().isTrusted ? (connection?.target ?? null) : null),
			write: async (entries) => {
				const current = connection;
				if (!current) throw new CoordinatorError('cancelled', 'There is no database any more.');
				await current.ready();
				await writeEntries(current.database, userId, entries, settings().team);
			},
			onDelivered: tidy,
			onProblem: (error) => log.warn(`Figures for the team wait: ${CoordinatorError.is(error) ? error.message : String(error)}`),
			processes: ports.processes,
			clock,
		});
	}

	/** Old rows go a few times a day, wherever this user may remove them. */
	async function tidy(): Promise<void> {
		if (!connection || clock.nowMs() - tidiedMs < TIDY_MS) return;
		tidiedMs = clock.nowMs();
		outbox?.forget(clock.nowMs() - settings().ledger.retentionDays * DAY_MS);
		await forgetOldRows(connection.database).catch((error: unknown) => log.debug(`Old figures of the team could not be removed: ${String(error)}`));
	}

	function send(items: readonly OutboxItem[]): void {
		if (!connection || !outbox || items.length === 0) return;
		try {
			outbox.add(connection.target, items, clock.nowMs());
		} catch (error) {
			log.warn(`Figures for the team could not be noted: ${String(error)}`);
			return;
		}
		delivery?.wake();
	}

	async function settingsChanged(): Promise<void> {
		const { team } = settings();
		// Trust may have been granted.
		if (connection?.key === JSON.stringify(team)) return delivery?.retry();
		const before = connection;
		connection = null;
		await before?.database.close();
		connection = connect();
		if (!connection) return;
		try {
			await openOutbox();
			outbox?.tellName(connection.target, team.userName, clock.nowMs());
		} catch (error) {
			// What cannot be kept for the team costs the team's figures, and not the answer.
			connection = null;
			log.warn(`Nothing is kept for the team: ${CoordinatorError.is(error) ? error.message : String(error)}`);
			return;
		}
		delivery?.retry();
	}

	await settingsChanged();
	return {
		record: (rows) => send(rows.map((body) => ({ kind: 'call', body }))),
		settled: (outcome) => send([{ kind: 'settled', body: { ...outcome, id: ports.uuid() } }]),
		mirror: (local) => mirrorOutcomes(local, send),
		async report({ sinceMs }) {
			if (!connection) throw new CoordinatorError('not-found', 'No database of a team is set.');
			await connection.ready();
			return readTeamReport(connection.database, { sinceMs, ownId: outbox?.userId ?? null });
		},
		async state() {
			const counts = connection && outbox ? outbox.counts(connection.target) : { waiting: 0, refused: 0 };
			return { database: connection?.target ?? null, userId: outbox?.userId ?? null, problem: delivery?.problem ?? null, ...counts };
		},
		async resend(calls) {
			let count = 0;
			let batch: OutboxItem[] = [];
			const flush = () => {
				if (!connection || !outbox) throw new CoordinatorError('not-found', 'No database of a team is set.');
				outbox.add(connection.target, batch, clock.nowMs());
				count += batch.length;
				batch = [];
			};
			for await (const body of calls) if (batch.push({ kind: 'call', body }) >= RESEND_BATCH) flush();
			flush();
			delivery?.wake();
			return count;
		},
		settingsChanged,
		secretsChanged: () => delivery?.retry(),
		async close() {
			await delivery?.close(CLOSE_LIMIT_MS);
			await connection?.database.close();
			outbox?.close();
		},
	};
}
