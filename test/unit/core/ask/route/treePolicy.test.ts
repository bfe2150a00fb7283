import { describe, expect, it } from 'vitest';
import { decideByTree } from '#core/ask/route/treePolicy';

const SETTINGS = { preferLocal: true, localConfidenceThreshold: 0.7, hybridTokenThreshold: 4000 };
const COMPLEXITIES = ['simple', 'medium', 'complex'] as const;

describe('the decision tree', () => {
	it('answers each combination as its table says', () => {
		const rows = COMPLEXITIES.flatMap((complexity) =>
			[true, false].flatMap((hasContext) =>
				[0.7, 0.71].flatMap((localConfidence) =>
					[4000, 4001].map((tokens) => {
						const { target, reason } = decideByTree({ complexity, hasContext, localConfidence, tokens }, SETTINGS);
						return `${complexity} ${hasContext ? 'context' : 'bare'} ${localConfidence} ${tokens}: ${target}, ${reason.code}`;
					}),
				),
			),
		);
		expect(rows).toEqual([
			'simple context 0.7 4000: local, simple-with-context',
			'simple context 0.7 4001: local, simple-with-context',
			'simple context 0.71 4000: local, simple-with-context',
			'simple context 0.71 4001: local, simple-with-context',
			'simple bare 0.7 4000: local, default-local',
			'simple bare 0.7 4001: hybrid, heavy-context',
			'simple bare 0.71 4000: local, default-local',
			'simple bare 0.71 4001: hybrid, heavy-context',
			'medium context 0.7 4000: local, default-local',
			'medium context 0.7 4001: hybrid, heavy-context',
			'medium context 0.71 4000: local, local-is-confident',
			'medium context 0.71 4001: local, local-is-confident',
			'medium bare 0.7 4000: local, default-local',
			'medium bare 0.7 4001: hybrid, heavy-context',
			'medium bare 0.71 4000: local, local-is-confident',
			'medium bare 0.71 4001: local, local-is-confident',
			'complex context 0.7 4000: remote, complex-question',
			'complex context 0.7 4001: hybrid, heavy-context',
			'complex context 0.71 4000: remote, complex-question',
			'complex context 0.71 4001: hybrid, heavy-context',
			'complex bare 0.7 4000: remote, complex-question',
			'complex bare 0.7 4001: hybrid, heavy-context',
			'complex bare 0.71 4000: remote, complex-question',
			'complex bare 0.71 4001: hybrid, heavy-context',
		]);
	});

	it('follows its three settings', () => {
		const medium = { complexity: 'medium', hasContext: false, localConfidence: 0.8, tokens: 3000 } as const;
		expect(decideByTree(medium, { ...SETTINGS, preferLocal: false }).target).toBe('remote');
		expect(decideByTree(medium, { ...SETTINGS, localConfidenceThreshold: 0.9, hybridTokenThreshold: 2000 }).target).toBe('hybrid');
		expect(decideByTree({ ...medium, complexity: 'simple', hasContext: true }, { ...SETTINGS, preferLocal: false }).target).toBe('local');
	});
});
