import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRouter } from '#core/ask/route/router';
import type { RouteRequest } from '#core/domain/route';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import { localModel, remoteModel, repeatable, routeRequest } from '../../../../support/routes.ts';

const HARD = 'Redesign the architecture of the scheduler, across all services, without deadlocks: first the queue, then the workers, then the store.';

function decide(changes: Partial<RouteRequest>, settings: Partial<Settings['routing']> = {}) {
	const router = createRouter({ settings: () => ({ ...DEFAULT_SETTINGS.routing, explorationShare: 0, ...settings }), store: null, random: repeatable(1) });
	return router.decide(routeRequest(changes));
}
const codes = ({ reasons }: ReturnType<typeof decide>) => reasons.map(({ code }) => code);

describe('hard rules', () => {
	it('never send local-only content or an untrusted workspace to a remote model, whatever else is asked', () => {
		const model = fc.record({
			id: fc.constantFrom('a', 'b', 'c', 'd'),
			label: fc.string(),
			isRemote: fc.boolean(),
			contextTokens: fc.option(fc.integer({ min: 1, max: 100_000 })),
			sizeBillions: fc.option(fc.double({ min: 0, max: 700, noNaN: true })),
			roles: fc.subarray(['general', 'coder', 'reasoning', 'embedding'] as const),
			price: fc.option(fc.record({ inputUsdPerMillion: fc.integer({ min: 0, max: 99 }), outputUsdPerMillion: fc.integer({ min: 0, max: 99 }) })),
			isHealthy: fc.boolean(),
			latencyMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
		});
		const request = fc.record({
			text: fc.string({ maxLength: 400 }),
			promptTokens: fc.integer({ min: 0, max: 50_000 }),
			models: fc.uniqueArray(model, { selector: ({ id }) => id, maxLength: 4 }),
			chosenModelId: fc.option(fc.constantFrom('a', 'b', 'c', 'd')),
			budget: fc.record({ remainingUsd: fc.option(fc.double({ min: -1, max: 1, noNaN: true })), atLimit: fc.constantFrom('stop' as const, 'local' as const) }),
		});
		const settings = fc.record({
			policy: fc.constantFrom('learned' as const, 'tree' as const),
			preferLocal: fc.boolean(),
			explorationShare: fc.constantFrom(0, 0.5, 1),
			remoteShare: fc.constantFrom(null, 0, 0.5, 1),
		});
		fc.assert(
			fc.property(fc.array(request, { minLength: 1, maxLength: 6 }), settings, fc.boolean(), (requests, chosen, isTrusted) => {
				const router = createRouter({ settings: () => ({ ...DEFAULT_SETTINGS.routing, ...chosen }), store: null, random: repeatable(3) });
				for (const changes of requests) {
					const { modelId, compressorId, target, alternatives } = router.decide(routeRequest({ ...changes, isTrusted, isLocalOnly: isTrusted }));
					const remote = changes.models.filter(({ isRemote }) => isRemote).map(({ id }) => id);
					expect(remote).not.toContain(modelId);
					expect(remote).not.toContain(compressorId);
					expect(target).toBe('local');
					for (const { isRemote, excludedBy } of alternatives) if (isRemote) expect(excludedBy?.code).toBe(isTrusted ? 'local-only-content' : 'untrusted-workspace');
				}
			}),
			{ numRuns: 200 },
		);
	});

	it('honour the choice of the user, and say so when they cannot', () => {
		expect(decide({ chosenModelId: 'remote' })).toMatchObject({ modelId: 'remote', policy: 'rule', target: 'remote', reasons: [{ code: 'user-choice' }] });
		const refused = decide({ chosenModelId: 'remote', isLocalOnly: true });
		expect(refused.modelId).toBe('local');
		expect(codes(refused)).toEqual(['choice-excluded', 'local-only-content', 'best-utility']);
	});

	it('leave out a model that is down, too small for the prompt, or no chat model', () => {
		const models = [
			{ ...localModel, isHealthy: false },
			{ ...localModel, id: 'small', contextTokens: 512 },
			{ ...localModel, id: 'embedder', roles: ['embedding' as const] },
			remoteModel,
		];
		const { modelId, alternatives } = decide({ models });
		expect(modelId).toBe('remote');
		expect(alternatives.map(({ excludedBy }) => excludedBy?.code)).toEqual(['unhealthy', 'context-too-long', 'not-a-chat-model', undefined]);
		expect(decide({ models: models.slice(0, 3) })).toMatchObject({ modelId: null, confidence: 0, reasons: [{ code: 'no-model' }] });
	});

	it('go local or stop at the limit of the budget, also against the choice of the user', () => {
		const spent = { remainingUsd: 0, atLimit: 'local' as const };
		expect(decide({ text: HARD, budget: spent }, { policy: 'tree' })).toMatchObject({ modelId: 'local', target: 'local', policy: 'rule' });
		expect(codes(decide({ chosenModelId: 'remote', budget: spent }))).toEqual(['user-choice', 'budget-local']);
		const stopped = decide({ chosenModelId: 'remote', budget: { remainingUsd: 0.0001, atLimit: 'stop' } });
		expect(stopped.modelId).toBeNull();
		expect(codes(stopped)).toEqual(['user-choice', 'budget-stop']);
		expect(decide({ chosenModelId: 'remote', budget: { remainingUsd: 5, atLimit: 'stop' } }).modelId).toBe('remote');
	});

	it('do not take an unknown price for nothing', () => {
		const models = [localModel, { ...remoteModel, price: null }];
		expect(decide({ models, chosenModelId: 'remote', budget: { remainingUsd: 0, atLimit: 'local' } }).modelId).toBe('local');
		expect(decide({ models }).alternatives[1]?.costUsd).toBeNull();
	});
});

