/** What a parameter may hold. */
export type PostgresValue = string | number | boolean | null;
/** Columns of `bigint` and `numeric` come as text: they may be more than a number can hold. */
export type PostgresRow = Readonly<Record<string, PostgresValue>>;

/** Statements of one transaction. */
export interface PostgresConnection {
	/** One statement with parameters `$1`, `$2`, …; without parameters several, divided by semicolons, of which the last gives the rows. */
	query(sql: string, parameters?: readonly PostgresValue[]): Promise<{ readonly rows: readonly PostgresRow[]; readonly changes: number }>;
}

/**
 * A database server that may be slow, gone, or another one than a moment ago. Nothing is connected before the first transaction, and no more
 * than a few connections are ever open. Errors are CoordinatorErrors without a word of the server's: `server-unreachable`, `server-timeout`,
 * `database-locked`, `database-readonly`, `disk-full` (all retryable), `unauthorized`, `not-found`, `invalid-argument` (a value that the
 * database cannot hold), else `server-error`.
 */
export interface PostgresDatabase {
	/** Host, port and name, for messages. */
	readonly label: string;
	/**
	 * Runs `work` in a transaction, and rolls back when it throws. What is resolved was written to the server's disk. Every statement, every
	 * wait for a lock and every pause within ends by itself. Read-only ones see one state of the database from beginning to end.
	 */
	transaction<T>(work: (connection: PostgresConnection) => Promise<T>, options?: { readonly isReadOnly?: boolean; readonly statementTimeoutMs?: number }): Promise<T>;
	close(): Promise<void>;
}

/** Where a database is, and as whom. */
export interface PostgresPlace {
	readonly host: string;
	readonly port: number;
	readonly database: string;
	readonly user: string;
	/** `verify`: the certificate must be of the host and of a known authority; `encrypt`: any certificate; `off`: in the clear. */
	readonly tls: 'verify' | 'encrypt' | 'off';
	/** Absolute path of a PEM file with the authorities that count beside those of the system; null: none. */
	readonly certificateFile: string | null;
}

export interface PostgresEngine {
	/** `password` is asked with each new connection; null: the server is to let the user in without one. */
	open(place: PostgresPlace, password: () => Promise<string | null>): PostgresDatabase;
}
