import { describe, expect, it, vi } from 'vitest';
import { CommandTeller } from '#extension/terminal/commandTeller';
import type { CommandRun, IndexStatus } from '#protocol/messages';
import { commandRun } from '../../../support/commands.ts';

const run = (commandLine: string, more: Partial<CommandRun> = {}) => commandRun({ commandLine, cwd: '/w', timeMs: 1_000, ...more });

/** A coordinator that can die and be started again, and what each of its processes was told. */
function world() {
	const processes: string[][] = [[]];
	const listeners = new Set<(status: IndexStatus | null) => void>();
	let status: IndexStatus | null = {} as IndexStatus;
	let answer = (_run: CommandRun): Promise<readonly unknown[]> => Promise.resolve([]);
	const client = {
		get status() {
			return status;
		},
		onDidChangeStatus: (listener: (status: IndexStatus | null) => void) => {
			listeners.add(listener);
			return { dispose: () => listeners.delete(listener) };
		},
		request: async (_name: string, told: CommandRun) => {
			processes.at(-1)?.push(`${told.commandLine} ${told.exitCode}`);
			return answer(told);
		},
	} as unknown as ConstructorParameters<typeof CommandTeller>[0];
	const set = (next: IndexStatus | null) => {
		status = next;
		for (const listener of listeners) listener(next);
	};
	let nowMs = 1_000;
	return {
		processes,
		teller: new CommandTeller(client, () => nowMs),
		die: () => set(null),
		start: () => {
			processes.push([]);
			set({} as IndexStatus);
			// A second status of the same process is not a new one.
			set({} as IndexStatus);
		},
		setAnswer: (next: typeof answer) => {
			answer = next;
		},
		setNowMs: (value: number) => {
			nowMs = value;
		},
	};
}

describe('what tells of commands', () => {
	it('tells a coordinator that was started anew what failed before and has not passed since, once and in order', async () => {
		const { teller, processes, die, start } = world();
		for (const [commandLine, exitCode] of [
			['npm test', 1],
			['tsc', 2],
			['tsc', 0],
			['pytest', 1],
			['npm  test', 1],
		] as const)
			await teller.tell(run(commandLine, { exitCode }));
		die();
		start();
		await vi.waitFor(() => expect(processes[1]).toEqual(['pytest 1', 'npm  test 1']));
		await teller.tell(run('npm test', { exitCode: 0 }));
		expect(processes[1]).toEqual(['pytest 1', 'npm  test 1', 'npm test 0']);
	});

	it('tells of what ended while it was away, too, and asks nothing of it then', async () => {
		const { teller, processes, die, start } = world();
		await teller.tell(run('pytest'));
		die();
		expect(await teller.tell(run('tsc'))).toEqual([]);
		await teller.tell(run('pytest', { exitCode: 0 }));
		start();
		await vi.waitFor(() => expect(processes).toEqual([['pytest 1'], ['tsc 1']]));
	});

	it('tells the next one where one dies while it is told', async () => {
		const { teller, processes, die, start, setAnswer } = world();
		await teller.tell(run('pytest'));
		await teller.tell(run('tsc'));
		die();
		setAnswer(() => Promise.reject(new Error('died')));
		start();
		await vi.waitFor(() => expect(processes[1]).toEqual(['pytest 1']));
		die();
		setAnswer(() => Promise.resolve([]));
		start();
		await vi.waitFor(() => expect(processes[2]).toEqual(['pytest 1', 'tsc 1']));
	});

	it('keeps the last few, for a day, and none that it is told to forget', async () => {
		const { teller, processes, die, start, setNowMs } = world();
		for (let number = 0; number < 15; number++) await teller.tell(run(`make ${number}`, { timeMs: 1_000 + number }));
		die();
		start();
		await vi.waitFor(() => expect(processes[1]).toEqual(Array.from({ length: 10 }, (_, index) => `make ${index + 5} 1`)));
		die();
		setNowMs(1_000 + 24 * 3_600_000 + 12);
		start();
		await vi.waitFor(() => expect(processes[2]).toEqual(['make 12 1', 'make 13 1', 'make 14 1']));
		teller.forget();
		die();
		start();
		await teller.tell(run('tsc'));
		expect(processes[3]).toEqual(['tsc 1']);
	});
});
