import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRouter } from '#core/ask/route/router';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import type { RouterStateStore } from '#core/store/routerStateStore';
import { repeatable, routeRequest } from '../../../../support/routes.ts';

function routerWith(settings: Partial<Settings['routing']> = {}, seed = 1, store: RouterStateStore | null = null) {
	return createRouter({ settings: () => ({ ...DEFAULT_SETTINGS.routing, explorationShare: 0, ...settings }), store, random: repeatable(seed) });
}
type Router = ReturnType<typeof routerWith>;

/** Asks and tells the outcome `rounds` times; returns the models that were chosen. */
function live(router: Router, rounds: number, succeeds: (modelId: string, round: number) => boolean, start = 0): (string | null)[] {
	return Array.from({ length: rounds }, (_, round) => {
		const interactionId = `round-${start + round}`;
		const { modelId } = router.decide(routeRequest({ interactionId, timeMs: round * 60_000, text: `What does part ${round} of the parser do?` }));
		if (modelId) router.observe({ interactionId, modelId, success: Number(succeeds(modelId, round)), weight: 1, timeMs: round * 60_000 });
		return modelId;
	});
}
const share = (chosen: readonly (string | null)[], modelId: string) => chosen.filter((id) => id === modelId).length / chosen.length;
const localSuccess = (router: Router, text: string) => router.decide(routeRequest({ interactionId: 'probe', text })).alternatives[0]?.successProbability ?? 0;

describe('the learned policy', () => {
	it('moves to the remote model where the local one fails, and its confidence follows', () => {
		const router = routerWith();
		const before = localSuccess(router, 'What does the parser do?');
		const chosen = live(router, 60, (modelId) => modelId === 'remote');
		expect(chosen[0]).toBe('local');
		expect(share(chosen.slice(-20), 'remote')).toBe(1);
		expect(localSuccess(router, 'What does the parser do?')).toBeLessThan(before - 0.3);
	});

	it('tells questions that a model is good at from those that it is not', () => {
		const router = routerWith();
		const bad = routeRequest({ text: 'What does the parser do?', vector: { modelId: 'm', values: Float32Array.of(1, 0) } });
		const good = routeRequest({ text: 'Write unit tests for:\n```\nfunction add(a, b) { return a + b; }\n```', vector: { modelId: 'm', values: Float32Array.of(0, 1) } });
		for (let round = 0; round < 40; round++) {
			router.decide({ ...(round % 2 ? good : bad), interactionId: String(round) });
			router.observe({ interactionId: String(round), modelId: 'local', success: round % 2, weight: 1, timeMs: round });
		}
		const localSuccessOn = (request: typeof good) => router.decide({ ...request, interactionId: 'probe' }).alternatives[0]?.successProbability;
		expect(localSuccessOn(bad)).toBeLessThan(0.25);
		expect(localSuccessOn(good)).toBeGreaterThan(0.75);
	});

	it('corrects an unlucky start when it explores, and not when it may not', () => {
		const unlucky = (modelId: string, round: number) => (modelId === 'local' ? round >= 25 : round < 25);
		const explores = routerWith({ explorationShare: 0.1 }, 5);
		expect(share(live(explores, 400, unlucky).slice(-100), 'local')).toBeGreaterThan(0.5);
		const alwaysFailing = (modelId: string) => modelId === 'remote';
		const still = routerWith({ explorationShare: 0 }, 5);
		live(still, 60, alwaysFailing);
		expect(
			share(
				live(still, 100, () => true, 60),
				'local',
			),
		).toBe(0);
	});

	it('follows a model that changed: what is old counts less', () => {
		const router = routerWith({ explorationShare: 0.1 }, 2);
		expect(share(live(router, 150, () => true).slice(-50), 'local')).toBeGreaterThan(0.8);
		expect(share(live(router, 300, (modelId) => modelId === 'remote', 150).slice(-50), 'remote')).toBeGreaterThan(0.8);
	});

	it('never explores more than its share, at any moment', () => {
		fc.assert(
			fc.property(fc.integer(), fc.constantFrom(0, 0.02, 0.1, 0.3), (seed, explorationShare) => {
				const router = routerWith({ explorationShare }, seed);
				let explored = 0;
				for (let round = 1; round <= 120; round++) {
					const decision = router.decide(routeRequest({ interactionId: String(round) }));
					if (decision.isExploration) {
						explored++;
						expect(decision.reasons.map(({ code }) => code)).toContain('exploration');
					}
					expect(explored).toBeLessThanOrEqual(explorationShare * round + 1e-9);
				}
				expect(explored > 0).toBe(explorationShare > 0);
			}),
			{ numRuns: 20 },
		);
	});

	it('predicts probabilities, whatever the outcomes', () => {
		const outcome = fc.record({
			text: fc.string({ maxLength: 200 }),
			success: fc.double({ min: -2, max: 2 }),
			weight: fc.double({ min: -1, max: 2 }),
			isLocal: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(outcome, { maxLength: 30 }), fc.integer(), (outcomes, seed) => {
				const router = routerWith({ explorationShare: 0.2 }, seed);
				for (const [index, { text, success, weight, isLocal }] of outcomes.entries()) {
					const interactionId = String(index);
					const vector = index % 3 === 0 ? null : { modelId: 'm', values: Float32Array.of(0.6, index % 2 ? 0.8 : -0.8) };
					const { confidence, alternatives } = router.decide(routeRequest({ interactionId, text, vector }));
					for (const value of [confidence, ...alternatives.map((model) => model.successProbability)]) {
						expect(value).toBeGreaterThanOrEqual(0);
						expect(value).toBeLessThanOrEqual(1);
					}
					for (const { uncertainty } of alternatives) expect(uncertainty).toBeGreaterThanOrEqual(0);
					const isTaken = router.observe({ interactionId, modelId: isLocal ? 'local' : 'remote', success, weight, timeMs: index });
					expect(isTaken).toBe(weight > 0 && Number.isFinite(success));
				}
			}),
			{ numRuns: 50 },
		);
	});

	it('spends the share that is to go remote', () => {
		const router = routerWith({ remoteShare: 0.3 });
		const random = repeatable(9);
		const chosen = Array.from({ length: 400 }, (_, index) => router.decide(routeRequest({ interactionId: String(index), text: 'x'.repeat(1 + 500 * random()) })).modelId);
		expect(Math.abs(share(chosen, 'remote') - 0.3)).toBeLessThan(0.03);
	});
});

