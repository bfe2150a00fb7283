import { randomUUID } from 'node:crypto';
import { CallsUnderWay } from '#core/metrics/callsUnderWay';
import { openLedger } from '#core/metrics/openLedger';
import { createFiles } from '#node/files';
import { createProcesses } from '#node/processes';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from './assets.ts';
import { ledgerRow } from './ledgerRows.ts';

// A process that makes calls under a limit of a dollar a day until there is no more money: `node reservingChild.ts DATA NAME COUNT`. It begins
// COUNT calls at once, and ends them, dearer than any answer, only when its parent says so. Tells its parent which were allowed.
const [dataDirectory = '', name = '', count = '1'] = process.argv.slice(2);
const clock = { nowMs: () => Date.now(), delay: () => Promise.resolve() };
const ledger = await openLedger({ ports: { sqlite: createSqliteEngine({ assetsPath: assetsPath() }), clock, files: createFiles() }, dataDirectory });
const price = { inputUsdPerMillion: 2, outputUsdPerMillion: 8 };
const underWay = new CallsUnderWay({
	ledger,
	clock,
	processes: createProcesses(),
	uuid: randomUUID,
	settings: () => ({ dailyUsd: 1, monthlyUsd: null, atLimit: 'local' }),
});
const calls = await Promise.all(
	Array.from({ length: Number(count) }, async (_, index) => {
		const id = `${name}${index}`;
		const promptTokens = 1_000 + 500 * index;
		return { id, promptTokens, allowance: await underWay.allow({ id, promptTokens, price, contextTokens: null }) };
	}),
);
process.on('message', async () => {
	const rows = calls.flatMap(({ id, promptTokens, allowance }) => {
		if (!allowance?.maxOutputTokens) return [];
		const [inputTokens, outputTokens] = [Math.ceil(promptTokens * 1.25), allowance.maxOutputTokens];
		return [ledgerRow(id, { timeMs: clock.nowMs(), isRemote: true, inputTokens, outputTokens, costUsd: (2 * inputTokens + 8 * outputTokens) / 1e6 })];
	});
	await ledger.record(rows);
	process.send?.('ended', () => process.exit(0));
});
process.send?.(calls.map(({ allowance }) => allowance?.maxOutputTokens ?? null));
