import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLocalOnlyCheck } from '#core/ingest/scan/localOnlyRules';
import { readBudget } from '#core/metrics/budget';
import { augmentationEffect } from '#core/metrics/controlShare';
import { allRows, type LedgerRow } from '#core/metrics/ledger';
import { openLedger } from '#core/metrics/openLedger';
import { localSavings } from '#core/metrics/savings';
import { createFiles } from '#node/files';
import { createSqliteEngine } from '#node/sqlite';

const DAY_MS = 86_400_000;
const FILES = 400;
const DEPTH = 6;

/**
 * What money and privacy cost a question: one row recorded, the budget read, and a local-only verdict on the 15 files that are looked at for a
 * prompt, over a ledger of `--calls N` (default 100,000) and a tree six folders deep with a rule file in every third one. Beside it what is
 * not on a question's way: the summary, and the savings over all rows.
 */
export async function run(args: readonly string[]) {
	const { values } = parseArgs({ args: [...args], options: { calls: { type: 'string', default: '100000' } } });
	const calls = Number(values.calls);
	const scratch = mkdtempSync(join(tmpdir(), 'hybrid-bench-'));
	try {
		const clock = { nowMs: () => Date.now(), delay: () => Promise.resolve() };
		const files = createFiles();
		const ledger = await openLedger({
			ports: { sqlite: createSqliteEngine({ assetsPath: join(import.meta.dirname, '..', 'dist') }), clock, files },
			dataDirectory: scratch,
		});
		const startMs = Date.now() - 300 * DAY_MS;
		for (let first = 0; first < calls; first += 1_000) {
			await ledger.record(Array.from({ length: Math.min(1_000, calls - first) }, (_, i) => rowOf(first + i, startMs + ((first + i) * 300 * DAY_MS) / calls)));
		}
		const limits = { dailyUsd: 5, monthlyUsd: 50, atLimit: 'local' } as const;
		let next = calls;
		const recordMs = await timed(300, () => ledger.record([rowOf(next++, Date.now())]));
		const budgetMs = await timed(300, () => readBudget(limits, { ledger, clock }));
		const summaryMs = await timed(5, () => ledger.summary());
		const savingsMs = await timed(3, async () => {
			const rows: LedgerRow[] = [];
			for await (const row of allRows(ledger)) rows.push(row);
			localSavings(rows);
			augmentationEffect(rows);
		});
		await ledger.close();
		const paths = plant(join(scratch, 'tree'));
		const check = createLocalOnlyCheck({ files, folders: () => [join(scratch, 'tree')], patterns: () => ['*.pem', 'clients/'] });
		const askedFor = (question: number) => Array.from({ length: 15 }, (_, i) => ({ path: paths[(question * 15 + i * 7) % paths.length] ?? '' }));
		const localOnlyMs = await timed(200, (question) => check(askedFor(question)));
		return {
			data: `${calls} generated calls, ${FILES} generated files`,
			n: calls,
			figures: {
				recordP50Ms: percentile(recordMs, 0.5),
				recordP95Ms: percentile(recordMs, 0.95),
				budgetP50Ms: percentile(budgetMs, 0.5),
				budgetP95Ms: percentile(budgetMs, 0.95),
				localOnlyP50Ms: percentile(localOnlyMs, 0.5),
				localOnlyP95Ms: percentile(localOnlyMs, 0.95),
				summaryMs: percentile(summaryMs, 0.5),
				savingsOverAllRowsMs: percentile(savingsMs, 0.5),
			},
		};
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
}

function rowOf(number: number, timeMs: number): LedgerRow {
	const isRemote = number % 3 === 0;
	return {
		id: `call-${number}`,
		interactionId: `interaction-${number}`,
		retryOf: null,
		timeMs,
		workspaceId: `w${number % 5}`,
		purpose: 'answer',
		modelId: `model-${number % 4}`,
		modelLabel: 'Model',
		isRemote,
		target: isRemote ? 'remote' : 'local',
		inputTokens: 1_000 + (number % 700),
		outputTokens: 200 + (number % 90),
		isEstimate: false,
		costUsd: isRemote ? 0.004 : 0,
		priceAsOf: null,
		firstTokenMs: 300,
		totalMs: 4_000,
		result: 'ok',
		isCacheHit: false,
		isControl: number % 50 === 0,
		contextTokens: 800,
		counterfactualUsd: 0.004,
		counterfactualModelId: 'model-0',
		counterfactualPriceAsOf: '2026-01-01',
	};
}

/** Files in folders of their own, six deep. */
function plant(root: string): string[] {
	return Array.from({ length: FILES }, (_, i) => {
		const folders = Array.from({ length: DEPTH }, (_, depth) => `d${(i >> depth) % 4}`);
		const path = join(root, ...folders, `file${i}.ts`);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, `export const value${i} = ${i};\n`.repeat(200));
		if (i % 3 === 0) writeFileSync(join(dirname(path), '.hybridlocal'), 'secret/\n*.key\n!open.key\n');
		return path;
	});
}

async function timed(count: number, work: (round: number) => Promise<unknown>): Promise<number[]> {
	const timings: number[] = [];
	for (let i = 0; i < count; i++) {
		const startedMs = performance.now();
		await work(i);
		timings.push(performance.now() - startedMs);
	}
	return timings;
}

function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100;
}
