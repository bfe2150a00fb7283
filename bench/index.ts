import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { createCoordinator } from '#core/coordinator';
import { scanWorkspace } from '#core/ingest/scan/scanWorkspace';
import { settingsFromWire } from '#core/settingsFromWire';
import { createFiles } from '#node/files';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';
import { findRipgrep } from './support/peers.ts';

/**
 * How fast a workspace becomes searchable. `--workspace DIR` (default: this repository), `--threads N` (default: all cores), `--vectors`: also
 * until every chunk has its vector. Peers read the same files: ripgrep once over the tree, and SQLite FTS5 indexing the same texts.
 */
export async function run(args: readonly string[]) {
	const { values } = parseArgs({
		args: [...args],
		options: { workspace: { type: 'string' }, threads: { type: 'string' }, vectors: { type: 'boolean', default: false } },
	});
	const workspace = values.workspace ?? join(import.meta.dirname, '..');
	const threads = Number(values.threads ?? availableParallelism());
	const dataDirectory = mkdtempSync(join(tmpdir(), 'hybrid-bench-'));
	// The coordinator's own timers keep no process alive.
	const awake = setInterval(() => undefined, 1_000);
	try {
		const ports = createPorts({
			assetsPath: join(import.meta.dirname, '..', 'dist'),
			threads,
			log: createLog(() => undefined, 'off'),
			secrets: { get: async () => null },
			hostModels: { models: async () => [] },
		});
		const { settings } = settingsFromWire(values.vectors ? {} : { embedding: { provider: 'none' } });
		const { coordinator } = await createCoordinator({ ports, settings, dataDirectory });
		await coordinator.openFolders([{ path: workspace, name: 'workspace' }]);
		const cpuBefore = process.cpuUsage();
		const startedMs = performance.now();
		await coordinator.startIndexing();
		const searchableMs = performance.now() - startedMs;
		const cpu = process.cpuUsage(cpuBefore);
		const cpuSeconds = (cpu.user + cpu.system) / 1e6;
		await coordinator.search({ query: 'first search builds the postings', limit: 1, canEmbed: false });
		const firstAnswerMs = performance.now() - startedMs;
		if (values.vectors) await coordinator.whenIdle({ vectors: true });
		const vectorsMs = performance.now() - startedMs;
		const [folder] = coordinator.status().folders;
		const { sizeBytes } = coordinator.status();
		await coordinator.close();
		const { lines = 0, files = 0, chunks = 0, bytes = 0 } = folder ?? {};
		return {
			data: workspace,
			n: files,
			figures: {
				lines,
				files,
				chunks,
				megabytes: round(bytes / 1e6),
				secondsToSearchable: round(searchableMs / 1000),
				secondsToFirstAnswer: round(firstAnswerMs / 1000),
				...(values.vectors ? { secondsToVectors: round(vectorsMs / 1000) } : {}),
				secondsPerMillionLines: round((searchableMs * 1000) / lines),
				cpuSeconds: round(cpuSeconds),
				mbPerCpuSecond: round(bytes / 1e6 / cpuSeconds),
				indexMegabytes: round(sizeBytes / 1e6),
			},
			settings: { threads, embedding: values.vectors ? settings.embedding.provider : 'none' },
			peers: { ripgrep: ripgrep(workspace), sqliteFts5: await fullText(workspace, join(dataDirectory, 'fts.db')) },
		};
	} finally {
		clearInterval(awake);
		rmSync(dataDirectory, { recursive: true, force: true });
	}
}

/** One pass of ripgrep over the tree, which is what a search without an index costs every time. */
function ripgrep(workspace: string) {
	const command = findRipgrep();
	if (typeof command !== 'string') return command;
	const startedMs = performance.now();
	execFileSync(command, ['-c', '.', '.'], { cwd: workspace, stdio: 'ignore' });
	return { secondsPerSearch: round((performance.now() - startedMs) / 1000) };
}

/** SQLite's full-text index over the same files whole: no chunks, no syntax, no static vectors. */
async function fullText(workspace: string, path: string) {
	const { files } = await scanWorkspace(workspace, createFiles(), { index: settingsFromWire({}).settings.index });
	const database = new DatabaseSync(path);
	const startedMs = performance.now();
	const cpuBefore = process.cpuUsage();
	database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE VIRTUAL TABLE texts USING fts5(path, text)');
	const insert = database.prepare('INSERT INTO texts VALUES (?, ?)');
	database.exec('BEGIN');
	for (const file of files) insert.run(file.path, readFileSync(join(workspace, file.path), 'utf8'));
	database.exec('COMMIT');
	const { user, system } = process.cpuUsage(cpuBefore);
	database.close();
	return { seconds: round((performance.now() - startedMs) / 1000), cpuSeconds: round((user + system) / 1e6), megabytes: round(statSync(path).size / 1e6) };
}

function round(value: number): number {
	return Math.round(value * 100) / 100;
}
