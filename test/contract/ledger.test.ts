import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger } from '#core/metrics/openLedger';
import { createFiles } from '#node/files';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { collectRows, ledgerRow } from '../support/ledgerRows.ts';
import { createManualClock } from '../support/manualClock.ts';
import { ENGINES } from '../support/stores.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { describeLedger } from './ledger.ts';
import { describeReservations } from './ledgerReservations.ts';

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
}

test('a ledger of a newer schema is refused and left as it is', async () => {
	using folder = temporaryFolder();
	const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(folder.join('metrics.db'));
	database.exec('PRAGMA user_version = 99');
	database.close();
	await expect(opener('node:sqlite')(folder.path)).rejects.toMatchObject({ code: 'database-newer' });
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
