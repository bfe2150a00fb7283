/** What a column may hold. Booleans are stored as 0 and 1 by the caller. */
export type SqliteValue = string | number | bigint | null | Uint8Array;
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** A prepared statement with positional parameters. Valid until its database is closed. */
export interface SqliteStatement {
	run(...parameters: readonly SqliteValue[]): {
		readonly changes: number;
		readonly lastInsertRowid: number;
	};
	get(...parameters: readonly SqliteValue[]): SqliteRow | undefined;
	all(...parameters: readonly SqliteValue[]): SqliteRow[];
	/** Rows one by one; finish or abandon the loop before running the same statement again. */
	iterate(...parameters: readonly SqliteValue[]): IterableIterator<SqliteRow>;
}

/**
 * One open database. All calls are synchronous: a coordinator has its own process, so it is nobody's UI that waits.
 * Errors are CoordinatorErrors: `database-corrupt`, `database-locked` (retryable), `database-readonly`, `disk-full`, else `internal`.
 */
export interface SqliteDatabase {
	readonly engine: 'node:sqlite' | 'sql.js';
	/** Whether other processes may have the file open at the same time and see each other's commits. */
	readonly isShared: boolean;
	exec(sql: string): void;
	/** Prepares, or returns the statement prepared earlier for the same text. */
	prepare(sql: string): SqliteStatement;
	/** Runs `work` in BEGIN IMMEDIATE … COMMIT; rolls back and rethrows when it throws. Nested calls join the outer one. */
	transaction<T>(work: () => T): T;
	/** Writes a copy of the whole database, mode 0600, to a path that does not exist yet. Not within a transaction. */
	copyTo(path: string): void;
	/** Grows by at least one with every commit of another connection (PRAGMA data_version); constant where `isShared` is false. */
	dataVersion(): number;
	close(): void;
}

/** Opens databases. WAL, busy timeout 5 s, foreign keys on; files 0600, folders 0700, made when missing. */
export interface SqliteEngine {
	readonly name: SqliteDatabase['engine'];
	open(path: string, options?: { readonly readOnly?: boolean }): Promise<SqliteDatabase>;
	/** `PRAGMA user_version` without changing the database, its log or their modes; null where there is no database. Rejects as `open`. */
	schemaVersion(path: string): Promise<number | null>;
	/**
	 * Empties a database, whatever its schema, unless somebody has it open, this process included: then false, and nothing is changed. True when there
	 * was nothing. One that is damaged is removed. Rejects as `open`.
	 */
	clear(path: string): Promise<boolean>;
	/** Renames a closed database, with what belongs to it, to `path.suffix`. */
	setAside(path: string, suffix: string): Promise<void>;
}
