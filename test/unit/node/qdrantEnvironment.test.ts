import { expect, test } from 'vitest';
import { settingsFromWire } from '#core/settingsFromWire';
import { secretsFromEnvironment } from '#node/secretsFromEnvironment';
import { overEnvironment } from '#node/settingsFromEnvironment';

const ENVIRONMENT = { QDRANT_URL: 'https://qdrant.example:6333/base', QDRANT_API_KEY: 'sesame' };

test('the environment names a Qdrant server, and its key to no other', async () => {
	expect(settingsFromWire(overEnvironment({}, ENVIRONMENT)).settings.qdrant.url).toBe('https://qdrant.example:6333/base');
	const secrets = secretsFromEnvironment(ENVIRONMENT);
	expect(await secrets.get('qdrant:https://qdrant.example:6333')).toBe('sesame');
	expect(await secrets.get('qdrant:https://elsewhere.example')).toBeNull();
	expect(await secrets.get('openai:https://qdrant.example:6333')).toBeNull();
	expect(await secretsFromEnvironment({ QDRANT_API_KEY: 'sesame' }).get('qdrant:http://127.0.0.1:6333')).toBeNull();
});

test('an address that is none, and a prefix that no collection can have, are refused', () => {
	const { settings, refused } = settingsFromWire({ qdrant: { url: 'ftp://x', prefix: 'a/b', shards: 0 } });
	expect(refused).toEqual(['qdrant.url', 'qdrant.prefix', 'qdrant.shards']);
	expect(settings.qdrant).toMatchObject({ url: null, prefix: 'hybrid-', shards: 1 });
});
