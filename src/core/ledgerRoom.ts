import { isCancellation } from './base/abort.ts';
import type { DashboardData, DashboardQuery, DashboardRowsPage, DashboardRowsQuery } from './domain/dashboard.ts';
import type { BudgetState, LocalSavings, SpendingDetails, SpendingSummary } from './domain/spending.ts';
import { readBudget, startOf } from './metrics/budget.ts';
import { CallsUnderWay } from './metrics/callsUnderWay.ts';
import { augmentationEffect } from './metrics/controlShare.ts';
import { type DashboardFigures, dashboardFigures } from './metrics/dashboard.ts';
import { allRows, type CallAllowance, type CallToAllow, type Ledger, type LedgerRow, type LocalLedger } from './metrics/ledger.ts';
import { openLedger } from './metrics/openLedger.ts';
import { addSavings, localSavings } from './metrics/savings.ts';
import type { Ports } from './ports.ts';
import type { Settings } from './settings.ts';

const FIRST_TIDY_MS = 120_000;
const TIDY_MS = 6 * 3_600_000;
const DAY_MS = 86_400_000;

/** The ledger with what is made of it. */
export interface LedgerRoom {
	/** Keeps calls; a failure costs the note of them. */
	record(rows: readonly LedgerRow[]): void;
	/** Sets aside what a call to another machine may cost, until its row is recorded. Null: the limits do not leave that much. */
	allow(call: CallToAllow): Promise<CallAllowance | null>;
	budget(): Promise<BudgetState>;
	/** Every call that is kept. */
	calls(): AsyncIterable<LedgerRow>;
	/** Keeps how asking went, and what became of an answer; a failure costs the note. */
	recordFigures(...parameters: Parameters<LocalLedger['recordFigures']>): void;
	recordOutcome(...parameters: Parameters<LocalLedger['recordOutcome']>): void;
	summary(options?: { readonly withDetails?: boolean }): Promise<SpendingSummary>;
	/** What the dashboard shows, but for what was learned. */
	dashboard(query: DashboardQuery): Promise<DashboardFigures & Pick<DashboardData, 'controlShare'>>;
	/** The rows that a figure is made of. Rejects with `invalid-argument` for a filter that there is not. */
	rows(query: DashboardRowsQuery): Promise<DashboardRowsPage>;
	close(): Promise<void>;
}

/** Savings before a day, with the interactions they are made of. */
interface Past {
	readonly dayStartMs: number;
	readonly savings: LocalSavings;
	readonly interactions: ReadonlySet<string>;
}

/** Opens the ledger of a data directory, and lets it forget what is older than the settings keep, some time after the start and a few times a day. */
export async function openLedgerRoom(options: {
	readonly ports: Pick<Ports, 'sqlite' | 'clock' | 'files' | 'log' | 'processes' | 'uuid'>;
	readonly dataDirectory: string;
	readonly settings: () => Pick<Settings, 'budget' | 'ledger'>;
}): Promise<LedgerRoom> {
	const { ports, settings } = options;
	const { clock, log } = ports;
	const ledger = await openLedger(options);
	const underWay = new CallsUnderWay({ ledger, clock, processes: ports.processes, uuid: ports.uuid, settings: () => settings().budget });
	const closing = new AbortController();
	let past: Past | undefined;
	void keepShort();

	/** The past is read once a day: it does not change any more, but for what is forgotten. */
	async function pastBefore(dayStartMs: number): Promise<Past> {
		if (past?.dayStartMs === dayStartMs) return past;
		const rows = await collect(ledger, { toMs: dayStartMs });
		past = { dayStartMs, savings: localSavings(rows), interactions: new Set(rows.map(({ interactionId }) => interactionId)) };
		return past;
	}

	async function details(): Promise<SpendingDetails> {
		const [whole, rows] = [await ledger.summary(), await collect(ledger)];
		const { calls, failed, cacheHits, estimatedCalls, costUsd, unknownCostCalls, models, purposes } = whole;
		return {
			sinceMs: rows.at(-1)?.timeMs ?? null,
			calls,
			failed,
			cacheHits,
			estimatedCalls,
			costUsd,
			unknownCostCalls,
			models,
			purposes,
			effect: augmentationEffect(rows),
			controlShare: settings().ledger.controlShare,
		};
	}

	async function keepShort(): Promise<void> {
		try {
			await clock.delay(FIRST_TIDY_MS, closing.signal);
			for (;;) {
				const forgotten = await ledger.forget(clock.nowMs() - settings().ledger.retentionDays * DAY_MS);
				if (forgotten > 0) past = undefined;
				await clock.delay(TIDY_MS, closing.signal);
			}
		} catch (error) {
			if (!isCancellation(error)) log.warn(`Old calls of models could not be removed: ${String(error)}`);
		}
	}

	const noted = (work: Promise<void>) => void work.catch((error: unknown) => log.warn(`Calls of models could not be noted: ${String(error)}`));
	const budget = async () => readBudget(settings().budget, { ledger, clock, reservedUsd: await underWay.reservedUsd() });

	return {
		record: (rows) => noted(ledger.record(rows)),
		allow: (call) => underWay.allow(call),
		recordFigures: (...parameters) => noted(ledger.recordFigures(...parameters)),
		recordOutcome: (...parameters) => noted(ledger.recordOutcome(...parameters)),
		budget,
		calls: () => allRows(ledger),
		dashboard: async (query) => ({ ...(await dashboardFigures(ledger, query, clock.nowMs())), controlShare: settings().ledger.controlShare }),
		async rows({ kind, filter, fromMs, toMs, ...page }) {
			const range = { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
			return kind === 'calls' ? { kind, ...(await ledger.rows({ range, filter, ...page })) } : { kind, ...(await ledger.questions({ range, filter, ...page })) };
		},
		async summary({ withDetails = false } = {}) {
			const dayStartMs = startOf('day', clock.nowMs());
			const rows = await collect(ledger, { fromMs: dayStartMs });
			const today = localSavings(rows);
			const before = await pastBefore(dayStartMs);
			// Who asks again after midnight what was answered before it makes the two sets overlap.
			const isApart = rows.every(({ interactionId, retryOf }) => !before.interactions.has(interactionId) && (retryOf === null || !before.interactions.has(retryOf)));
			const total = isApart ? addSavings(before.savings, today) : localSavings(await collect(ledger));
			return { today, total, budget: await budget(), details: withDetails ? await details() : null };
		},
		async close() {
			if (closing.signal.aborted) return;
			closing.abort();
			await underWay.close().catch((error: unknown) => log.warn(`What was set aside for calls could not be given back: ${String(error)}`));
			await ledger.close();
		},
	};
}

async function collect(ledger: Ledger, range: { readonly fromMs?: number; readonly toMs?: number } = {}): Promise<LedgerRow[]> {
	const rows: LedgerRow[] = [];
	for await (const row of allRows(ledger, range)) rows.push(row);
	return rows;
}
