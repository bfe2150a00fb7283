import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { PostgresPlace } from '#core/store/postgres';
import { findPostgres } from './findPostgres.ts';

/** A server of the tests' own, on this machine, with a password; it can be killed, stopped, and started again on the same port. */
export interface PostgresServer {
	readonly password: string;
	readonly folder: string;
	/** Where its programs lie. */
	readonly programs: string;
	place(database: string, more?: Partial<PostgresPlace>): PostgresPlace;
	/** Writes a file that the server alone may read, and tells its path. */
	addFile(name: string, text: string): string;
	/** Makes an empty database and tells where it is. */
	createDatabase(): Promise<PostgresPlace>;
	/** Asks as the superuser. */
	query(database: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
	/** Ends the server and all that serve its connections at once, as a crash would. */
	kill(): Promise<void>;
	/** Freezes it, or lets it go on: connections stay open, and nothing answers. */
	freeze(isFrozen: boolean): void;
	start(options?: readonly string[]): Promise<void>;
	/** Another server that follows this one, and takes over when it is told to by `SELECT pg_promote()`. Needs the tool `pg_basebackup`. */
	standby(): Promise<PostgresServer>;
	dispose(): Promise<void>;
}

const USER = 'app';
const PASSWORD = 'a secret of the tests';

/** Starts a server, with these `tools` beside it, or tells why there is none here. PostgreSQL refuses to run as root, so root lets an unprivileged user run it. */
export async function startPostgres(options: readonly string[] = [], tools: readonly string[] = []): Promise<PostgresServer | { readonly reason: string }> {
	const found = findPostgres(tools);
	if ('reason' in found) return found;
	const owner = unprivilegedUser();
	const { folder, passwordFile } = createFolder(owner);
	const bin = (name: string) => join(found.folder, name);
	try {
		const parameters = ['-D', join(folder, 'data'), '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--no-locale', '-N'];
		execFileSync(bin('initdb'), parameters, { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
		return await runServer({ programs: found.folder, owner, folder, options });
	} catch (error) {
		rmSync(folder, { recursive: true, force: true });
		return { reason: `it does not run here: ${String(error instanceof Error ? error.message : error).split('\n')[0]}` };
	}
}

/** Who is to run the server; nothing where this process's user may. */
type Owner = { readonly uid: number; readonly gid: number } | undefined;

function createFolder(owner: Owner): { readonly folder: string; readonly passwordFile: string } {
	const folder = mkdtempSync(join(tmpdir(), 'hybrid-postgres-'));
	const passwordFile = join(folder, 'password');
	writeFileSync(passwordFile, PASSWORD);
	chmodSync(folder, 0o700);
	if (owner) for (const path of [folder, passwordFile]) chownSync(path, owner.uid, owner.gid);
	return { folder, passwordFile };
}

/** Runs a server over the `data` in a folder; rejects where it does not start. */
async function runServer(options: {
	readonly programs: string;
	readonly owner: Owner;
	readonly folder: string;
	readonly options: readonly string[];
}): Promise<PostgresServer> {
	const { programs, owner, folder } = options;
	const data = join(folder, 'data');
	const bin = (name: string) => join(programs, name);
	const port = await freePort();
	let server: ChildProcess | undefined;
	let last = options.options;
	const names = { count: 0 };

	const place = (database: string, more: Partial<PostgresPlace> = {}): PostgresPlace => ({
		host: '127.0.0.1',
		port,
		database,
		user: USER,
		tls: 'off',
		certificateFile: null,
		...more,
	});
	const query = async (database: string, sql: string) => {
		const client = new pg.Client({ host: '127.0.0.1', port, user: USER, password: PASSWORD, database, ssl: false });
		client.on('error', () => undefined);
		await client.connect();
		try {
			return (await client.query(sql)).rows;
		} finally {
			await client.end();
		}
	};
	/** The server ends first; its helpers notice that and end too, but hold its memory until then. */
	const start = async (more: readonly string[] = last) => {
		last = more;
		for (let attempt = 0; attempt < 200; attempt++) {
			if (server?.exitCode !== null || server.signalCode !== null) {
				const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off', ...more].flatMap((setting) => ['-c', setting]);
				server = spawn(bin('postgres'), ['-D', data, ...settings], { ...owner, cwd: folder, stdio: 'ignore' });
			}
			if (await query('postgres', 'SELECT 1').then(Boolean, () => false)) return;
			await setTimeout(50);
		}
		throw new Error('The database server of the tests does not start.');
	};
	/** To the server and its helpers, each of which is in a group of its own. */
	const signal = (name: NodeJS.Signals) => {
		if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
		for (const id of [server.pid, ...childrenOf(server.pid)]) {
			try {
				process.kill(id, name);
			} catch {
				// It has just ended.
			}
		}
	};
	const end = async (name: NodeJS.Signals) => {
		if (!server || server.exitCode !== null || server.signalCode !== null) return;
		const ended = once(server, 'exit');
		if (name === 'SIGKILL') signal(name);
		else server.kill(name);
		await ended;
	};

	await start();
	return {
		password: PASSWORD,
		folder,
		programs,
		place,
		addFile(name, text) {
			const path = join(folder, name);
			writeFileSync(path, text, { mode: 0o600 });
			if (owner) chownSync(path, owner.uid, owner.gid);
			return path;
		},
		async createDatabase() {
			const name = `test${++names.count}`;
			await query('postgres', `CREATE DATABASE ${name}`);
			return place(name);
		},
		query,
		kill: () => end('SIGKILL'),
		freeze: (isFrozen) => signal(isFrozen ? 'SIGSTOP' : 'SIGCONT'),
		start,
		async standby() {
			const other = createFolder(owner);
			const parameters = ['-h', '127.0.0.1', '-p', String(port), '-U', USER, '-D', join(other.folder, 'data'), '-R', '-c', 'fast', '-N'];
			execFileSync(bin('pg_basebackup'), parameters, { ...owner, cwd: other.folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PGPASSWORD: PASSWORD } });
			return runServer({ programs, owner, folder: other.folder, options: [] });
		},
		async dispose() {
			signal('SIGCONT');
			await end('SIGQUIT');
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function childrenOf(id: number): readonly number[] {
	if (process.platform === 'linux') {
		const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
		return ids.filter((child) => parentOf(child) === id).map(Number);
	}
	const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
	const pairs = table
		.trim()
		.split('\n')
		.map((line) => line.trim().split(/\s+/).map(Number));
	return pairs.flatMap(([child, parent]) => (child !== undefined && parent === id ? [child] : []));
}

function parentOf(id: string): number | undefined {
	try {
		return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]);
	} catch {
		// It has just ended.
		return undefined;
	}
}

/** Ids to run as; nothing where this process is not root. */
function unprivilegedUser(): Owner {
	if (process.getuid?.() !== 0) return undefined;
	for (const name of ['postgres', 'nobody']) {
		try {
			const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
			return { uid: id('-u'), gid: id('-g') };
		} catch {
			// The next name.
		}
	}
	return undefined;
}

async function freePort(): Promise<number> {
	const listener = createServer().listen(0, '127.0.0.1');
	await once(listener, 'listening');
	const address = listener.address();
	listener.close();
	await once(listener, 'close');
	if (address === null || typeof address === 'string') throw new Error('There is no free port.');
	return address.port;
}
