import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type CoordinatorHandle, createCoordinator } from '#core/coordinator';
import type { DashboardRowsPage } from '#core/domain/dashboard';
import type { AskQuery, Coordinator } from '#core/domain/requests';
import type { Settings } from '#core/settings';
import { settingsFromWire } from '#core/settingsFromWire';
import { startChatServer } from '../support/chatServer.ts';
import { type Answer, json, outsideAddress, startModelServer } from '../support/modelServer.ts';
import { quietPorts } from '../support/ports.ts';
import { temporaryFolder } from '../support/workspace.ts';

const FILES = 40;
/** Counts so many tokens a text; null: says nothing of tokens. */
const embeddings =
	(tokens: number | null = 4): Answer =>
	(response, request, body) => {
		const { input } = JSON.parse(body) as { input: readonly string[] };
		const data = input.map((text, index) => ({ object: 'embedding', index, embedding: Array.from({ length: 4 }, (_, i) => 1 + ((text.length + i) % 7)) }));
		const usage = tokens === null ? {} : { usage: { prompt_tokens: tokens * input.length, total_tokens: tokens * input.length } };
		return json(200, { object: 'list', data, ...usage })(response, request, body);
	};
const PRICE = { inputUsdPerMillion: 1_000, outputUsdPerMillion: 0, asOf: '2026-11-01' };

