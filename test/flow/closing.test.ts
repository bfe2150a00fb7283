import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { GitPort } from '#core/ports';
import { settingsFromWire } from '#core/settingsFromWire';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';
import { assetsPath } from '../support/assets.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** A coordinator over one folder, git as given, and what it logs that is worth a warning. */
async function open(workspace: string, data: string, git: (real: GitPort) => GitPort) {
	const warned: string[] = [];
	const ports = createPorts({
		assetsPath: assetsPath(),
		threads: 1,
		log: createLog((level, message) => {
			if (level === 'warn' || level === 'error') warned.push(message);
		}, 'warn'),
		secrets: { get: async () => null },
		hostModels: { models: async () => [] },
	});
	const { settings } = settingsFromWire({ embedding: { provider: 'none' } });
	const { coordinator } = await createCoordinator({ ports: { ...ports, git: git(ports.git) }, settings, dataDirectory: data });
	await coordinator.openFolders([{ path: workspace, name: 'w' }]);
	return { coordinator, warned };
}

describe('closing while an index is tidied', () => {
	it('waits for no git that does not answer, and touches no store from then on', async () => {
		using workspace = temporaryFolder();
		using data = temporaryFolder();
		workspace.write({ 'a.ts': 'export const a = 1;\n' });
		const waiting: ((answer: null) => void)[] = [];
		const recentlyChanged = () => new Promise<null>((resolve) => waiting.push(resolve));
		const { coordinator, warned } = await open(workspace.path, data.path, (real) => ({ ...real, recentlyChanged }));
		await coordinator.startIndexing();
		await expect.poll(() => waiting.length, { timeout: 30_000 }).toBeGreaterThan(0);
		await coordinator.close();
		for (const answer of waiting) answer(null);
		for (let turn = 0; turn < 20; turn++) await setImmediate();
		expect(warned).toEqual([]);
	});

	it('leaves nothing to be said, at whatever moment it comes', async () => {
		for (let turns = 0; turns < 5; turns++) {
			using workspace = temporaryFolder();
			using data = temporaryFolder();
			workspace.write(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`src/f${i}.ts`, `export const name${i} = ${i};\n`])));
			const { coordinator, warned } = await open(workspace.path, data.path, (real) => real);
			await coordinator.startIndexing();
			for (let turn = 0; turn < turns * 5; turn++) await setImmediate();
			await coordinator.close();
			expect(warned).toEqual([]);
		}
	}, 120_000);
});
