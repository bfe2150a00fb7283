import { describe, expect, test } from 'vitest';
import type { CommonPayload } from '#core/domain/collection';
import { checkAnchors } from '#core/learn/truth/checkAnchors';
import { afterCheck } from '#core/learn/truth/keepTrue';
import { createMemoryFiles } from '../../../../support/memoryFiles.ts';

const HOUR_MS = 3_600_000;

describe('checkAnchors', () => {
	const worktrees = [{ id: 'w1', repositoryId: 'r', path: '/w', name: 'w' }];
	const files = createMemoryFiles({ '/w/src/a.ts': 'export class Cart {\n\taddItem() {}\n}\n', '/w/.env': 'KEY=1' });
	const check = (...anchors: string[]) => checkAnchors({ anchors }, worktrees, files);

	test('an item is true while one of its places is there', async () => {
		expect(await check('w1\nsrc/a.ts\n')).toBe(true);
		expect(await check('w1\nsrc/gone.ts\n', 'w1\nsrc/a.ts\nCart.addItem')).toBe(true);
		expect(await check('w1\nsrc/gone.ts\nCart')).toBe(false);
		expect(await check('w1\nsrc/a.ts\naddIte', 'w1\nsrc/a.ts\nitem')).toBe(false);
	});

	test('nothing is said of what points nowhere, to a closed worktree, to secrets or out of the worktree', async () => {
		expect(await check()).toBeNull();
		expect(await check('w2\nsrc/a.ts\n')).toBeNull();
		expect(await check('w1\n.env\n')).toBeNull();
		expect(await check('w1\n../w/src/a.ts\n')).toBeNull();
	});
});

describe('afterCheck', () => {
	/** The item after checks so many hours apart. */
	const run = (start: Pick<CommonPayload, 'status' | 'status_by'>, checks: readonly (readonly [hours: number, holds: boolean])[]) => {
		let item: Parameters<typeof afterCheck>[0] = start;
		for (const [hours, holds] of checks) item = { ...item, ...afterCheck(item, holds, hours * HOUR_MS) };
		return [item.status, item.status_by];
	};

	test('what is gone is demoted, then retired; many questions within the hour are one check', () => {
		expect(run({ status: 'active' }, [[1, false]])).toEqual(['proposed', 'tree']);
		expect(run({ status: 'active' }, Array(9).fill([1, false]))).toEqual(['proposed', 'tree']);
		expect(
			run({ status: 'active' }, [
				[1, false],
				[3, false],
				[5, false],
			]),
		).toEqual(['retired', 'tree']);
		expect(
			run({ status: 'proposed' }, [
				[1, false],
				[3, false],
			]),
		).toEqual(['proposed', undefined]);
	});

	test('what comes back is as it was, and counts from the start', () => {
		expect(
			run({ status: 'active' }, [
				[1, false],
				[3, false],
				[4, true],
			]),
		).toEqual(['active', 'tree']);
		expect(
			run({ status: 'active' }, [
				[1, false],
				[3, false],
				[4, true],
				[6, false],
				[8, false],
			]),
		).toEqual(['proposed', 'tree']);
		expect(
			run({ status: 'proposed' }, [
				[1, false],
				[3, true],
			]),
		).toEqual(['proposed', undefined]);
		expect(afterCheck({ status: 'active' }, true, 0)).toBeNull();
	});
});
