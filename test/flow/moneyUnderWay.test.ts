import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { AskQuery, Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { type ChatServer, startChatServer } from '../support/chatServer.ts';
import { outsideAddress } from '../support/modelServer.ts';
import { quietPorts } from '../support/ports.ts';
import { temporaryFolder } from '../support/workspace.ts';

const PRICE = { inputUsdPerMillion: 3, outputUsdPerMillion: 15, asOf: '2026-11-01' };

/** Windows that share one data directory, a local server, and a remote one that answers when it is let. */
describe.skipIf(outsideAddress === undefined)('calls under way', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	async function open(budget: Record<string, unknown>, windows = 2) {
		const [workspace, data] = [temporaryFolder(), temporaryFolder()];
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write({ 'src/wheel.ts': 'export function turnWheel(wheel: number): number {\n\treturn wheel * 2;\n}\n' });
		let release: () => void = () => undefined;
		const released = new Promise<void>((resolve) => {
			release = resolve;
		});
		const local = await startChatServer({ name: 'qwen2.5-coder-7b-instruct', reply: () => 'The local answer.' });
		const remote = await startChatServer({
			name: 'gpt-4.1',
			...(outsideAddress ? { address: outsideAddress } : {}),
			reply: async () => {
				await released;
				return 'The remote answer.';
			},
			// As dear as a call can get: every token that it is allowed.
			usage: ({ max_tokens: completion_tokens = 100_000, messages }) => ({
				prompt_tokens: messages.reduce((sum, { content }) => sum + Math.ceil(content.length / 4), 0),
				completion_tokens,
			}),
		});
		cleanUps.push(
			async () => local[Symbol.asyncDispose](),
			async () => remote[Symbol.asyncDispose](),
		);
		const { settings } = settingsFromWire({
			budget,
			models: { openaiUrls: [local.url, remote.url], prices: { 'gpt-4.1': PRICE } },
			routing: { explorationShare: 0 },
			embedding: { provider: 'none' },
			ledger: { controlShare: 0 },
			learning: { enabled: false },
		});
		const coordinators: Coordinator[] = [];
		for (let window = 0; window < windows; window++) {
			const ports = quietPorts();
			const { coordinator } = await createCoordinator({ ports, settings, dataDirectory: data.path });
			cleanUps.push(() => coordinator.close());
			await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
			await coordinator.models({ isFresh: true });
			coordinators.push(coordinator);
		}
		return { coordinators, local, remote, release };
	}
	const query = (remote: ChatServer, more: Partial<AskQuery> = {}): AskQuery => ({
		interactionId: randomUUID(),
		prompt: `how is the wheel turned? ${randomUUID()}`,
		history: [],
		attachments: [],
		signals: {},
		model: remote.id,
		...more,
	});
	const spentOf = async (coordinator: Coordinator | undefined) => {
		const summary = await coordinator?.spending({ withDetails: true });
		return {
			spentUsd: summary?.budget.day.spentUsd ?? Number.NaN,
			reservedUsd: summary?.budget.reservedUsd ?? Number.NaN,
			costUsd: summary?.details?.costUsd ?? Number.NaN,
		};
	};

	it('of two windows at once stay under the limit together, and the rest is answered here with the reason', async () => {
		const { coordinators, local, remote, release } = await open({ dailyUsd: 0.3, atLimit: 'local' });
		const asked = Array.from({ length: 12 }, (_, index) => coordinators[index % 2]?.ask(query(remote), () => undefined));
		// Those that are allowed wait for the remote server; the others have their answer from here.
		const early = await Promise.race(asked);
		expect(early).toMatchObject({ text: 'The local answer.', model: { isRemote: false } });
		expect((await spentOf(coordinators[0])).reservedUsd).toBeGreaterThan(0.2);
		release();
		const answers = await Promise.all(asked);
		const remoteAnswers = answers.filter((answer) => answer?.model?.isRemote);
		expect(remoteAnswers.length).toBeGreaterThan(1);
		expect(remoteAnswers.length).toBeLessThan(12);
		for (const answer of answers) if (!answer?.model?.isRemote) expect(answer).toMatchObject({ text: 'The local answer.' });
		expect(answers.flatMap((answer) => answer?.notices ?? []).some(({ code }) => code === 'over-budget')).toBe(true);
		expect(remote.chats.every(({ max_tokens = Number.NaN }) => max_tokens <= 8_192)).toBe(true);
		expect(local.chats.length).toBe(12 - remoteAnswers.length);
		const { spentUsd, reservedUsd, costUsd } = await spentOf(coordinators[1]);
		expect(spentUsd).toBeGreaterThan(0.25);
		expect(spentUsd).toBeLessThanOrEqual(0.3);
		expect(reservedUsd).toBe(0);
		// The total is what the answers said, call by call.
		expect(costUsd).toBeCloseTo(
			answers.reduce((sum, answer) => sum + (answer?.money.costUsd ?? 0), 0),
			9,
		);
	});

	it('are no answer but code where everything stops at the limit, and an error that says so for another chat', async () => {
		const { coordinators, local, remote, release } = await open({ dailyUsd: 0.13, atLimit: 'stop' }, 1);
		const [window] = coordinators;
		const first = window?.ask(query(remote), () => undefined);
		await expect.poll(() => remote.chats.length).toBe(1);
		const second = await window?.ask(query(remote), () => undefined);
		expect(second).toMatchObject({ model: null, sentTo: [], money: { costUsd: 0 } });
		expect(second?.route?.reasons.map(({ code }) => code)).toContain('budget-stop');
		await expect(window?.ask(query(remote, { otherChat: { instructions: '' } }), () => undefined)).rejects.toMatchObject({
			code: expect.stringMatching(/over-budget|not-found/),
		});
		expect(local.chats).toEqual([]);
		release();
		expect(await first).toMatchObject({ text: 'The remote answer.' });
	});

	it('that are cancelled or cut off count with an estimate, and free what they had set aside', async () => {
		const { coordinators, remote } = await open({ dailyUsd: 1 }, 1);
		const [window] = coordinators;
		const controller = new AbortController();
		const asked = window?.ask(query(remote), () => undefined, controller.signal);
		await expect.poll(() => remote.chats.length).toBe(1);
		expect((await spentOf(window)).reservedUsd).toBeGreaterThan(0.1);
		controller.abort();
		expect(await asked).toMatchObject({ endReason: 'cancelled' });
		const { spentUsd, reservedUsd } = await spentOf(window);
		expect(reservedUsd).toBe(0);
		expect(spentUsd).toBeGreaterThan(0);
		expect(spentUsd).toBeLessThan(0.01);
		expect((await window?.spending({ withDetails: true }))?.details).toMatchObject({ calls: 1, estimatedCalls: 1 });
	});
});
