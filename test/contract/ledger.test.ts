import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addCalls } from '#core/metrics/addSums';
import { CALL_COLUMN_NAMES, toValues } from '#core/metrics/callColumns';
import { savingsOfQuestions } from '#core/metrics/dashboard';
import { openLedger } from '#core/metrics/openLedger';
import { SLOT_MS } from '#core/metrics/questionLedger';
import { localSavings } from '#core/metrics/savings';
import { METRICS_MIGRATIONS } from '#core/metrics/sqlite/schema';
import { createFiles } from '#node/files';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { collectRows, ledgerRow } from '../support/ledgerRows.ts';
import { createManualClock } from '../support/manualClock.ts';
import { ENGINES } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { describeLedger } from './ledger.ts';
import { describeReservations } from './ledgerReservations.ts';
import { describeQuestions } from './questionLedger.ts';

const opener = (prefer: (typeof ENGINES)[number]) => (dataDirectory: string) =>
	openLedger({ ports: { sqlite: createSqliteEngine({ assetsPath: assetsPath(), prefer }), clock: createManualClock(), files: createFiles() }, dataDirectory });

for (const engine of ENGINES) {
	const open = async () => {
		const folder = temporaryFolder();
		let ledger = await opener(engine)(folder.path);
		return {
			ledger,
			reopen: async () => {
				await ledger.close();
				ledger = await opener(engine)(folder.path);
				return ledger;
			},
			dispose: async () => {
				await ledger.close();
				folder[Symbol.dispose]();
			},
		};
	};
	describeLedger(`the ledger in ${engine}`, open);
	describeReservations(`money set aside in the ledger in ${engine}`, open);
	describe(`questions in the ledger in ${engine}`, () => {
		let opened: Awaited<ReturnType<typeof open>>;
		beforeEach(async () => {
			opened = await open();
		});
		afterEach(() => opened.dispose());
		describeQuestions(() => opened.ledger);
	});
}

test('a ledger of a newer schema is refused and left as it is', async () => {
	using folder = temporaryFolder();
	const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(folder.join('metrics.db'));
	database.exec('PRAGMA user_version = 99');
	database.close();
	await expect(opener('node:sqlite')(folder.path)).rejects.toMatchObject({ code: 'database-newer' });
});

test('a ledger from before there were questions gets them from its calls', async () => {
	using folder = temporaryFolder();
	const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(folder.join('metrics.db'));
	database.exec(`${METRICS_MIGRATIONS[0]}; PRAGMA user_version = 1`);
	const rows = [ledgerRow('a'), ledgerRow('b', { retryOf: 'i-a', isRemote: true, timeMs: 2_000 }), ledgerRow('c', { timeMs: 3_000 })];
	const insert = database.prepare(`INSERT INTO calls (${CALL_COLUMN_NAMES.join(', ')}) VALUES (${CALL_COLUMN_NAMES.map(() => '?').join(', ')})`);
	for (const row of rows) insert.run(...toValues(row).map((value) => (typeof value === 'boolean' ? Number(value) : value)));
	database.close();
	const ledger = await opener('node:sqlite')(folder.path);
	expect((await ledger.questions()).rows.map(({ interactionId, answeredBy }) => [interactionId, answeredBy])).toEqual([
		['i-c', 'local'],
		['i-b', 'remote'],
		['i-a', 'nobody'],
	]);
	const { calls, questions } = await ledger.sums([0, SLOT_MS]);
	expect(addCalls(calls)).toMatchObject({ calls: 3, timedMs: 240 });
	expect(savingsOfQuestions(questions)).toEqual(localSavings(rows));
	await ledger.close();
});

test('a ledger from before vectors were counted keeps its sums, and adds no time of vectors to them', async () => {
	using folder = temporaryFolder();
	const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(folder.join('metrics.db'));
	database.exec(`${METRICS_MIGRATIONS.slice(0, 3).join('')}; PRAGMA user_version = 3`);
	const insert = database.prepare(`INSERT INTO calls (${CALL_COLUMN_NAMES.join(', ')}) VALUES (${CALL_COLUMN_NAMES.map(() => '?').join(', ')})`);
	insert.run(...toValues(ledgerRow('a')).map((value) => (typeof value === 'boolean' ? Number(value) : value)));
	database.close();
	const ledger = await opener('node:sqlite')(folder.path);
	await ledger.record([ledgerRow('b', { purpose: 'embedding', totalMs: 9_000, timeMs: 2_000 }), ledgerRow('c', { timeMs: 3_000 })]);
	const sums = async () => addCalls((await ledger.sums([0, SLOT_MS])).calls);
	expect(await sums()).toMatchObject({ calls: 3, timedCalls: 2, timedMs: 160 });
	await ledger.forget(2_500);
	expect(await sums()).toMatchObject({ calls: 1, timedCalls: 1, timedMs: 80 });
	await ledger.close();
});

test('several processes write one ledger, are killed, and lose no row that was acknowledged', async () => {
	using folder = temporaryFolder();
	const acknowledged = new Set<string>();
	const start = (name: string): ChildProcess => {
		const child = fork(join(repositoryRoot, 'test/support/ledgerChild.ts'), [folder.path, name], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
		let seen = 0;
		child.on('message', (id: string) => {
			acknowledged.add(id);
			if (++seen === 40) child.kill('SIGKILL');
		});
		return child;
	};
	const codes = await Promise.all(['a', 'b', 'c'].map((name) => once(start(name), 'exit')));
	expect(codes.map(([code, signal]) => [code, signal])).toEqual(Array.from({ length: 3 }, () => [null, 'SIGKILL']));
	const ledger = await opener('node:sqlite')(folder.path);
	const ids = new Set((await collectRows(ledger)).map(({ id }) => id));
	expect(acknowledged.size).toBeGreaterThanOrEqual(120);
	expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
	expect((await ledger.summary()).calls).toBe(ids.size);
	await ledger.record([ledgerRow('after')]);
	await ledger.close();
});
