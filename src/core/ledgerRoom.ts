import { isCancellation } from './base/abort.ts';
import type { DashboardData, DashboardQuery, DashboardRowsPage, DashboardRowsQuery } from './domain/dashboard.ts';
import type { BudgetState, SpendingDetails, SpendingSummary } from './domain/spending.ts';
import { readBudget, startOf } from './metrics/budget.ts';
import { CallsUnderWay } from './metrics/callsUnderWay.ts';
import { type DashboardFigures, dashboardFigures, effectOfQuestions, savingsOfQuestions } from './metrics/dashboard.ts';
import { allRows, type CallAllowance, type CallToAllow, type LedgerRow, type LocalLedger } from './metrics/ledger.ts';
import { openLedger } from './metrics/openLedger.ts';
import { SLOT_MS } from './metrics/questionLedger.ts';
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

/** A slot that begins after every call, also of a clock that was ahead: the end of what a `Date` can say. */
const END_OF_TIME_MS = Math.floor(8.64e15 / SLOT_MS) * SLOT_MS;

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
	void keepShort();

	async function details(): Promise<SpendingDetails> {
		const { calls, failed, cacheHits, estimatedCalls, costUsd, unknownCostCalls, models, purposes } = await ledger.summary();
		const { questions } = await ledger.sums([0, END_OF_TIME_MS]);
		return {
			sinceMs: (await ledger.choices()).sinceMs,
			calls,
			failed,
			cacheHits,
			estimatedCalls,
			costUsd,
			unknownCostCalls,
			models,
			purposes,
			effect: effectOfQuestions(questions),
			controlShare: settings().ledger.controlShare,
		};
	}

	async function keepShort(): Promise<void> {
		try {
			await clock.delay(FIRST_TIDY_MS, closing.signal);
			for (;;) {
				await ledger.forget(clock.nowMs() - settings().ledger.retentionDays * DAY_MS);
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
			const dayStartMs = Math.floor(startOf('day', clock.nowMs()) / SLOT_MS) * SLOT_MS;
			const { questions } = await ledger.sums([0, dayStartMs, END_OF_TIME_MS]);
			const today = savingsOfQuestions(questions.filter(({ period }) => period === 1));
			return { today, total: savingsOfQuestions(questions), budget: await budget(), details: withDetails ? await details() : null };
		},
		async close() {
			if (closing.signal.aborted) return;
			closing.abort();
			await underWay.close().catch((error: unknown) => log.warn(`What was set aside for calls could not be given back: ${String(error)}`));
			await ledger.close();
		},
	};
}
