import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withSecretFiles } from '#node/secretFiles';
import { secretsFromEnvironment } from '#node/secretsFromEnvironment';
import { temporaryFolder } from '../../support/workspace.ts';

it('reads secrets from the files that the environment names, and nothing else from any', async () => {
	using folder = temporaryFolder();
	writeFileSync(folder.join('key'), 'from-a-file\n');
	const environment = withSecretFiles({
		QDRANT_URL: 'http://qdrant:6333',
		QDRANT_API_KEY_FILE: folder.join('key'),
		HYBRID_DATABASE_PASSWORD: 'given',
		HYBRID_DATABASE_PASSWORD_FILE: folder.join('key'),
		HYBRID_KEY_OPENAI_HTTP_HOST_1234_FILE: folder.join('key'),
		OTHER_FILE: '/does/not/exist',
	});
	expect(environment.QDRANT_API_KEY).toBe('from-a-file');
	expect(environment.HYBRID_DATABASE_PASSWORD).toBe('given');
	expect(environment.OTHER).toBeUndefined();
	expect(await secretsFromEnvironment(environment).get('qdrant:http://qdrant:6333')).toBe('from-a-file');
	expect(await secretsFromEnvironment(environment).get('openai:http://host:1234')).toBe('from-a-file');
});

it('names the variable whose file cannot be read, and not what it would have held', () => {
	expect(() => withSecretFiles({ QDRANT_API_KEY_FILE: '/does/not/exist' })).toThrow('The file that QDRANT_API_KEY_FILE names cannot be read.');
});
