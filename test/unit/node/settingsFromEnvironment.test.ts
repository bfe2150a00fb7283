import { describe, expect, it } from 'vitest';
import { settingsFromWire } from '#core/settingsFromWire';
import { overEnvironment, settingsFromEnvironment } from '#node/settingsFromEnvironment';

describe('the environment', () => {
	const read = (environment: Record<string, string>) => settingsFromWire(settingsFromEnvironment(environment));

	it('switches learning and its threshold', () => {
		expect(read({ HYBRID_MODE_ENABLED: 'false', PATTERN_EXTRACTION_ENABLED: '0', HIGH_VALUE_THRESHOLD: '0.8' }).settings.learning).toMatchObject({
			enabled: false,
			extractPatterns: false,
			highValueThreshold: 0.8,
		});
	});

	it('says how questions are routed', () => {
		expect(read({ PREFER_LOCAL: 'False', LOCAL_CONFIDENCE_THRESHOLD: '0.9', HYBRID_TOKEN_THRESHOLD: '6000' }).settings.routing).toMatchObject({
			preferLocal: false,
			localConfidenceThreshold: 0.9,
			hybridTokenThreshold: 6_000,
		});
	});

	it('leaves the defaults where it says nothing, and is refused where it says nonsense', () => {
		expect(read({ PREFER_LOCAL: ' ' })).toEqual(settingsFromWire({}));
		expect(read({ HYBRID_MODE_ENABLED: 'perhaps', HIGH_VALUE_THRESHOLD: 'high', HYBRID_TOKEN_THRESHOLD: '1.5' }).refused.toSorted()).toEqual([
			'learning.enabled',
			'learning.highValueThreshold',
			'routing.hybridTokenThreshold',
		]);
	});

	it('counts for less than what a client says', () => {
		const wire = { learning: { enabled: true, maxInteractions: 500 }, routing: {} };
		const { settings } = settingsFromWire(overEnvironment(wire, { HYBRID_MODE_ENABLED: 'false', PREFER_LOCAL: 'false' }));
		expect(settings.learning).toMatchObject({ enabled: true, maxInteractions: 500 });
		expect(settings.routing.preferLocal).toBe(false);
	});
});
