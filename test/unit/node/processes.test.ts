import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createProcesses } from '#node/processes';

const processes = createProcesses();
/** The name of another process of this machine that started at the same time as this one. */
const named = (id: number | undefined) => processes.own.replace(`:${process.pid}:`, `:${id}:`);

describe('createProcesses', () => {
	it('says of a living process that it has not ended, and of a killed one that it has', async () => {
		expect(processes.hasEnded(processes.own)).toBe(false);
		const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
		await once(child, 'spawn');
		const living = named(child.pid).replace(/:\d*$/, ':');
		if (process.platform !== 'linux') expect(processes.hasEnded(living)).toBe(false);
		child.kill('SIGKILL');
		await once(child, 'exit');
		expect(processes.hasEnded(living)).toBe(true);
	});

	it.skipIf(process.platform !== 'linux')('tells a process from a later one of the same id', () => {
		expect(processes.hasEnded(processes.own.replace(/\d+$/, '1'))).toBe(true);
	});

	it('says nothing of processes of another machine, container or boot, nor of names that it does not know', () => {
		for (const name of [`elsewhere:999999999:1`, 'a4e1f5c2-uuid-of-an-older-version', '', named(0), named(-1), 'linux other-boot 1:999999999:1']) {
			expect([name, processes.hasEnded(name)]).toEqual([name, false]);
		}
	});
});
