import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

/**
 * Resident memory in MiB of a process of its own that holds the bundled model and the index of `--chunks N` (default 100,000) invented
 * chunks, after 20 questions through the real pipeline. The index is the one of the search bench, made when missing.
 */
export async function run(parameters: readonly string[]) {
	const { values } = parseArgs({
		args: [...parameters],
		options: { chunks: { type: 'string', default: '100000' } },
	});
	// Bundled as the coordinator is: Node would keep its compiler of TypeScript in the memory that is measured.
	const child = join(import.meta.dirname, '..', '.cache', 'bench', 'memoryChild.mjs');
	await build({
		entryPoints: [join(import.meta.dirname, 'support', 'memoryChild.ts')],
		outfile: child,
		bundle: true,
		format: 'esm',
		platform: 'node',
		banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
		logLevel: 'error',
	});
	const measure = (questions: number) => {
		const output = execFileSync(process.execPath, [child, values.chunks, String(questions)], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		return JSON.parse(output) as {
			readonly rssMb: number;
			readonly peakMb: number;
			readonly heapMb: number;
			readonly bareMb: number;
		};
	};
	// A first process makes the index, and its snapshot, where they are missing, so that their making is not in the figure.
	measure(0);
	const { rssMb, peakMb, heapMb, bareMb } = measure(20);
	return {
		data: `${values.chunks} invented chunks`,
		n: 20,
		figures: { rssMb, peakMb, heapMb },
		settings: { questions: 20 },
		peers: { processBeforeLoading: { rssMb: bareMb } },
	};
}