describe('every call of a model is in the ledger', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	/** A coordinator over some files, with an embedding server and a model that answers. */
	async function open(options: { readonly budget?: Record<string, unknown>; readonly address?: string; readonly answer?: Answer }) {
		const [workspace, data] = [temporaryFolder(), temporaryFolder()];
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write(Object.fromEntries(Array.from({ length: FILES }, (_, i) => [`f${i}.ts`, `export const beacon${i} = ${i};\n`])));
		const embedder = await startModelServer(options.answer ?? embeddings(), options.address);
		const chat = await startChatServer({ name: 'gpt-4.1', ...(options.address ? { address: options.address } : {}) });
		cleanUps.push(
			async () => embedder[Symbol.asyncDispose](),
			async () => chat[Symbol.asyncDispose](),
		);
		const settingsOf = (budget: Record<string, unknown>): Settings =>
			settingsFromWire({
				budget,
				embedding: { provider: 'openai', url: `${embedder.origin}/v1`, model: 'meaning' },
				models: { openaiUrls: [chat.url], prices: { 'meaning': PRICE, 'gpt-4.1': { inputUsdPerMillion: 2, outputUsdPerMillion: 8, asOf: '2026-11-01' } } },
				learning: { enabled: false },
				ledger: { controlShare: 0 },
			}).settings;
		const handle = await createCoordinator({ ports: quietPorts(), settings: settingsOf(options.budget ?? {}), dataDirectory: data.path });
		cleanUps.push(() => handle.coordinator.close());
		await handle.coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
		const setBudget = (budget: Record<string, unknown>) => handle.applySettings(settingsOf(budget));
		return { ...handle, embedder, chat, setBudget };
	}
	const allRows = async (coordinator: Coordinator) => {
		const page: DashboardRowsPage = await coordinator.dashboardRows({ kind: 'calls', filter: {}, limit: 1_000 });
		return page.kind === 'calls' ? page.rows : [];
	};
	const indexed = async ({ coordinator }: Pick<CoordinatorHandle, 'coordinator'>) => {
		await coordinator.startIndexing();
		await coordinator.whenIdle({ vectors: true });
	};
	const query = (more: Partial<AskQuery> = {}): AskQuery => ({
		interactionId: randomUUID(),
		prompt: 'which beacon is the seventh one?',
		history: [],
		attachments: [],
		signals: {},
		...more,
	});

	it('also vectors for an index and for a question, and a test of a model, with tokens as their server counts them', async () => {
		const opened = await open({});
		const { coordinator, embedder, chat } = opened;
		await indexed(opened);
		const question = query();
		await coordinator.ask(question, () => undefined);
		expect(await coordinator.testModel(chat.id)).toMatchObject({ isOk: true, text: 'Fine.' });
		const rows = await allRows(coordinator);
		const embedded = rows.filter(({ purpose }) => purpose === 'embedding');
		// One a request, and not one a text.
		expect(embedded).toHaveLength(embedder.requests.length);
		expect(embedded.length).toBeLessThan(FILES / 2);
		const texts = embedder.requests.reduce((sum, { body }) => sum + (JSON.parse(body) as { input: string[] }).input.length, 0);
		expect(embedded.reduce((sum, { inputTokens }) => sum + inputTokens, 0)).toBe(4 * texts);
		for (const row of embedded) {
			expect(row).toMatchObject({ modelId: `openai:${new URL(embedder.origin).host}/meaning`, isRemote: false, outputTokens: 0, isEstimate: false, result: 'ok' });
			expect(row.costUsd).toBeCloseTo(row.inputTokens / 1_000, 9);
		}
		// That of the question is of its interaction; the probe is of none, and the index of its workspace.
		expect(embedded.filter(({ interactionId }) => interactionId === question.interactionId)).toHaveLength(1);
		expect(embedded.filter(({ workspaceId }) => workspaceId === null)).toHaveLength(1);
		expect(rows.filter(({ purpose }) => purpose === 'test')).toMatchObject([
			{ modelId: chat.id, inputTokens: 1_000, outputTokens: 50, isEstimate: false, result: 'ok', firstTokenMs: expect.any(Number) },
		]);

		// Totals are the sum of rows, and what is no answer changes nothing of questions and savings.
		const { details, total } = await coordinator.spending({ withDetails: true });
		const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + of(row), 0);
		expect(details).toMatchObject({
			calls: rows.length,
			estimatedCalls: 0,
			costUsd: expect.closeTo(
				sum(({ costUsd }) => costUsd ?? 0),
				9,
			),
		});
		expect(details?.purposes.map(({ purpose, calls }) => [purpose, calls])).toEqual([
			['embedding', embedded.length],
			['answer', 1],
			['test', 1],
		]);
		expect(details?.models.reduce((all, { calls }) => all + calls, 0)).toBe(rows.length);
		expect(total).toMatchObject({ answered: 1, answeredLocally: 1 });
		const dashboard = await coordinator.dashboard({});
		expect(dashboard.local).toMatchObject({ calls: rows.length, inputTokens: sum(({ inputTokens }) => inputTokens), timedCalls: 2 });
		expect(dashboard.questions).toMatchObject({ asked: 1, answered: 1 });
		expect(dashboard.models.map(({ calls }) => calls.calls).reduce((a, b) => a + b)).toBe(rows.length);
	});

	it('with an estimate that says so where the server does not count, and a failure with no tokens', async () => {
		let isWell = true;
		const opened = await open({ answer: (...parts) => (isWell ? embeddings(null) : json(500, { error: { message: 'no' } }))(...parts) });
		const { coordinator } = opened;
		await indexed(opened);
		for (const row of await allRows(coordinator)) {
			expect(row).toMatchObject({ purpose: 'embedding', isEstimate: true });
			expect(row.inputTokens).toBeGreaterThan(0);
		}
		isWell = false;
		await coordinator.search({ query: 'something about the seventh beacon', limit: 1 });
		expect((await allRows(coordinator))[0]).toMatchObject({ purpose: 'embedding', result: 'failed', inputTokens: 0, costUsd: 0 });
		isWell = true;
	});

	it.skipIf(outsideAddress === undefined)('and held to the limits where it is paid for: words stay, and the rest is made when there is money again', async () => {
		// A request of sixteen texts costs 0.19 dollars, and 0.24 are set aside for it.
		const opened = await open({ budget: { dailyUsd: 0.4 }, answer: embeddings(12), ...(outsideAddress ? { address: outsideAddress } : {}) });
		const { coordinator, embedder, chat, setBudget } = opened;
		await coordinator.startIndexing();
		await expect.poll(() => coordinator.status().problems.map(({ code }) => code), { timeout: 30_000 }).toEqual(['over-budget']);
		const { vectors, isSearchable } = coordinator.status();
		expect(isSearchable).toBe(true);
		// What was paid for is kept.
		expect(vectors.done).toBe(16);
		const { budget } = await coordinator.spending();
		expect(budget.day.spentUsd).toBeGreaterThan(0);
		expect(budget.day.spentUsd).toBeLessThanOrEqual(0.4);
		expect(budget.reservedUsd).toBe(0);

		await setBudget({ dailyUsd: 0 });
		const asked = [embedder.requests.length, chat.requests.filter(({ path }) => path !== '/v1/models').length];
		expect(await coordinator.testModel(chat.id)).toMatchObject({ isOk: false, errorCode: 'over-budget' });
		const answer = await coordinator.ask(query({ model: null }), () => undefined);
		expect(answer.notices).toContainEqual({ code: 'lexical-only', reason: expect.stringContaining('the spending limit does not leave what the call may cost') });
		expect([embedder.requests.length, chat.requests.filter(({ path }) => path !== '/v1/models').length]).toEqual(asked);

		await setBudget({ dailyUsd: null });
		await expect.poll(() => coordinator.status().vectors.done, { timeout: 30_000 }).toBe(FILES);
		expect(coordinator.status().problems).toEqual([]);
		const sent = embedder.requests
			.flatMap(({ body }) => (JSON.parse(body) as { input: string[] }).input)
			.filter((text) => text.includes('beacon') && text.includes('export'));
		expect(sent.length).toBe(new Set(sent).size);
		expect((await coordinator.testModel(chat.id)).isOk).toBe(true);
		const { budget: after, details } = await coordinator.spending({ withDetails: true });
		expect(after.day.spentUsd).toBeCloseTo(details?.costUsd ?? Number.NaN, 9);
		expect(details?.models.every(({ isRemote }) => isRemote)).toBe(true);
	});
});
