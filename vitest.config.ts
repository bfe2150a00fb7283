import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/{unit,contract,golden,flow,mcp,webview,architecture,package}/**/*.test.ts'],
		maxWorkers: 2,
		testTimeout: 60_000,
		hookTimeout: 60_000,
	},
});
