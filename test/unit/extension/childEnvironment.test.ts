import { expect, test } from 'vitest';
import { childEnvironment } from '../../../src/extension/childEnvironment.ts';

test('the coordinator is given places, language and proxies, and no key that lies in the environment', () => {
	const environment = {
		Path: 'C:\\bin',
		HOME: '/home/u',
		LC_ALL: 'C.UTF-8',
		PREFER_LOCAL: 'false',
		XDG_DATA_HOME: '/data',
		https_proxy: 'http://proxy:3128',
		OPENAI_API_KEY: 'sk-1',
		GITHUB_TOKEN: 'ghp',
		AWS_SECRET_ACCESS_KEY: 'x',
		NODE_OPTIONS: '--require ./evil.js',
		unset: undefined,
	};
	expect(childEnvironment(environment)).toEqual({
		Path: 'C:\\bin',
		HOME: '/home/u',
		LC_ALL: 'C.UTF-8',
		PREFER_LOCAL: 'false',
		XDG_DATA_HOME: '/data',
		https_proxy: 'http://proxy:3128',
		ELECTRON_RUN_AS_NODE: '1',
	});
});
