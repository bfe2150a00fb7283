import { describe, expect, it } from 'vitest';
import type { BudgetState } from '#core/domain/spending';
import { readState } from '#core/metrics/monitor/readState';

type Watched = Parameters<typeof readState>[1];

const period = (name: 'day' | 'month', limitUsd: number | null, spentUsd: number) => ({
	period: name,
	sinceMs: 0,
	limitUsd,
	spentUsd,
	unknownCalls: 0,
	isReached: false,
});

/** What a scrape shows of a coordinator of which only the named part can be read. */
async function shown(part: Partial<Watched>): Promise<Readonly<Record<string, number>>> {
	const found: Record<string, number> = {};
	const failing = () => Promise.reject(new Error('The database is gone.'));
	const status = () => ({ folders: [], vectors: { done: 3, total: 5 }, problems: [] });
	const watched = { status, spending: failing, modelEndpoints: failing, knowledge: { status: failing }, ...part } as unknown as Watched;
	const set = (name: string, value: number, labels: Readonly<Record<string, string>> = {}) => {
		found[[name, ...Object.values(labels)].join(' ')] = value;
	};
	await readState({ set, add: () => undefined, observe: () => undefined }, watched);
	return found;
}

describe('the state that a scrape shows', () => {
	it('has each limit beside what is left of it, calls under way taken off, and nothing of a period without a limit', async () => {
		const budget = { day: period('day', 5, 4.5), month: period('month', null, 20), reservedUsd: 0.25 } as BudgetState;
		const spending = async () => ({ budget }) as Awaited<ReturnType<Watched['spending']>>;
		expect(await shown({ spending })).toMatchObject({ 'hybrid_budget_limit_usd day': 5, 'hybrid_budget_remaining_usd day': 0.25 });
		expect(Object.keys(await shown({ spending })).filter((name) => name.endsWith('month'))).toEqual([]);
		const overrun = async () => ({ budget: { ...budget, day: period('day', 5, 6) } }) as Awaited<ReturnType<Watched['spending']>>;
		expect(await shown({ spending: overrun })).toMatchObject({ 'hybrid_budget_remaining_usd day': 0 });
	});

	it('leaves out what cannot be read, and shows the rest', async () => {
		expect(await shown({})).toEqual({ hybrid_index_chunks: 0, hybrid_index_vectors_waiting: 2, hybrid_index_problems: 0 });
	});
});
