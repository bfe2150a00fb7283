import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { Hit } from '#core/domain/hit';
import type { Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { startChatServer } from '../support/chatServer.ts';
import { isInDatabase, openTestKnowledge } from '../support/knowledge.ts';
import { quietPorts } from '../support/ports.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** Each has a sample that holds more of a report's words than the code that is at fault. */
const TOPICS = ['billing', 'shipping', 'printing', 'booking', 'tracking', 'scaling', 'rounding', 'sorting'] as const;
const sampleOf = (topic: string) => `samples/${topic}Demo.ts`;
const codeOf = (topic: string) => `engine/${topic}.ts`;
const FILES = Object.fromEntries(
	TOPICS.flatMap((topic) => [
		[
			sampleOf(topic),
			`/** The ${topic} report shows a wrong total after the customer changed it. */\nexport function ${topic}Demo() {\n\treturn ${topic}Total('customer report');\n}\n`,
		],
		[codeOf(topic), `/** The ${topic} total of a report. */\nexport function ${topic}Total(of: string) {\n\treturn of.length;\n}\n`],
	]),
);
/** Long enough to be an issue. */
const report = (topic: string) =>
	`The ${topic} report shows a wrong total\n\nI changed the customer and then opened the ${topic} report again. ${'It happens every time, on my machine and on the one of a colleague too, with the newest version and with the one before. '.repeat(3)}Expected is that the ${topic} total is that of the customer.`;

describe('what became of answers about issues', () => {
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
		const server = await startChatServer({
			name: 'qwen2.5-coder-7b-instruct',
			reply: ({ messages }) => `The fault is in ${codeOf(/The (\w+) report shows/.exec(messages.at(-1)?.content.split('# Question').at(-1) ?? '')?.[1] ?? '')}.`,
		});
		cleanUps.push(async () => server[Symbol.asyncDispose]());
		const { settings } = settingsFromWire({ models: { openaiUrls: [server.url] }, ledger: { controlShare: 0 }, embedding: { provider: 'none' }, ...wire });
		const open = async () => {
			const { coordinator } = await createCoordinator({ ports: quietPorts(), settings, dataDirectory: data.path });
			await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
			await coordinator.startIndexing();
			return coordinator;
		};
		const coordinator = await open();
		cleanUps.push(() => coordinator.close());
		return { coordinator, open, data };
	}
	const found = async (coordinator: Coordinator, topic: string): Promise<readonly Hit[]> => (await coordinator.search({ query: report(topic), limit: 8 })).hits;
	const rankOf = (hits: readonly Hit[], file: string) => hits.find(({ filePath }) => filePath === file)?.reasons.find(({ signal }) => signal === 'file-words')?.value;
	const factorOf = (hits: readonly Hit[], file: string) =>
		hits.find(({ filePath }) => filePath === file)?.reasons.find(({ signal }) => signal === 'file-experience')?.value ?? 1;
	/** Asks, and says what became of an answer that names the code at fault. */
	async function askAndJudge(coordinator: Coordinator, topic: string, value: number): Promise<string> {
		const interactionId = randomUUID();
		const answer = await coordinator.ask({ interactionId, prompt: report(topic), history: [], attachments: [], signals: {} }, () => undefined);
		expect(answer.text).toContain(codeOf(topic));
		await coordinator.reportOutcome([{ id: randomUUID(), interactionId, kind: 'thumbs', value, subject: null, source: 'user', timeMs: Date.now() }]);
		return interactionId;
	}
	const past = TOPICS.slice(0, 7);

	test('lift the files of a question that was never asked, and say so', async () => {
		const { coordinator } = await start();
		const before = await found(coordinator, 'sorting');
		expect(rankOf(before, sampleOf('sorting'))).toBe(1);
		expect(before.flatMap(({ reasons }) => reasons).filter(({ signal }) => signal === 'file-experience')).toEqual([]);
		for (const topic of past) await askAndJudge(coordinator, topic, 1);
		const after = await found(coordinator, 'sorting');
		expect(rankOf(after, codeOf('sorting'))).toBe(1);
		expect(factorOf(after, codeOf('sorting'))).toBeGreaterThan(1);
		expect(factorOf(after, sampleOf('sorting'))).toBeLessThan(1);
		for (const { reasons } of after)
			for (const { signal, value } of reasons.filter(({ signal }) => signal === 'file-experience'))
				expect([signal, value >= 1 / 2.501 && value <= 2.501]).toEqual([signal, true]);
		expect(coordinator.ranking.overview()).toMatchObject({
			outcomes: past.length,
			words: expect.arrayContaining([expect.objectContaining({ word: 'engine' }), expect.objectContaining({ word: 'samples' })]),
		});
		expect(JSON.parse(coordinator.ranking.export()).rankings).toHaveLength(past.length);
	});

	test('speak against the files where they were failures', async () => {
		const [liked, disliked] = await Promise.all(
			[1, -1].map(async (value) => {
				const { coordinator } = await start();
				for (const topic of past) await askAndJudge(coordinator, topic, value);
				return { factor: factorOf(await found(coordinator, 'sorting'), codeOf('sorting')), overview: coordinator.ranking.overview() };
			}),
		);
		// Which words most questions have counts either way.
		expect(disliked?.factor).toBeLessThan((liked?.factor ?? 0) * 0.95);
		expect(disliked?.overview).toEqual({ outcomes: 0, words: [] });
	});

	test('count after a restart as before it, and no more when they are deleted', async () => {
		const { coordinator, open, data } = await start();
		const ids: string[] = [];
		for (const topic of past) ids.push(await askAndJudge(coordinator, topic, 1));
		// Evidence decays while the test runs.
		const learnedBy = (one: Coordinator) => one.ranking.overview().words.map(({ word, factor }) => `${word} ${factor.toFixed(5)}`);
		const learned = learnedBy(coordinator);
		const order = (await found(coordinator, 'sorting')).map(({ filePath, score }) => [filePath, score]);
		const other = await open();
		expect(learnedBy(other)).toEqual(learned);
		const otherOrder = (await found(other, 'sorting')).map(({ filePath }) => filePath);
		expect(otherOrder).toEqual(order.map(([filePath]) => filePath));
		await other.knowledge.remove(ids);
		expect(coordinator.ranking.overview()).toEqual({ outcomes: 0, words: [] });
		expect(rankOf(await found(coordinator, 'sorting'), sampleOf('sorting'))).toBe(1);
		await other.close();
		const knowledge = await openTestKnowledge(data.join('knowledge.db'));
		expect(isInDatabase(knowledge.database, codeOf('billing'))).toBe(false);
		knowledge.database.close();
	});

	test('make no difference when they are reset, or while learning is paused', async () => {
		const { coordinator } = await start();
		for (const topic of past) await askAndJudge(coordinator, topic, 1);
		coordinator.ranking.reset();
		expect(coordinator.ranking.overview()).toEqual({ outcomes: 0, words: [] });
		const paused = (await start({ learning: { enabled: false } })).coordinator;
		const before = await found(paused, 'sorting');
		for (const topic of past) await askAndJudge(paused, topic, 1);
		expect((await found(paused, 'sorting')).map(({ filePath, score }) => [filePath, score])).toEqual(before.map(({ filePath, score }) => [filePath, score]));
	});
});