describe('the memory of a router', () => {
	it('takes a later outcome of the same answer in place of the earlier', () => {
		const router = routerWith();
		router.decide(routeRequest());
		const observe = (success: number) => router.observe({ interactionId: 'one', modelId: 'local', success, weight: 1, timeMs: 2 });
		observe(1);
		const afterPraise = localSuccess(router, 'What does the parser do?');
		observe(0);
		expect(router.experienceCount).toBe(1);
		expect(localSuccess(router, 'What does the parser do?')).toBeLessThan(afterPraise);
		observe(1);
		expect(localSuccess(router, 'What does the parser do?')).toBeCloseTo(afterPraise, 10);
	});

	it('explains a decision, and knows nothing of an unknown one', () => {
		const router = routerWith();
		const decision = router.decide(routeRequest());
		expect(router.explain('one')).toEqual(decision);
		expect(router.explain('two')).toBeNull();
		expect(router.observe({ interactionId: 'two', modelId: 'local', success: 1, weight: 1, timeMs: 1 })).toBe(false);
	});

	it('is exported as JSON, imported elsewhere, and forgotten on demand', () => {
		const router = routerWith();
		live(router, 40, (modelId) => modelId === 'remote');
		const text = 'What does the parser do?';
		const state = JSON.stringify(router.exportState());
		expect(state).not.toContain('parser');
		const other = routerWith();
		const fresh = localSuccess(other, text);
		expect(other.importState(JSON.parse(state))).toBe(40);
		expect(localSuccess(other, text)).toBeCloseTo(localSuccess(router, text), 6);
		other.reset();
		expect(other.experienceCount).toBe(0);
		expect(localSuccess(other, text)).toBe(fresh);
		for (const wrong of [null, 3, {}, { ...JSON.parse(state), version: 2 }, { version: 1, experiences: [{}] }]) {
			expect(() => other.importState(wrong)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
		}
	});

	it('forgets interactions that were deleted, and only those', () => {
		const router = routerWith();
		router.decide(routeRequest());
		router.decide(routeRequest({ interactionId: 'two' }));
		for (const interactionId of ['one', 'two']) router.observe({ interactionId, modelId: 'local', success: 1, weight: 1, timeMs: 2 });
		router.forget(['one', 'unknown']);
		expect(router.experienceCount).toBe(1);
		expect(router.explain('one')).toBeNull();
		expect(router.explain('two')).not.toBeNull();
	});

	it('goes on without a store that fails', () => {
		const fail = () => {
			throw new Error('disk full');
		};
		const problems: unknown[] = [];
		const store: RouterStateStore = { saveRoute: fail, route: fail, append: fail, read: fail, forget: fail, clear: fail };
		const router = createRouter({ settings: () => DEFAULT_SETTINGS.routing, store, random: repeatable(1), onProblem: (error) => problems.push(error) });
		expect(router.decide(routeRequest()).modelId).toBe('local');
		expect(router.observe({ interactionId: 'one', modelId: 'local', success: 1, weight: 1, timeMs: 1 })).toBe(true);
		expect(router.experienceCount).toBe(1);
		expect(problems.length).toBeGreaterThan(0);
	});
});
