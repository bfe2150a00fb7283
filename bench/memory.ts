import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Resident memory in MiB of a process of its own that holds the bundled model and the index of `--chunks N` (default 100,000) invented
 * chunks, after 20 questions through the real pipeline. The index is the one of the search bench, made when missing.
 */
export async function run(parameters: readonly string[]) {
	const { values } = parseArgs({
		args: [...parameters],
		options: { chunks: { type: 'string', default: '100000' } },
	});
	const measure = (questions: number) => {
		const output = execFileSync(process.execPath, [join(import.meta.dirname, 'support', 'memoryChild.ts'), values.chunks, String(questions)], {
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
	// A first process makes the index where it is missing, so that its making is not in the figure.
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
