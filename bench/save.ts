import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCoordinator } from '#core/coordinator';
import { settingsFromWire } from '#core/settingsFromWire';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';

const GENERATED_FILES = 10_000;

/**
 * From a file written to its new words found, in milliseconds, through a coordinator in this process that is told of the change as a watcher
 * would. `--workspace DIR` (default: a generated tree of 10,000 files), which gets a folder of its own for the writes; `--saves N` (default 60):
 * half change a known file, half make a new one.
 */
export async function run(args: readonly string[]) {
	const { values } = parseArgs({ args: [...args], options: { workspace: { type: 'string' }, saves: { type: 'string', default: '60' } } });
	const scratch = mkdtempSync(join(tmpdir(), 'hybrid-bench-'));
	const workspace = values.workspace ?? generate(join(scratch, 'tree'));
	const written = mkdtempSync(join(workspace, 'save-bench-'));
	// The coordinator's own timers keep no process alive.
	const awake = setInterval(() => undefined, 1_000);
	try {
		const ports = createPorts({
			assetsPath: join(import.meta.dirname, '..', 'dist'),
			threads: 0,
			log: createLog(() => undefined, 'off'),
			secrets: { get: async () => null },
			hostModels: { models: async () => [] },
		});
		const { settings } = settingsFromWire({ embedding: { provider: 'none' } });
		const { coordinator } = await createCoordinator({ ports, settings, dataDirectory: join(scratch, 'data') });
		const file = (name: string) => join(written, name);
		writeFileSync(file('known.ts'), 'export const before = 1;\n');
		await coordinator.openFolders([{ path: workspace, name: 'workspace' }]);
		await coordinator.startIndexing();
		const files = coordinator.status().folders[0]?.files ?? 0;
		await coordinator.search({ query: 'before', limit: 1, canEmbed: false });
		const timings: Record<'changed' | 'created', number[]> = { changed: [], created: [] };
		for (let i = 0; i < Number(values.saves); i++) {
			const kind = i % 2 === 0 ? 'changed' : 'created';
			const path = file(kind === 'changed' ? 'known.ts' : `new${i}.ts`);
			const word = `zebrafinch${i}quokka`;
			await coordinator.whenIdle();
			const startedMs = performance.now();
			writeFileSync(path, `/** Save ${i}. */\nexport function ${word}(): number {\n\treturn ${i};\n}\n`);
			coordinator.filesChanged([{ path, kind }]);
			for (;;) {
				const { hits } = await coordinator.search({ query: word, limit: 1, canEmbed: false });
				if (hits[0]?.symbol === word) break;
				await ports.clock.delay(2);
			}
			timings[kind].push(performance.now() - startedMs);
		}
		await coordinator.close();
		const all = [...timings.changed, ...timings.created];
		return {
			data: values.workspace ?? `${GENERATED_FILES} generated files`,
			n: all.length,
			figures: {
				files,
				p50Ms: percentile(all, 0.5),
				p95Ms: percentile(all, 0.95),
				changedP95Ms: percentile(timings.changed, 0.95),
				createdP95Ms: percentile(timings.created, 0.95),
			},
			settings: { embedding: 'none', debounceMs: 60 },
			peers: { rereadOfTheFileAlone: { p50Ms: percentile(readTimes(file('known.ts')), 0.5) } },
		};
	} finally {
		clearInterval(awake);
		rmSync(written, { recursive: true, force: true });
		rmSync(scratch, { recursive: true, force: true });
	}
}

/** A tree of small modules in 200 folders. */
function generate(root: string): string {
	for (let i = 0; i < GENERATED_FILES; i++) {
		const path = join(root, `package${i % 20}`, `part${i % 200}`, `module${i}.ts`);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(
			path,
			`import { shared } from '../shared';\n\n/** Handles case ${i}. */\nexport function handleCase${i}(input: string): string {\n\treturn shared(input, ${i});\n}\n`,
		);
	}
	return root;
}

function readTimes(path: string): number[] {
	return Array.from({ length: 100 }, () => {
		const startedMs = performance.now();
		readFileSync(path);
		return performance.now() - startedMs;
	});
}

function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100;
}
