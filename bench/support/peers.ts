import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Other search engines, installed beside the project when a bench wants them: they are large, and the product uses none. */
const PACKAGES = {
	usearch: () => ['usearch@2.26.2'],
	lancedb: () => ['@lancedb/lancedb@0.39.0', 'apache-arrow@18.1.0', `@lancedb/lancedb-${platform()}-${arch()}${platform() === 'linux' ? '-gnu' : ''}@0.39.0`],
	ripgrep: () => [`@vscode/ripgrep-${platform()}-${arch()}@1.18.0`],
} as const;

export type Peer = keyof typeof PACKAGES;

/** Requires modules of the peer, which is installed into the temporary folder once; or why it cannot be had, in words. */
export function openPeer(peer: Peer): NodeJS.Require | { readonly missing: string } {
	const folder = join(tmpdir(), 'hybrid-bench-peers', peer);
	const marker = join(folder, 'complete');
	try {
		if (!existsSync(marker)) {
			mkdirSync(folder, { recursive: true });
			writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
			// What is optional to them are other platforms' binaries, and other people's model clients.
			const flags = ['--ignore-scripts', '--omit=optional', '--legacy-peer-deps', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
			execFileSync('npm', ['install', ...flags, ...PACKAGES[peer]()], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], shell: platform() === 'win32' });
			writeFileSync(marker, '');
		}
		return createRequire(join(folder, 'package.json'));
	} catch (error) {
		return { missing: `${peer} could not be installed: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}` };
	}
}

/** The command: that of the PATH, else one installed for the bench. */
export function findRipgrep(): string | { readonly missing: string } {
	try {
		execFileSync('rg', ['--version'], { stdio: 'ignore' });
		return 'rg';
	} catch {
		const open = openPeer('ripgrep');
		if (typeof open !== 'function') return open;
		return join(open.resolve(`@vscode/ripgrep-${platform()}-${arch()}/package.json`), '..', 'bin', platform() === 'win32' ? 'rg.exe' : 'rg');
	}
}

/** Median and 95th percentile of what `search` takes for each item, in milliseconds to a tenth. The first item warms up and is not counted. */
export async function timesOf<T>(items: readonly T[], search: (item: T) => unknown): Promise<{ readonly p50Ms: number; readonly p95Ms: number }> {
	const times: number[] = [];
	for (const [index, item] of [...items.slice(0, 1), ...items].entries()) {
		const start = performance.now();
		await search(item);
		if (index > 0) times.push(performance.now() - start);
	}
	return { p50Ms: percentile(times, 0.5), p95Ms: percentile(times, 0.95) };
}

/** To a tenth. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
}
