import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createRouter } from '#core/ask/route/router';
import { DEFAULT_SETTINGS } from '#core/settings';
import { openKnowledge } from '#core/store/openStores';
import { benchPorts } from './support/benchPorts.ts';
import { routeRequest, STRONG, WEAK } from './support/routeRequests.ts';
import { seededRandom } from './support/routingMetrics.ts';
import { wordSource } from './support/syntheticIndex.ts';

const DIMENSION = 384;

/**
 * What a routing decision costs after `--interactions N` past ones (default 100,000), made up and written to a real store: milliseconds of one
 * decision among four models, of taking an outcome, and of the first decision after a start, which reads what is remembered.
 */
export async function run(parameters: string[]) {
	const { values } = parseArgs({ args: parameters, options: { interactions: { type: 'string', default: '100000' }, decisions: { type: 'string', default: '300' } } });
	const interactions = Number(values.interactions);
	const folder = mkdtempSync(join(tmpdir(), 'hybrid-bench-overhead-'));
	const { collections: vectors, routes: store } = await openKnowledge({ ports: benchPorts(0), dataDirectory: folder });
	const random = seededRandom(3);
	const word = wordSource(random);
	const models = [WEAK, { ...WEAK, id: 'weak-coder', sizeBillions: 14 }, STRONG, { ...STRONG, id: 'strong-reasoning', sizeBillions: 400 }];
	const request = (id: string) => ({
		...routeRequest({ id, text: `Why does ${word()} fail when ${word()} is not ${word()}, and where is ${word()} set?`, vector: unitVector(random), timeMs: 1 }),
		models,
	});
	// Decisions of the past are not made again: an outcome's row is what counts.
	const template = createRouter({ settings: () => DEFAULT_SETTINGS.routing, store: null, random });
	template.decide(request('template'));
	template.observe({ interactionId: 'template', modelId: 'weak', success: 1, weight: 1, timeMs: 1 });
	const [experience] = template.exportState().experiences;
	if (!experience) throw new Error('The router kept no outcome.');
	const plain = Float32Array.from(experience.features.plain);
	for (let i = 0; i < interactions; i++) {
		const features = { ...experience.features, plain: plain.map((value) => value * random()), vector: { modelId: 'bench', values: unitVector(random) } };
		const modelId = models[Math.floor(random() * models.length)]?.id ?? 'weak';
		store.append({ ...experience, interactionId: `past-${i}`, modelId, success: Number(random() < 0.6), features });
	}

	const router = createRouter({ settings: () => DEFAULT_SETTINGS.routing, store, random });
	const [firstMs = 0] = time(1, () => router.decide(request('first')));
	const cpu = process.cpuUsage();
	const decisionsMs = time(Number(values.decisions), (index) => router.decide(request(`now-${index}`)));
	const { user, system } = process.cpuUsage(cpu);
	const meanCpuMs = Math.round((user + system) / 10 / decisionsMs.length) / 100;
	const outcomesMs = time(Number(values.decisions), (index) => router.observe({ interactionId: `now-${index}`, modelId: 'weak', success: 1, weight: 1, timeMs: 2 }));
	await vectors.close();
	rmSync(folder, { recursive: true, force: true });
	return {
		data: `${interactions} made-up interactions, ${models.length} models`,
		n: decisionsMs.length,
		figures: {
			p50Ms: quantile(decisionsMs, 0.5),
			p95Ms: quantile(decisionsMs, 0.95),
			outcomeP95Ms: quantile(outcomesMs, 0.95),
			firstDecisionMs: quantile([firstMs], 1),
			// Processor time, which other programs on the machine disturb less.
			meanCpuMs,
		},
		settings: { dimension: DIMENSION, remembered: router.experienceCount },
	};
}

function time(count: number, work: (index: number) => unknown): number[] {
	return Array.from({ length: count }, (_, index) => {
		const start = performance.now();
		work(index);
		return performance.now() - start;
	});
}

const quantile = (values: readonly number[], share: number) =>
	Math.round(100 * (values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0)) / 100;

function unitVector(random: () => number): Float32Array {
	const values = Float32Array.from({ length: DIMENSION }, () => random() - 0.5);
	const length = Math.hypot(...values);
	return values.map((value) => value / length);
}
