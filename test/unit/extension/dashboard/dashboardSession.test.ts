import { describe, expect, it } from 'vitest';
import type { DashboardData, DashboardQuery, DashboardRowsQuery } from '#core/domain/dashboard';
import type { DashboardChoice } from '#extension/dashboard/buildSnapshot';
import { type DashboardHost, DashboardSession, type SaidToPage } from '#extension/dashboard/dashboardSession';
import { dashboardData } from '../../../support/dashboardData.ts';
import { ENGLISH } from '../../../support/dashboardPage.ts';

const token = 't';

function open(answer: (query: DashboardQuery) => Promise<DashboardData>, more: Partial<DashboardHost> = {}, choice: DashboardChoice | null = null) {
	const said: SaidToPage[] = [];
	const asked: object[] = [];
	const saved: { readonly name: string; readonly text: string }[] = [];
	const warnings: string[] = [];
	const host: DashboardHost = {
		words: ENGLISH,
		request: (async (name: string, query: DashboardQuery & DashboardRowsQuery) => {
			asked.push({ name, ...query });
			if (name === 'dashboard/read') return answer(query);
			const first = query.after === undefined ? 0 : Number(query.after);
			const rows = Array.from({ length: query.limit ?? 0 }, (_, i) => ({
				id: `c${first + i}`,
				timeMs: 0,
				modelLabel: 'M',
				workspaceId: null,
				inputTokens: 1,
				outputTokens: 1,
				costUsd: 0,
				firstTokenMs: 1,
				totalMs: 1,
				purpose: 'answer',
				result: 'ok',
			}));
			return { kind: 'calls', rows, next: String(first + rows.length) };
		}) as unknown as DashboardHost['request'],
		nameOf: (id) => (id === 'w1' ? 'sample' : null),
		explain: (error) => String(error),
		post: (message) => said.push(message),
		save: async (name, bytes) => {
			saved.push({ name, text: new TextDecoder().decode(bytes) });
			return true;
		},
		warn: (text) => warnings.push(text),
		...more,
	};
	const session = new DashboardSession(host, choice);
	return { session, said, asked, saved, warnings };
}

describe('the session of a dashboard', () => {
	it('shows the newest reading only, however late an older one comes', async () => {
		const waiting: ((data: DashboardData) => void)[] = [];
		const { session, said } = open(() => new Promise((resolve) => waiting.push(resolve)));
		const first = session.answer({ type: 'ready', token });
		const second = session.answer({ type: 'choose', range: 'all', workspace: 'w1', model: '', token });
		waiting[1]?.(dashboardData({ choices: { workspaceIds: ['w1', 'w2abcdefgh'], models: [] } }));
		await second;
		waiting[0]?.(dashboardData());
		await first;
		expect(said).toHaveLength(1);
		expect(said[0]).toMatchObject({
			type: 'snapshot',
			snapshot: {
				range: { chosen: 'all' },
				workspace: {
					chosen: 'w1',
					options: [
						{ value: '', label: 'All' },
						{ value: 'w1', label: 'sample' },
						{ value: 'w2abcdefgh', label: 'Folder w2abcd' },
					],
				},
			},
		});
	});

	it('asks for what was chosen, and for rows of what is shown', async () => {
		const { session, asked, said } = open(async () => dashboardData());
		await session.answer({ type: 'rows', figureId: 'remote-cost', isMore: false, token });
		expect(asked).toEqual([]);
		await session.answer({ type: 'choose', range: 'all', workspace: 'w1', model: 'm', token });
		expect(asked.at(-1)).toEqual({ name: 'dashboard/read', workspaceId: 'w1', modelId: 'm' });
		await session.answer({ type: 'rows', figureId: 'remote-cost', isMore: false, token });
		const { fromMs, periods } = dashboardData();
		const query = { name: 'dashboard/rows', kind: 'calls', filter: { isRemote: true, workspaceId: 'w1', modelId: 'm' }, fromMs, toMs: periods[0]?.toMs, limit: 200 };
		expect(asked.at(-1)).toEqual(query);
		await session.answer({ type: 'rows', figureId: 'remote-cost', isMore: true, token });
		expect(asked.at(-1)).toEqual({ ...query, after: '200' });
		expect(said.at(-1)).toMatchObject({ type: 'rows', rows: { figureId: 'remote-cost', isMore: true, hasMore: true } });
		const before = asked.length;
		for (const figureId of ['patterns', 'toString', '__proto__']) await session.answer({ type: 'rows', figureId, isMore: false, token });
		await session.answer({ type: 'rows', figureId: 'local-cost', isMore: true, token });
		expect(asked).toHaveLength(before);
	});

	it('asks once for what the page opens with, before it is there, and anew after that', async () => {
		const { session, asked, said } = open(async () => dashboardData());
		session.begin();
		expect(asked).toHaveLength(1);
		expect(said).toEqual([]);
		await session.answer({ type: 'ready', token });
		expect([asked.length, said.length]).toEqual([1, 1]);
		await session.answer({ type: 'ready', token });
		expect([asked.length, said.length]).toEqual([2, 2]);
		const failing = open(async () => Promise.reject(new Error('locked')));
		failing.session.begin();
		await failing.session.answer({ type: 'ready', token });
		expect(failing.said).toMatchObject([{ type: 'failure', text: 'Error: locked' }]);
	});

	it('begins with what was chosen before its window was closed', async () => {
		const { session, asked, said } = open(async () => dashboardData({ choices: { workspaceIds: ['w1'], models: [] } }), {}, { range: 'all', workspace: 'w1', model: '' });
		session.begin();
		await session.answer({ type: 'ready', token });
		expect(asked).toEqual([{ name: 'dashboard/read', workspaceId: 'w1' }]);
		expect(said).toMatchObject([{ type: 'snapshot', snapshot: { range: { chosen: 'all' }, workspace: { chosen: 'w1' } } }]);
	});

	it('says on the page why figures cannot be had, and shows them when they can', async () => {
		let isBroken = true;
		const { session, said } = open(async () => {
			if (isBroken) throw new Error('locked');
			return dashboardData();
		});
		await session.answer({ type: 'ready', token });
		expect(said.at(-1)).toMatchObject({ type: 'failure', text: 'Error: locked' });
		isBroken = false;
		await session.answer({ type: 'ready', token });
		expect(said.at(-1)).toMatchObject({ type: 'snapshot' });
	});

	it('exports a bounded number of rows, and says that there are more', async () => {
		const { session, saved, warnings } = open(async () => dashboardData());
		await session.answer({ type: 'ready', token });
		await session.answer({ type: 'exportRows', figureId: 'local-cost', token });
		expect(saved[0]?.name).toBe('dashboard-local-cost.csv');
		expect(saved[0]?.text.trim().split('\r\n')).toHaveLength(100_001);
		expect(warnings).toEqual(['There are more rows than an export has: these are the newest 100000.']);
	});
});
