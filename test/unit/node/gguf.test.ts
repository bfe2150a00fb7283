import { expect, test } from 'vitest';
import { createGguf, freeThreads } from '#node/gguf';
import { temporaryFolder } from '../../support/workspace.ts';

test('threads are those of the cores that are free, one at least and one core left', () => {
	expect([freeThreads(8, 0), freeThreads(8, 2.5), freeThreads(8, 20), freeThreads(2, 0), freeThreads(1, 0)]).toEqual([7, 5, 1, 1, 1]);
});

test('without the library the runtime is unavailable, and no process starts', async () => {
	using folder = temporaryFolder();
	const gguf = createGguf({ assetsPath: folder.path });
	await expect(gguf.open({ path: '/models/tiny.gguf', contextTokens: 100, runtimeFolder: null })).rejects.toMatchObject({ code: 'runtime-unavailable' });
});
