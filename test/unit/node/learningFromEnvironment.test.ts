import { expect, test } from 'vitest';
import { settingsFromWire } from '#core/settingsFromWire';
import { learningFromEnvironment } from '#node/learningFromEnvironment';

test('the environment switches learning and sets its threshold, and what it says wrongly is refused', () => {
	const read = (environment: Record<string, string>) => settingsFromWire({ learning: learningFromEnvironment(environment) });
	expect(read({ HYBRID_MODE_ENABLED: 'false', PATTERN_EXTRACTION_ENABLED: '0', HIGH_VALUE_THRESHOLD: '0.8' }).settings.learning).toMatchObject({
		enabled: false,
		extractPatterns: false,
		highValueThreshold: 0.8,
	});
	expect(read({})).toMatchObject({ refused: [], settings: { learning: { enabled: true, extractPatterns: true, highValueThreshold: 0.7 } } });
	expect(read({ HYBRID_MODE_ENABLED: 'perhaps', HIGH_VALUE_THRESHOLD: 'high' }).refused).toEqual(['learning.enabled', 'learning.highValueThreshold']);
});
