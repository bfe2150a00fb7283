import type { BudgetPeriod, BudgetState } from '#core/domain/spending';
import type { ClockPort } from '#core/ports';
import type { Settings } from '#core/settings';
import type { Ledger, SpendingLimit } from './ledger.ts';

export interface BudgetOptions {
	readonly ledger: Pick<Ledger, 'spent'>;
	readonly clock: Pick<ClockPort, 'nowMs'>;
	readonly reservedUsd?: number;
	/** Minutes that the user's clock is ahead of UTC at a time. */
	readonly zoneOffsetMinutes?: (timeMs: number) => number;
}

/**
 * What the limits leave now, over all processes. Spending is whatever the ledger has since the period began, with no upper end: a clock that
 * jumps back, even over midnight or into another month, finds everything spent since then. `reservedUsd` is set aside for calls under way,
 * which count in every period.
 */
export async function readBudget(settings: Settings['budget'], options: BudgetOptions): Promise<BudgetState> {
	const { ledger, clock, reservedUsd = 0, zoneOffsetMinutes = machineOffsetMinutes } = options;
	const nowMs = clock.nowMs();
	const read = async (period: BudgetPeriod['period'], limitUsd: number | null): Promise<BudgetPeriod> => {
		const sinceMs = startOf(period, nowMs, zoneOffsetMinutes);
		const { knownUsd: spentUsd, unknownCalls } = await ledger.spent(sinceMs);
		return { period, sinceMs, limitUsd, spentUsd, unknownCalls, isReached: limitUsd !== null && spentUsd >= limitUsd };
	};
	const day = await read('day', settings.dailyUsd);
	const month = await read('month', settings.monthlyUsd);
	const left = [day, month].flatMap(({ limitUsd, spentUsd }) => (limitUsd === null ? [] : [Math.max(0, limitUsd - spentUsd - reservedUsd)]));
	return { remainingUsd: left.length === 0 ? null : Math.min(...left), reservedUsd, atLimit: settings.atLimit, isReached: day.isReached || month.isReached, day, month };
}

/** The limits of the settings, as the ledger holds them. */
export function limitsOf(settings: Settings['budget'], nowMs: number, zoneOffsetMinutes: (timeMs: number) => number = machineOffsetMinutes): readonly SpendingLimit[] {
	const limits = [['day', settings.dailyUsd] as const, ['month', settings.monthlyUsd] as const];
	return limits.flatMap(([period, limitUsd]) => (limitUsd === null ? [] : [{ sinceMs: startOf(period, nowMs, zoneOffsetMinutes), limitUsd }]));
}

/** First moment of the day or month that holds a time, where the user is. */
export function startOf(period: BudgetPeriod['period'], timeMs: number, zoneOffsetMinutes: (timeMs: number) => number = machineOffsetMinutes): number {
	const local = new Date(timeMs + zoneOffsetMinutes(timeMs) * 60_000);
	const localStart = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), period === 'day' ? local.getUTCDate() : 1);
	// Clocks may have been put forward or back since then: the offset of that moment counts.
	const guess = localStart - zoneOffsetMinutes(timeMs) * 60_000;
	return localStart - zoneOffsetMinutes(guess) * 60_000;
}

/** Minutes that this machine's clock is ahead of UTC at a time. */
export function machineOffsetMinutes(timeMs: number): number {
	return -new Date(timeMs).getTimezoneOffset();
}