describe('the policies', () => {
	it('take the tree’s target, with a local model that compresses for hybrid', () => {
		expect(decide({ text: HARD, promptTokens: 6000 }, { policy: 'tree' })).toMatchObject({
			target: 'hybrid',
			modelId: 'remote',
			compressorId: 'local',
			complexity: 'complex',
		});
		expect(decide({ text: HARD }, { policy: 'tree' })).toMatchObject({ target: 'remote', modelId: 'remote', compressorId: null });
		expect(decide({}, { policy: 'tree' })).toMatchObject({ target: 'local', modelId: 'local', complexity: 'simple' });
	});

	it('go to the other side where the tree’s has no model, and say so', () => {
		expect(codes(decide({ text: HARD, models: [localModel] }, { policy: 'tree' }))).toEqual(['complex-question', 'no-remote-model']);
		expect(decide({ models: [remoteModel] }, { policy: 'tree' })).toMatchObject({ modelId: 'remote', target: 'remote' });
		const heavy = decide({ text: HARD, promptTokens: 6000, models: [remoteModel] }, { policy: 'tree' });
		expect(heavy).toMatchObject({ target: 'remote', compressorId: null });
		expect(codes(heavy)).toEqual(['heavy-context', 'no-local-model']);
	});

	it('send an easy question to the local and a hard one to the remote model on the first day', () => {
		expect(decide({}).modelId).toBe('local');
		const hard = `${HARD} ${'Consider the retries, the back-off, and every timeout, not only the usual ones. '.repeat(10)}`;
		expect(decide({ text: hard }).modelId).toBe('remote');
	});

	it('have heavy code shortened for the remote model where a local one is there, and do not say so where none is', () => {
		const heavy = { text: `${HARD} ${'Consider the retries, the back-off, and every timeout, not only the usual ones. '.repeat(10)}`, promptTokens: 6000 };
		const both = decide(heavy);
		expect(both).toMatchObject({ target: 'hybrid', modelId: 'remote', compressorId: 'local' });
		expect(codes(both)).toEqual(['best-utility', 'heavy-context']);
		const alone = decide({ ...heavy, models: [remoteModel, { ...localModel, isHealthy: false }] });
		expect(alone).toMatchObject({ target: 'remote', modelId: 'remote', compressorId: null });
		expect(codes(alone)).toEqual(['best-utility']);
	});

	it('weigh a price against what an answer is worth', () => {
		const dear = { ...remoteModel, price: { inputUsdPerMillion: 1000, outputUsdPerMillion: 1000 } };
		expect(decide({ text: HARD, models: [localModel, dear] }).modelId).toBe('local');
		expect(decide({ text: `${HARD} ${HARD}`, models: [localModel, dear] }, { answerValueUsd: 100, preferLocal: false }).modelId).toBe('remote');
	});
});
