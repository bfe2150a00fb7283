import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '#core/settings';
import { settingsFromWire } from '#core/settingsFromWire';

describe('settingsFromWire', () => {
	it('gives the defaults for an empty object', () => {
		expect(settingsFromWire({})).toEqual({ settings: DEFAULT_SETTINGS, refused: [] });
	});

	it('takes over what is valid and leaves the rest of the group alone', () => {
		const { settings, refused } = settingsFromWire({ index: { threads: 3 }, embedding: { provider: 'ollama', url: 'http://127.0.0.1:11434' } });
		expect(refused).toEqual([]);
		expect(settings.index).toEqual({ ...DEFAULT_SETTINGS.index, threads: 3 });
		expect(settings.embedding).toEqual({ ...DEFAULT_SETTINGS.embedding, provider: 'ollama', url: 'http://127.0.0.1:11434' });
	});

	it('names what it refuses and keeps its default', () => {
		const { settings, refused } = settingsFromWire({
			isTrusted: 'yes',
			search: { codeThreshold: 7, contextTokens: 1000 },
			models: { ollamaUrl: 'file:///etc/passwd' },
			index: 'all',
		});
		expect([...refused].sort()).toEqual(['index', 'isTrusted', 'models.ollamaUrl', 'search.codeThreshold']);
		expect(settings.isTrusted).toBe(DEFAULT_SETTINGS.isTrusted);
		expect(settings.search.codeThreshold).toBe(DEFAULT_SETTINGS.search.codeThreshold);
		expect(settings.search.contextTokens).toBe(1000);
		expect(settings.models.ollamaUrl).toBeNull();
	});

	it('knows every setting that there is', () => {
		const wire = JSON.parse(JSON.stringify({ ...DEFAULT_SETTINGS, models: { ...DEFAULT_SETTINGS.models, openaiUrls: ['https://example.org/v1'] } }));
		const { settings, refused } = settingsFromWire(wire);
		expect(refused).toEqual([]);
		expect(settings).toEqual(wire);
	});
});
