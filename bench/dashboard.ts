import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DashboardData } from '#core/domain/dashboard';
import { dashboardFigures } from '#core/metrics/dashboard';
import type { LedgerRow } from '#core/metrics/ledger';
import { openLedger } from '#core/metrics/openLedger';
import type { DashboardHost } from '#extension/dashboard/dashboardSession';
import { createFiles } from '#node/files';
import { createSqliteEngine } from '#node/sqlite';
import { browserUnavailable, launchBrowser, openDashboard } from '../test/support/dashboardPage.ts';
import { seededRandom } from './support/syntheticIndex.ts';

const DAY_MS = 86_400_000;
const DAYS = 390;
const BATCH = 1_000;
const RUNS = 5;

/**
 * A dashboard over `--calls N` (default 1,000,000) calls of 390 days: what recording costs, how long the figures take, and the saving of the status bar, and the time from opening the
 * page in a headless Chromium to its first paint with figures that the ledger was asked for when it was opened. `--data FOLDER` keeps the ledger there, and takes one that is there.
 */
export async function run(args: readonly string[]) {
	const { values } = parseArgs({ args: [...args], options: { calls: { type: 'string', default: '1000000' }, data: { type: 'string' } } });
	// Its days begin within those of UTC, as most do: then the longest sums do not fit.
	process.env.TZ = 'America/New_York';
	const calls = Number(values.calls);
	const scratch = values.data ?? mkdtempSync(join(tmpdir(), 'hybrid-bench-'));
	mkdirSync(scratch, { recursive: true });
	try {
		const clock = { nowMs: () => Date.now(), delay: () => Promise.resolve() };
		const sqlite = createSqliteEngine({ assetsPath: join(import.meta.dirname, '..', 'dist') });
		const ledger = await openLedger({ ports: { sqlite, clock, files: createFiles() }, dataDirectory: scratch });
		const there = (await ledger.summary()).calls;
		const nowMs = Date.now();
		const insertStartMs = performance.now();
		const random = seededRandom(3);
		for (let first = there; first < calls; first += BATCH) {
			const rows = Array.from({ length: Math.min(BATCH, calls - first) }, (_, i) =>
				rowOf(first + i, nowMs - DAYS * DAY_MS + ((first + i) * DAYS * DAY_MS) / calls, random),
			);
			await ledger.record(rows);
			if ((first / BATCH) % 50 === 0) process.stderr.write(`\r${first} calls   `);
		}
		const insertMs = performance.now() - insertStartMs;
		for (let question = 0; question < calls; question += Math.max(1, Math.floor(calls / 20_000))) {
			const interactionId = `interaction-${question}`;
			await ledger.recordFigures(
				{ interactionId, timeMs: nowMs, workspaceId: null },
				{ totalMs: 900 + random() * 4_000, searchMs: 30 + random() * 40, storeMs: 4 + random() * 8, relevance: random(), confidence: random(), contexts: 6 },
			);
			const success = random();
			await ledger.recordOutcome(interactionId, {
				outcome: success > 0.3 ? 'success' : 'failure',
				success,
				userFeedback: success > 0.5 ? 1 : 0,
				valueScore: success,
				isHighValue: success > 0.7,
				contextsUsed: 2,
				contextsReused: 3,
			});
		}
		process.stderr.write('\n');
		const recordMs = await timed(200, () => ledger.record([rowOf(calls + Math.floor(random() * 1e9), nowMs, random)]));
		const ranges = { today: 1, month: 30, everything: DAYS + 10 };
		const figuresMs: Record<string, number> = {};
		for (const [name, days] of Object.entries(ranges))
			figuresMs[name] = percentile(await timed(RUNS, () => dashboardFigures(ledger, { fromMs: nowMs - (days - 1) * DAY_MS }, nowMs)), 0.5);
		const savingsMs = percentile(await timed(RUNS, () => ledger.sums([0, Math.floor(nowMs / DAY_MS) * DAY_MS, (DAYS + 400) * 100 * DAY_MS])), 0.5);
		const rowsMs = percentile(await timed(RUNS, () => ledger.questions({ filter: { answeredBy: ['local', 'stored'] }, limit: 200 })), 0.5);
		const knowledge: DashboardData['knowledge'] = {
			items: { 'skills-patterns': 0, 'error-solutions': 0, 'best-practices': 0, 'interaction-history': 0 },
			extractions: { waiting: 0, done: 0, dropped: {} },
		};
		const request = (async (name: string, query: object) =>
			name === 'dashboard/read'
				? { ...(await dashboardFigures(ledger, query, Date.now())), controlShare: 0.02, knowledge, highValueThreshold: 0.7 }
				: { kind: 'questions', ...(await ledger.questions({ limit: 200 })) }) as DashboardHost['request'];
		const paint = await paintTimes(request);
		const { questions } = await dashboardFigures(ledger, {}, Date.now());
		await ledger.close();
		return {
			data: `${calls} generated calls over ${DAYS} days, ${questions.asked} questions`,
			n: calls,
			figures: {
				insertedPerSecond: there >= calls ? null : Math.round((calls - there) / (insertMs / 1_000)),
				recordP50Ms: percentile(recordMs, 0.5),
				recordP95Ms: percentile(recordMs, 0.95),
				figuresTodayMs: figuresMs.today,
				figuresMonthMs: figuresMs.month,
				figuresEverythingMs: figuresMs.everything,
				savingsMs,
				rowsMs,
				...paint,
				databaseMegabytes: Math.round(statSync(join(scratch, 'metrics.db')).size / 1e6),
			},
		};
	} finally {
		if (values.data === undefined) rmSync(scratch, { recursive: true, force: true });
	}
}

