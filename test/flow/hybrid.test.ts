import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import { settingsFromWire } from '#core/settingsFromWire';
import { type ChatBody, startChatServer } from '../support/chatServer.ts';
import { outsideAddress } from '../support/modelServer.ts';
import { quietPorts } from '../support/ports.ts';
import { temporaryFolder } from '../support/workspace.ts';

const FILES = {
	'src/wheel.ts':
		'export function turnWheel(wheel: number): number {\n\t// Turns the wheel of the mill by a number of steps.\n\tcountTurns(wheel);\n\treturn wheel * 2;\n}\n',
	'src/gears.ts': Array.from({ length: 60 }, (_, i) => `/** Gear ${i} of the mill and its wheel. */\nexport const gear${i} = (steps: number) => steps * ${i};\n`).join(
		'',
	),
};
const HEAVY = 'Design and refactor the architecture of the mill and its wheel: compare alternatives, consider concurrency, and explain the trade-offs step by step.';
const PRICE = { inputUsdPerMillion: 3, outputUsdPerMillion: 15, asOf: '2026-11-01' };
const isCompression = ({ messages }: ChatBody) => messages[0]?.content.includes('You shorten code context') ?? false;

/** A local server that shortens as it is told, and a remote one: both real, in the whole of the product. */
describe.skipIf(outsideAddress === undefined)('code that a local model shortens for a remote one', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	async function ask(shorten: () => string | null | Promise<string>, prompt = HEAVY, signal?: AbortSignal) {
		const [workspace, data] = [temporaryFolder(), temporaryFolder()];
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write(FILES);
		const local = await startChatServer({
			name: 'qwen2.5-coder-7b-instruct',
			reply: (body) => (isCompression(body) ? shorten() : 'The local answer.'),
			usage: (body) => ({ prompt_tokens: isCompression(body) ? 900 : 1, completion_tokens: 40 }),
		});
		const remote = await startChatServer({
			name: 'gpt-4.1',
			...(outsideAddress ? { address: outsideAddress } : {}),
			reply: () => 'The remote answer.',
			usage: () => ({ prompt_tokens: 300, completion_tokens: 50 }),
		});
		cleanUps.push(
			async () => local[Symbol.asyncDispose](),
			async () => remote[Symbol.asyncDispose](),
		);
		const { settings } = settingsFromWire({
			models: { openaiUrls: [local.url, remote.url], prices: { 'gpt-4.1': PRICE, 'qwen*': { inputUsdPerMillion: 1, outputUsdPerMillion: 0, asOf: '2026-11-01' } } },
			routing: { explorationShare: 0, policy: 'tree', hybridTokenThreshold: 500 },
			embedding: { provider: 'none' },
			ledger: { controlShare: 0 },
			search: { codeThreshold: 0 },
			learning: { enabled: false },
		});
		const { coordinator } = await createCoordinator({ ports: quietPorts(), settings, dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
		await coordinator.startIndexing();
		await coordinator.whenIdle();
		await vi.waitUntil(async () => (await coordinator.models({ isFresh: true })).length === 2, { timeout: 30_000 });
		const query = { interactionId: randomUUID(), prompt, history: [], attachments: [], signals: {} };
		const summary = await coordinator.ask(query, () => undefined, signal);
		expect(local.chats.filter(isCompression)).toHaveLength(1);
		expect(remote.chats).toHaveLength(signal ? 0 : 1);
		return { summary, sent: JSON.stringify(remote.chats), spending: await coordinator.spending({ withDetails: true }) };
	}
	const purposes = ({ details }: Awaited<ReturnType<typeof ask>>['spending']) => details?.purposes.map(({ purpose, calls, costUsd }) => [purpose, calls, costUsd]);

	it('is counted as cancelled where the question is cancelled meanwhile, and sent nowhere', async () => {
		const cancelled = new AbortController();
		const { summary, spending } = await ask(
			() => {
				cancelled.abort();
				return new Promise(() => undefined);
			},
			HEAVY,
			cancelled.signal,
		);
		expect(summary).toMatchObject({ endReason: 'cancelled', sentTo: [] });
		expect(purposes(spending)).toEqual([['compression', 1, 0]]);
		expect(spending.details?.failed).toBe(0);
	});

	it('is sent as notes, with the places that were left out, and both calls are counted', async () => {
		const { summary, sent, spending } = await ask(() => 'src/wheel.ts:1-4\nturnWheel(wheel) doubles it.');
		expect(summary).toMatchObject({ text: 'The remote answer.', model: { isRemote: true }, route: { target: 'hybrid' } });
		expect(summary.notices).toContainEqual({
			code: 'compressed',
			model: expect.stringContaining('qwen2.5'),
			tokensBefore: expect.any(Number),
			tokensAfter: expect.any(Number),
		});
		expect(sent).toContain('turnWheel(wheel) doubles it.');
		expect(sent).toContain('src/gears.ts:');
		expect(sent).not.toContain('steps * 7');
		expect(purposes(spending)).toEqual([
			['answer', 1, 0.00165],
			['compression', 1, 0.0009],
		]);
		expect(summary.money.costUsd).toBeCloseTo(0.00255, 9);
		// What shortening cost is taken off what was saved.
		expect(spending.total.terms).toContainEqual({ code: 'compression', usd: -0.0009 });
	});

	it.each<[string, () => string | null, string]>([
		['names a place that was not there', () => 'src/axle.ts:1-4\nTurns the axle.', HEAVY],
		['loses a name of the question', () => 'src/wheel.ts:1-4\nIt doubles.', `${HEAVY} What of countTurns?`],
		['says nothing', () => '', HEAVY],
		['dies', () => null, HEAVY],
	])('is sent whole where that model %s, which the answer says, and what it took is counted', async (_, shorten, prompt) => {
		const { summary, sent, spending } = await ask(shorten, prompt);
		expect(summary).toMatchObject({ text: 'The remote answer.', model: { isRemote: true } });
		expect(summary.notices.map(({ code }) => code)).toContain('not-compressed');
		expect(sent).toContain('steps * 7');
		expect(purposes(spending)?.map(([purpose, calls]) => [purpose, calls])).toEqual([
			['answer', 1],
			['compression', 1],
		]);
	});
});
