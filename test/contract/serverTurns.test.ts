import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createModelCatalogue } from '#core/models/modelCatalogue';
import { ServerTurns } from '#core/models/serverTurns';
import type { ProcessPort } from '#core/ports';
import { DEFAULT_SETTINGS } from '#core/settings';
import { openTurns } from '#core/store/openStores';
import { createClock } from '#node/clock';
import { createFiles } from '#node/files';
import { createLog } from '#node/log';
import { createProcesses } from '#node/processes';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { callBook } from '../support/callBook.ts';
import { cataloguePorts } from '../support/cataloguePorts.ts';
import { startChatServer } from '../support/chatServer.ts';
import { temporaryFolder } from '../support/workspace.ts';

const PLACE = 'http://127.0.0.1:11434';

describe('turns at a server of this machine', () => {
	const cleanUps: (() => void)[] = [];
	afterEach(() => {
		for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
	});
	const folder = () => {
		const made = temporaryFolder();
		cleanUps.push(() => made[Symbol.dispose]());
		return made.path;
	};
	/** One window: a connection of its own, under a name of its own. */
	async function window(dataDirectory: string, processes: ProcessPort = createProcesses(), clock = createClock()) {
		const said: string[] = [];
		const log = createLog((_, message) => said.push(message));
		const ports = cataloguePorts({ sqlite: createSqliteEngine({ assetsPath: assetsPath() }), files: createFiles(), clock, log, processes });
		const store = await openTurns(ports, dataDirectory);
		if (!store) throw new Error('There is no store.');
		const turns = new ServerTurns(store, { clock, processes, log });
		cleanUps.push(() => turns.close());
		return { turns, store, ports, said };
	}

	test('come in order over several windows, each told how many are before it', async () => {
		const data = folder();
		const [a, b, c] = [await window(data), await window(data), await window(data)];
		const positions: Record<string, number[]> = { b: [], c: [] };
		const order: string[] = [];
		const first = await a.turns.take(PLACE, () => order.push('never'));
		const second = b.turns.take(PLACE, (position) => positions.b?.push(position));
		await expect.poll(() => positions.b).toEqual([1]);
		const third = c.turns.take(PLACE, (position) => positions.c?.push(position));
		await expect.poll(() => positions.c).toEqual([2]);
		expect(await (await window(data)).turns.take('http://127.0.0.1:1', () => order.push('never'))).toBeTypeOf('function');
		first();
		const endSecond = await second;
		await expect.poll(() => positions.c).toEqual([2, 1]);
		endSecond();
		(await third)();
		expect(positions).toEqual({ b: [1, 0], c: [2, 1, 0] });
		expect(order).toEqual([]);
		expect(a.store.turns(PLACE)).toEqual([]);
	});

	test('are given up by who cancels, and by who closes', async () => {
		const data = folder();
		const [a, b] = [await window(data), await window(data)];
		const end = await a.turns.take(PLACE, () => undefined);
		const controller = new AbortController();
		const waiting = b.turns.take(PLACE, () => undefined, controller.signal);
		await expect.poll(() => a.store.turns(PLACE).length).toBe(2);
		controller.abort();
		await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
		expect(a.store.turns(PLACE)).toHaveLength(1);
		a.turns.close();
		end();
		await (await window(data)).turns.take(PLACE, () => expect.fail('nobody is before it'));
	});

	test('of a process that is killed are taken away by who waits', async () => {
		const data = folder();
		const child = fork(join(repositoryRoot, 'test/support/turnChild.ts'), [data, PLACE], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
		await once(child, 'message');
		const { turns } = await window(data);
		const positions: number[] = [];
		const waiting = turns.take(PLACE, (position) => positions.push(position));
		await expect.poll(() => positions).toEqual([1]);
		child.kill('SIGKILL');
		(await waiting)();
		expect(positions).toEqual([1, 0]);
	});

	test('of a process that nobody can tell of end after an hour, or with a clock that jumped that far; one’s own never by the clock', async () => {
		const data = folder();
		let now = 1_000_000_000;
		const clock = { ...createClock(), nowMs: () => now };
		const far = await window(data, { own: 'far', hasEnded: () => false }, clock);
		const near = await window(data, { own: 'near', hasEnded: () => false }, clock);
		await far.turns.take(PLACE, () => undefined);
		now -= 3_000_000;
		const positions: number[] = [];
		const waiting = near.turns.take(PLACE, (position) => positions.push(position));
		await expect.poll(() => positions).toEqual([1]);
		now += 7_000_000;
		await waiting;
		const own = near.turns.take(PLACE, (position) => positions.push(position));
		await expect.poll(() => positions).toEqual([1, 0, 1]);
		now += 99_000_000;
		await new Promise((resolve) => setTimeout(resolve, 400));
		expect(positions).toEqual([1, 0, 1]);
		near.turns.close();
		await own;
	});

	test('cost the order and not the answer where the store fails', async () => {
		const { turns, store, said } = await window(folder());
		store.close();
		const end = await turns.take(PLACE, () => expect.fail('nobody is before it'));
		end();
		expect(said.join('\n')).toContain('could not be used');
	});

	test('keep the wait for another window out of the time that a server is given for its first word', async () => {
		const data = folder();
		let running = 0;
		let most = 0;
		await using server = await startChatServer({
			name: 'm',
			reply: async () => {
				most = Math.max(most, ++running);
				await new Promise((resolve) => setTimeout(resolve, 700));
				running--;
				return 'ready';
			},
		});
		const settings = { ...DEFAULT_SETTINGS, models: { ...DEFAULT_SETTINGS.models, openaiUrls: [server.url], firstTokenTimeoutMs: 1_000 } };
		const catalogues = await Promise.all(
			[1, 2, 3].map(async () => {
				const { ports, turns } = await window(data);
				return createModelCatalogue({ ports, settings, turns, calls: callBook() });
			}),
		);
		const answers = await Promise.all(catalogues.map((catalogue) => catalogue.test(server.id)));
		expect(answers).toMatchObject([{ isOk: true }, { isOk: true }, { isOk: true }]);
		expect(most).toBe(1);
	});
});
