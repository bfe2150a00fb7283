import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import * as tls from 'node:tls';
import type { Pool, PoolClient, PoolConfig } from 'pg';
import { CoordinatorError } from '#core/base/errors';
import type { PostgresConnection, PostgresDatabase, PostgresEngine, PostgresPlace, PostgresRow } from '#core/store/postgres';
import { knownAuthorities } from '../certificates.ts';
import { isConnectionFine, toPostgresError } from './postgresErrors.ts';

const MOST_CONNECTIONS = 3;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 60_000;
/** Beyond the server's own limit: for a server or a network that has stopped without a word. */
const SILENCE_MS = 5_000;
const CLOSE_LIMIT_MS = 1_000;

/** PostgreSQL by way of `pg`, which is loaded with the first connection: most sessions need none. */
export function createPostgresEngine(): PostgresEngine {
	return { open: openPostgres };
}

function openPostgres(place: PostgresPlace, password: () => Promise<string | null>): PostgresDatabase {
	const label = `${place.host}:${place.port}/${place.database}`;
	let opening: Promise<Pool> | undefined;
	let isClosed = false;

	async function openPool(): Promise<Pool> {
		const { default: pg } = await import('pg');
		const pool = new pg.Pool(poolConfig(place, password));
		// A connection that breaks while nobody waits for it, idle or between two statements, is noticed with its next use.
		pool.on('error', () => undefined);
		pool.on('connect', (client) => void client.on('error', () => undefined));
		return pool;
	}

	async function connect(): Promise<PoolClient> {
		if (isClosed) throw new CoordinatorError('cancelled', 'The database was closed.');
		opening ??= openPool();
		try {
			return await (await opening).connect();
		} catch (error) {
			// The next attempt may find another certificate file.
			if (CoordinatorError.is(error, 'file-unreadable')) opening = undefined;
			throw toPostgresError(error, label);
		}
	}

	return {
		label,
		async transaction(work, { isReadOnly = false, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = {}) {
			const client = await connect();
			const query: PostgresConnection['query'] = async (sql, parameters) => {
				try {
					// The library's types do not know that a single query may have its own limit of silence.
					const request = { text: sql, query_timeout: statementTimeoutMs + SILENCE_MS, ...(parameters ? { values: [...parameters] } : {}) };
					const answer = await client.query<PostgresRow>(request);
					const last = Array.isArray(answer) ? (answer.at(-1) as typeof answer) : answer;
					return { rows: last.rows, changes: last.rowCount ?? 0 };
				} catch (error) {
					throw toPostgresError(error, label);
				}
			};
			try {
				await query(beginning(isReadOnly, statementTimeoutMs));
				const result = await work({ query });
				await query('COMMIT');
				client.release();
				return result;
			} catch (error) {
				const failure = toPostgresError(error, label);
				const isKept = isConnectionFine(failure) && (await query('ROLLBACK').then(Boolean, () => false));
				// A connection to a server that fails over, or that is read-only now, must not be used again.
				client.release(!isKept);
				throw failure;
			}
		},
		async close() {
			isClosed = true;
			const pool = await opening?.catch(() => undefined);
			// A server that has stopped without a word never says that the connection is closed.
			if (pool) await Promise.race([pool.end().catch(() => undefined), setTimeout(CLOSE_LIMIT_MS, undefined, { ref: false })]);
		},
	};
}

/** Limits are set within the transaction, so that they also hold behind a pool of connections that forgets what a session set. */
function beginning(isReadOnly: boolean, statementTimeoutMs: number): string {
	return [
		isReadOnly ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN',
		`SET LOCAL statement_timeout = ${statementTimeoutMs}`,
		`SET LOCAL lock_timeout = ${Math.min(LOCK_TIMEOUT_MS, statementTimeoutMs)}`,
		`SET LOCAL idle_in_transaction_session_timeout = ${STATEMENT_TIMEOUT_MS + SILENCE_MS}`,
		// A server that acknowledges before it has written would lose rows that are removed from the outbox.
		"SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'",
	].join('; ');
}

function poolConfig(place: PostgresPlace, password: () => Promise<string | null>): PoolConfig {
	const { host, port, database, user } = place;
	return {
		host,
		port,
		database,
		user,
		ssl: tlsOptions(place),
		// An empty text, unlike nothing at all, keeps the library from looking for a password in the environment and in the user's files.
		password: async () => (await password()) ?? '',
		max: MOST_CONNECTIONS,
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
		idleTimeoutMillis: IDLE_MS,
		allowExitOnIdle: true,
		keepAlive: true,
		application_name: 'hybrid-coordinator',
	};
}

function tlsOptions({ tls: mode, certificateFile }: PostgresPlace): tls.ConnectionOptions | false {
	if (mode === 'off') return false;
	if (mode === 'encrypt') return { rejectUnauthorized: false };
	const own = certificateFile === null ? [] : [readCertificates(certificateFile)];
	const known = own.length > 0 ? (knownAuthorities() ?? tls.rootCertificates) : knownAuthorities();
	return {
		...(known ? { ca: [...known, ...own] } : {}),
	};
}

function readCertificates(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		throw new CoordinatorError('file-unreadable', `The certificate file ${path} cannot be read.`, { details: { path } });
	}
}
