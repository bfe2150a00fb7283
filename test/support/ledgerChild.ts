import { openLedger } from '#core/metrics/openLedger';
import { createFiles } from '#node/files';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from './assets.ts';
import { ledgerRow } from './ledgerRows.ts';
import { createManualClock } from './manualClock.ts';

// A process that records calls until it is killed: `node ledgerChild.ts DATA NAME`. Tells its parent every row that was acknowledged.
const [dataDirectory = '', name = ''] = process.argv.slice(2);
const ports = { sqlite: createSqliteEngine({ assetsPath: assetsPath() }), clock: createManualClock(), files: createFiles() };
const ledger = await openLedger({ ports, dataDirectory });
for (let i = 0; ; i++) {
	const id = `${name}${i}`;
	await ledger.record([ledgerRow(id)]);
	await new Promise((resolve) => process.send?.(id, resolve));
}
