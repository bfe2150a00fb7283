import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRouter } from '#core/ask/route/router';
import { DEFAULT_SETTINGS } from '#core/settings';
import { localModel, remoteModel, routeRequest } from '../../../../support/routes.ts';

const QUESTIONS = ['What does the parser do?', 'Design and refactor the architecture of the billing module, and explain the trade-offs step by step.'];
const models = [0.5, 7, 70, 400].map((sizeBillions) => ({ ...localModel, id: `m${sizeBillions}`, sizeBillions }));

function routerAfter(outcomes: number, modelId = 'm7', success = 1) {
	const router = createRouter({ settings: () => ({ ...DEFAULT_SETTINGS.routing, explorationShare: 0 }), store: null, random: () => 0.5 });
	for (let i = 0; i < outcomes; i++) {
		router.decide(routeRequest({ interactionId: `i${i}`, models }));
		router.observe({ interactionId: `i${i}`, modelId, success, weight: 1, timeMs: i });
	}
	return router;
}

describe('what is shown of how well a model will do', () => {
	it('is no number on the first day, for no model and no question, and no reason has one', () => {
		fc.assert(
			fc.property(fc.constantFrom(...QUESTIONS), fc.constantFrom('learned' as const, 'tree' as const), fc.boolean(), (text, policy, hasRemote) => {
				const router = createRouter({ settings: () => ({ ...DEFAULT_SETTINGS.routing, policy }), store: null, random: () => 0.5 });
				const decision = router.decide(routeRequest({ text, models: [...models, ...(hasRemote ? [remoteModel] : [])] }));
				expect(decision.alternatives.map(({ isKnown, outcomes }) => [isKnown, outcomes])).toEqual(decision.alternatives.map(() => [false, 0]));
				for (const { details = {} } of decision.reasons) expect(Object.keys(details)).not.toContain('successProbability');
				for (const { code, details = {} } of decision.reasons) if (code === 'local-is-confident') expect(details).toEqual({ isPresumed: 1 });
			}),
		);
	});

	it('never has a smaller model presumed to be able to do more than a larger one', () => {
		const { alternatives } = routerAfter(0).decide(routeRequest({ models }));
		const capabilities = alternatives.map(({ capability }) => capability);
		expect(capabilities).toEqual([...capabilities].sort((a, b) => a - b));
		expect(new Set(capabilities).size).toBe(models.length);
	});

	it('makes no smaller model the choice where a larger one costs as much, until a record or a wait speaks for it', () => {
		const request = routeRequest({ models: models.slice(0, 2) });
		expect(routerAfter(0).decide(request).modelId).toBe('m7');
		expect(routerAfter(0).decide(routeRequest({ models: [...request.models].reverse() })).modelId).toBe('m7');
		expect(routerAfter(20, 'm0.5', 1).decide(request).modelId).toBe('m0.5');
		expect(routerAfter(30, 'm7', 0).decide(request).modelId).toBe('m0.5');
		const slow = request.models.map((model) => (model.id === 'm7' ? { ...model, latencyMs: 60_000 } : { ...model, latencyMs: 500 }));
		expect(routerAfter(0).decide(routeRequest({ models: slow })).modelId).toBe('m0.5');
	});

	it('becomes a number of the model whose answers were judged often enough, and of no other', () => {
		const known = (router: ReturnType<typeof routerAfter>) => router.decide(routeRequest({ models })).alternatives.filter(({ isKnown }) => isKnown);
		expect(known(routerAfter(19))).toEqual([]);
		expect(known(routerAfter(20))).toMatchObject([{ modelId: 'm7', outcomes: 20 }]);
	});

	it('is then carried by the outcomes: a model that failed each time is not said to succeed, however easy the question looks', () => {
		const good = routerAfter(20, 'm7', 1).decide(routeRequest({ models, chosenModelId: null }));
		const bad = routerAfter(20, 'm7', 0).decide(routeRequest({ models }));
		const successOf = (decision: typeof good) => decision.alternatives.find(({ modelId }) => modelId === 'm7')?.successProbability;
		expect(successOf(good)).toBeGreaterThan(0.9);
		expect(successOf(bad)).toBeLessThan(0.2);
		const alone = routerAfter(20).decide(routeRequest({ models: models.filter(({ id }) => id === 'm7') }));
		expect(alone.reasons).toContainEqual(expect.objectContaining({ code: 'best-utility', details: expect.objectContaining({ successProbability: successOf(alone) }) }));
	});
});
