import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backUp, restore } from '#node/dataBackup';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { openCoordinator, teach } from '../support/mcp.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

describe('a back-up of the data directory', () => {
	const sqlite = createSqliteEngine({ assetsPath: assetsPath() });
	let workspace: TemporaryFolder;
	let data: TemporaryFolder;
	let kept: TemporaryFolder;
	beforeEach(() => {
		[workspace, data, kept] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
		workspace.write({ 'a.ts': 'export const a = 1;\n' });
	});
	afterEach(() => {
		for (const folder of [workspace, data, kept]) folder[Symbol.dispose]();
	});
	const learned = async (path: string): Promise<number> => {
		const coordinator = await openCoordinator(path);
		const { items } = await coordinator.knowledge.status();
		await coordinator.close();
		return Object.values(items).reduce((sum, count) => sum + count, 0);
	};

	it('is made while a coordinator works, and brings back what was known then, keeping what came after beside it', async () => {
		const coordinator = await openCoordinator(data.path);
		await teach(coordinator, workspace.path);
		expect(await backUp(sqlite, data.path, kept.path)).toContain('knowledge.db');
		await coordinator.knowledge.forget({ everything: true });
		await coordinator.close();
		expect(await learned(data.path)).toBe(0);
		await restore(sqlite, kept.path, data.path);
		expect(await learned(data.path)).toBe(3);
		expect(readdirSync(data.path).some((name) => /^knowledge\.db\.before-restore-\d+$/.test(name))).toBe(true);
	});

	it('is put into a data directory that is not there yet', async () => {
		const coordinator = await openCoordinator(data.path);
		await teach(coordinator, workspace.path);
		await coordinator.close();
		await backUp(sqlite, data.path, kept.join('copy'));
		await restore(sqlite, kept.join('copy'), workspace.join('elsewhere'));
		expect(await learned(workspace.join('elsewhere'))).toBe(3);
	});

	it('is refused where it is damaged or none, and nothing changes', async () => {
		const coordinator = await openCoordinator(data.path);
		await teach(coordinator, workspace.path);
		await coordinator.close();
		await backUp(sqlite, data.path, kept.path);
		appendFileSync(kept.join('knowledge.db'), 'x');
		await expect(restore(sqlite, kept.path, data.path)).rejects.toThrow('knowledge.db of the back-up');
		await expect(restore(sqlite, workspace.path, data.path)).rejects.toThrow('There is no back-up');
		expect(await learned(data.path)).toBe(3);
		expect(readdirSync(data.path).some((name) => name.includes('before-restore'))).toBe(false);
	});

	it('is not made over anything, nor of nothing', async () => {
		await expect(backUp(sqlite, data.path, workspace.path)).rejects.toThrow('is not empty');
		await expect(backUp(sqlite, data.path, kept.path)).rejects.toThrow('nothing to keep');
		expect(existsSync(kept.join('backup.json'))).toBe(false);
	});
});
