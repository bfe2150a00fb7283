import type { CallPurpose, CallTotals } from '#core/domain/spending';
import type { TokenPrice } from './callCost.ts';
import type { LedgerRange, QuestionLedger } from './questionLedger.ts';

export type { LedgerRange } from './questionLedger.ts';

/** One call of a model. Times are Unix milliseconds; money is US dollars, kept in whole nano-dollars, so that totals are exactly the sum of their rows. */
export interface LedgerRow {
	readonly id: string;
	readonly interactionId: string;
	/** The interaction that this one repeats on another model, because its answer did not do; null for a first try. */
	readonly retryOf: string | null;
	readonly timeMs: number;
	readonly workspaceId: string | null;
	readonly purpose: CallPurpose;
	readonly modelId: string;
	readonly modelLabel: string;
	readonly isRemote: boolean;
	readonly target: 'local' | 'remote' | 'hybrid';
	readonly inputTokens: number;
	readonly outputTokens: number;
	/** True when we counted the tokens, false when the provider did. */
	readonly isEstimate: boolean;
	/** Null: the price is unknown. Never 0 for want of a price. */
	readonly costUsd: number | null;
	/** Date (YYYY-MM-DD) of the price that `costUsd` is made of. */
	readonly priceAsOf: string | null;
	readonly firstTokenMs: number | null;
	readonly totalMs: number;
	readonly result: 'ok' | 'failed' | 'cancelled';
	/** The stored answer to an identical question; no model was asked. */
	readonly isCacheHit: boolean;
	/** Of the random share that is sent without augmentation. */
	readonly isControl: boolean;
	/** Tokens of the prompt that are context. */
	readonly contextTokens: number;
	/** What the same tokens would have cost at the default remote model; null: unknown. */
	readonly counterfactualUsd: number | null;
	readonly counterfactualModelId: string | null;
	/** Date (YYYY-MM-DD) of the price that `counterfactualUsd` is made of. */
	readonly counterfactualPriceAsOf: string | null;
}

/** Every field that is there must be equal. */
export type LedgerFilter = Partial<
	Pick<LedgerRow, 'workspaceId' | 'interactionId' | 'modelId' | 'purpose' | 'isRemote' | 'target' | 'result' | 'isCacheHit' | 'isControl'>
>;

export interface LedgerTotals extends CallTotals {
	readonly totalMs: number;
}

export interface LedgerSummary extends LedgerTotals {
	/** Most calls first. The label is that of the model's last call. */
	readonly models: readonly (LedgerTotals & Pick<LedgerRow, 'modelId' | 'modelLabel' | 'isRemote'>)[];
	readonly purposes: readonly (LedgerTotals & Pick<LedgerRow, 'purpose'>)[];
}

export interface LedgerPage {
	/** Newest first; of one time, what was recorded last first. */
	readonly rows: readonly LedgerRow[];
	/** Hand it to `rows` for what is older; null at the end. Rows recorded meanwhile neither repeat nor hide one. */
	readonly next: string | null;
}

/** Money that is set aside for a call under way. */
export interface Reservation {
	/** The id of the row that the call will have. */
	readonly id: string;
	/** Whose call it is: `ProcessPort.own`, a slash, and what tells apart those that one process was. */
	readonly owner: string;
	readonly timeMs: number;
	readonly usd: number;
}

/** What may be spent from a time on, calls under way included. */
export interface SpendingLimit {
	readonly sinceMs: number;
	readonly limitUsd: number;
}

/** A call to another machine that is to be made. */
export interface CallToAllow {
	/** That of the row which the call will have. */
	readonly id: string;
	readonly promptTokens: number;
	readonly price: TokenPrice | null;
	/** Room for prompt and answer together; null: unknown. */
	readonly contextTokens: number | null;
	/** What the caller limits the answer to itself. */
	readonly maxOutputTokens?: number;
}

/** That a call may be made. */
export interface CallAllowance {
	/** What the answer must be held to; null: nothing but what the caller wants. */
	readonly maxOutputTokens: number | null;
}

/** Where calls are noted, and where leave is asked for those that may cost something. */
export interface CallBook {
	/** Keeps calls; must not reject. */
	record(rows: readonly LedgerRow[]): void;
	/** Sets aside what a call to another machine may cost, until its row is recorded. Null: it may not be made. */
	allow(call: CallToAllow): Promise<CallAllowance | null>;
}

/**
 * Every call of a model, what it took and what it cost; shared by all processes of a user. What `record` has resolved survives `kill -9`.
 * Errors: `database-locked` (retryable), `database-readonly`, `disk-full`, `database-corrupt`.
 */
export interface Ledger {
	/**
	 * Adds rows, all or none; each takes the place of what was set aside under its id. A row whose id is there already is left as it is, so that a
	 * repeated call changes nothing. `invalid-argument` for amounts that are negative or no number.
	 */
	record(rows: readonly LedgerRow[]): Promise<void>;
	/**
	 * Sets `usd` aside, or as much as every limit leaves where that is less, in one step with looking what they leave: no two calls, of whatever
	 * processes, get the same money. Returns how much; null, and nothing is set aside, where it would be less than `leastUsd`.
	 */
	reserve(reservation: Reservation, leastUsd: number, limits: readonly SpendingLimit[]): Promise<number | null>;
	/** Gives back what was set aside under these ids. */
	release(ids: readonly string[]): Promise<void>;
	/** All that is set aside, by whomever. */
	reservations(): Promise<readonly Reservation[]>;
	/** What was spent since a time, without an upper end: calls stamped in the future, by a clock that was set back since, count. */
	spent(sinceMs: number): Promise<{ readonly knownUsd: number; readonly unknownCalls: number }>;
	summary(range?: LedgerRange, filter?: LedgerFilter): Promise<LedgerSummary>;
	rows(options?: { readonly range?: LedgerRange; readonly filter?: LedgerFilter; readonly limit?: number; readonly after?: string }): Promise<LedgerPage>;
	/** Removes rows older than a time and tells how many there were. */
	forget(beforeMs: number): Promise<number>;
	close(): Promise<void>;
}

/** The ledger of this machine, which the dashboard reads. */
export interface LocalLedger extends Ledger, QuestionLedger {}

/** Every row of a range, newest first, read page by page. */
export async function* allRows(ledger: Pick<Ledger, 'rows'>, range: LedgerRange = {}, filter: LedgerFilter = {}): AsyncGenerator<LedgerRow> {
	let after: string | null = null;
	do {
		const page: LedgerPage = await ledger.rows({ range, filter, limit: 1_000, ...(after === null ? {} : { after }) });
		yield* page.rows;
		after = page.next;
	} while (after !== null);
}
