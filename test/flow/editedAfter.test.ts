import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { Hit } from '#core/domain/hit';
import type { Signal } from '#core/domain/outcome';
import type { Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { startChatServer } from '../support/chatServer.ts';
import { isInDatabase, openTestKnowledge } from '../support/knowledge.ts';
import { quietPorts } from '../support/ports.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

/** The file at fault has few words of the question; eight samples have all of them. */
const RIGHT = 'engine/settle.ts';
const UNRELATED = 'engine/colour7.ts';
const SECRET = '.env';
const samples = Array.from({ length: 8 }, (_, number) => [
	`samples/demo${number}.ts`,
	`/** Shows how the late fee of an overdue invoice is computed, and where the fee is added to the invoice. */\nexport const lateFeeOfInvoice${number} = 'the late fee of an overdue invoice';\n`,
]);
const others = Array.from({ length: 40 }, (_, number) => [`engine/colour${number}.ts`, `/** A shade of paint. */\nexport const colour${number} = ${number};\n`]);
const FILES: Readonly<Record<string, string>> = {
	...Object.fromEntries([...samples, ...others]),
	[RIGHT]: '/** Adds a fee. */\nexport function settle(days: number, rate: number) {\n\treturn days > 30 ? rate * days : 0;\n}\n',
	[SECRET]: 'FEE_TOKEN=invoice late fee overdue\n',
};
const QUESTION = 'How is the late fee of an overdue invoice computed?';
const SIMILAR = 'Where is the late fee for an invoice that is overdue added?';
const OTHER = 'Which shade of paint is colour7?';

describe('a file that the user edits after a question that it was not sent with', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	async function start(wire: Record<string, unknown> = {}) {
		const [workspace, data] = [temporaryFolder(), temporaryFolder()];
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write(FILES);
		const server = await startChatServer({ name: 'qwen2.5-coder-7b-instruct', reply: () => 'I do not know.' });
		cleanUps.push(async () => server[Symbol.asyncDispose]());
		const { settings } = settingsFromWire({ models: { openaiUrls: [server.url] }, ledger: { controlShare: 0 }, embedding: { provider: 'none' }, ...wire });
		const { coordinator, applySettings } = await createCoordinator({ ports: quietPorts(), settings, dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
		await coordinator.startIndexing();
		return { coordinator, applySettings, settings, workspace, data };
	}

	async function ask(coordinator: Coordinator, prompt = QUESTION): Promise<{ readonly interactionId: string; readonly hits: readonly Hit[] }> {
		const interactionId = randomUUID();
		let hits: readonly Hit[] = [];
		await coordinator.ask({ interactionId, prompt, history: [], attachments: [], signals: {} }, (part) => {
			if (part.type === 'references') hits = part.hits;
		});
		return { interactionId, hits };
	}
	const edited = (interactionId: string, workspace: TemporaryFolder, file = RIGHT, more: Partial<Signal> = {}): Signal => ({
		...{ id: randomUUID(), interactionId, kind: 'edited-after', value: 1, subject: workspace.join(file), source: 'editor', timeMs: Date.now() },
		...more,
	});
	const isSent = (hits: readonly Hit[]) => hits.some(({ filePath }) => filePath === RIGHT);
	const found = async (coordinator: Coordinator, query = SIMILAR) => (await coordinator.search({ query, limit: 5 })).hits;

	test('is sent with the next question that is similar, with the reason, and no more when the first one is deleted', async () => {
		const { coordinator, workspace, data } = await start();
		const { interactionId, hits } = await ask(coordinator);
		expect(hits.length).toBeGreaterThan(0);
		expect(isSent(hits)).toBe(false);
		expect(isSent(await found(coordinator))).toBe(false);
		expect(await coordinator.reportOutcome([edited(interactionId, workspace)])).toBe(1);

		const next = await ask(coordinator, SIMILAR);
		const right = next.hits.find(({ filePath }) => filePath === RIGHT);
		expect(right?.reasons).toContainEqual({ signal: 'experience', value: expect.closeTo(1.2, 0) });
		expect(next.hits[0]?.filePath).not.toBe(RIGHT);
		expect(isSent(await found(coordinator, OTHER))).toBe(false);

		const detail = await coordinator.knowledge.detail(interactionId);
		expect(detail.signals).toMatchObject([{ kind: 'edited-after', value: 1, subject: expect.stringContaining(`\n${RIGHT}\n`) }]);
		// Which file was right says nothing of how good the answer was.
		expect(detail.item.outcome).toBeNull();

		await coordinator.knowledge.remove([interactionId, next.interactionId]);
		expect(isSent(await found(coordinator))).toBe(false);
		const knowledge = await openTestKnowledge(data.join('knowledge.db'));
		expect(isInDatabase(knowledge.database, RIGHT)).toBe(false);
		knowledge.database.close();
	});

	test('is learned of once, a later word replaces, and an edit that is taken back teaches nothing', async () => {
		const { coordinator, workspace } = await start();
		const { interactionId } = await ask(coordinator);
		const saved = edited(interactionId, workspace, RIGHT, { value: 0.5 });
		expect(await coordinator.reportOutcome([saved, saved])).toBe(1);
		const scoreOf = async () => (await coordinator.search({ query: SIMILAR, limit: 40 })).hits.find(({ filePath }) => filePath === RIGHT)?.score ?? 0;
		const once = await scoreOf();
		expect(await coordinator.reportOutcome([saved])).toBe(0);
		expect(await scoreOf()).toBeCloseTo(once, 5);
		await coordinator.reportOutcome([edited(interactionId, workspace, RIGHT, { timeMs: Date.now() + 1 })]);
		expect(await scoreOf()).toBeGreaterThan(once * 1.2);
		await coordinator.reportOutcome([edited(interactionId, workspace, RIGHT, { value: 0, timeMs: Date.now() + 2 })]);
		expect(isSent(await found(coordinator))).toBe(false);
	});

	test('teaches nothing where it has nothing to do with the question, is not in the index, or is named for a question that nobody asked', async () => {
		const { coordinator, workspace } = await start();
		const { interactionId } = await ask(coordinator);
		const useless = [
			edited(interactionId, workspace, UNRELATED),
			edited(interactionId, workspace, SECRET),
			edited(interactionId, workspace, '../elsewhere.ts'),
			edited(interactionId, workspace, RIGHT, { subject: null }),
			edited(randomUUID(), workspace),
		];
		expect(await coordinator.reportOutcome(useless)).toBe(0);
		expect((await coordinator.knowledge.detail(interactionId)).signals).toEqual([]);
	});

	test('is learned of too when its folder is still being opened', async () => {
		const { coordinator, workspace } = await start();
		const { interactionId } = await ask(coordinator);
		await coordinator.openFolders([]);
		const opening = coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
		expect(await coordinator.reportOutcome([edited(interactionId, workspace)])).toBe(1);
		await opening;
	});

	test('moves little by the word of an agent, by its path in the folder', async () => {
		const { coordinator, workspace } = await start();
		const { interactionId } = await ask(coordinator);
		for (let times = 0; times < 20; times++) {
			await coordinator.reportOutcome([edited(interactionId, workspace, RIGHT, { subject: RIGHT, source: 'agent:x', timeMs: Date.now() + times })]);
		}
		expect(isSent(await found(coordinator))).toBe(false);
		const detail = await coordinator.knowledge.detail(interactionId);
		expect(detail.signals).toHaveLength(20);
		expect(detail.item.outcome).toBeNull();
	});

	test('teaches nothing while learning is paused, neither then nor later', async () => {
		const { coordinator, applySettings, settings, workspace } = await start();
		const { interactionId } = await ask(coordinator);
		await applySettings({ ...settings, learning: { ...settings.learning, enabled: false } });
		expect(await coordinator.reportOutcome([edited(interactionId, workspace)])).toBe(0);
		await applySettings(settings);
		expect(isSent(await found(coordinator))).toBe(false);
	});
});
