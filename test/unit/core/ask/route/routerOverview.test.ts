import { expect, it } from 'vitest';
import { PLAIN_COUNT } from '#core/ask/route/features';
import { overviewOf } from '#core/ask/route/routerOverview';
import type { RouteExperience, WorkKind } from '#core/domain/route';

const experience = (modelId: string, workKind: WorkKind, success: number, weight = 1): RouteExperience => ({
	interactionId: `${modelId}${workKind}${success}`,
	modelId,
	timeMs: 1_000 * success,
	success,
	weight,
	prior: 0.5,
	features: { workKind, difficulty: 0, plain: new Float32Array(PLAIN_COUNT), vector: null },
});

it('an overview of a router tells outcomes by model and kind of work, weighted by how sure they are', () => {
	const overview = overviewOf([experience('b', 'fix', 1), experience('a', 'fix', 1), experience('b', 'fix', 0, 0.25), experience('b', 'explain', 0.5)]);
	expect(overview.outcomes).toBe(4);
	expect(overview.records.map(({ modelId, workKind, outcomes, success }) => [modelId, workKind, outcomes, success])).toEqual([
		['a', 'fix', 1, 1],
		['b', 'fix', 2, 0.8],
		['b', 'explain', 1, 0.5],
	]);
	expect(overview.records[1]).toMatchObject({ presumed: 0.5, lastMs: 1_000 });
});