/** From the navigation to the frame that shows the figures, for what the page opens with and for everything. */
async function paintTimes(request: DashboardHost['request']) {
	const reason = browserUnavailable();
	if (reason !== null) return { firstPaintMs: null, why: reason };
	const browser = await launchBrowser();
	const ready: number[] = [];
	const first: number[] = [];
	const everything: number[] = [];
	for (let round = 0; round < RUNS; round++) {
		// Here the ledger is in the process that drives the browser, so its time comes before the navigation: it is added, as if nothing went side by side.
		let ledgerMs: number | undefined;
		const timedRequest = (async (...parameters: Parameters<typeof request>) => {
			const startedMs = performance.now();
			const answer = await request(...parameters);
			ledgerMs ??= performance.now() - startedMs;
			return answer;
		}) as DashboardHost['request'];
		await using opened = await openDashboard(browser, timedRequest);
		const { page } = opened;
		await page.locator('main[aria-busy="false"] .figure').first().waitFor();
		ready.push(Number(await page.evaluate('performance.getEntriesByName("ready").at(0)?.startTime')));
		first.push((ledgerMs ?? 0) + Number(await page.evaluate('performance.getEntriesByName("figures").at(0)?.startTime')));
		const startedMs = Number(await page.evaluate('performance.now()'));
		await page.selectOption('#range', 'all');
		// A function to wait for would need `unsafe-eval`, which the page's policy refuses.
		while (Number(await page.evaluate('performance.getEntriesByName("figures").length')) < 2) await page.waitForTimeout(5);
		everything.push(Number(await page.evaluate('performance.getEntriesByName("figures").at(-1)?.startTime')) - startedMs);
	}
	await browser.close();
	return {
		pageReadyMs: percentile(ready, 0.5),
		firstPaintMs: percentile(first, 0.5),
		firstPaintBestMs: percentile(first, 0),
		firstPaintWorstMs: percentile(first, 1),
		chooseEverythingMs: percentile(everything, 0.5),
	};
}

function rowOf(number: number, timeMs: number, random: () => number): LedgerRow {
	const isRemote = number % 3 === 0;
	return {
		id: `call-${number}`,
		interactionId: `interaction-${number}`,
		retryOf: number % 40 === 1 ? `interaction-${number - 1}` : null,
		timeMs: Math.round(timeMs),
		workspaceId: `w${number % 5}`,
		purpose: 'answer',
		modelId: `model-${number % 4}`,
		modelLabel: `Model ${number % 4}`,
		isRemote,
		target: isRemote ? 'remote' : 'local',
		inputTokens: 1_000 + Math.floor(random() * 2_000),
		outputTokens: 200 + Math.floor(random() * 300),
		isEstimate: false,
		costUsd: isRemote ? Math.round(random() * 1e7) / 1e9 : 0,
		priceAsOf: isRemote ? '2026-01-01' : null,
		firstTokenMs: 100 + random() * 400,
		totalMs: 800 + random() * 6_000,
		result: number % 97 === 0 ? 'failed' : 'ok',
		isCacheHit: number % 31 === 0,
		isControl: number % 50 === 0,
		contextTokens: 800,
		counterfactualUsd: Math.round(random() * 1e7) / 1e9,
		counterfactualModelId: 'model-0',
		counterfactualPriceAsOf: '2026-01-01',
	};
}

async function timed(count: number, work: () => Promise<unknown>): Promise<number[]> {
	const timings: number[] = [];
	for (let i = 0; i < count; i++) {
		const startedMs = performance.now();
		await work();
		timings.push(performance.now() - startedMs);
	}
	return timings;
}

function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100;
}
