import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { SignalKind } from '#core/domain/outcome';
import type { Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { quietPorts } from '../support/ports.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** Two files that a question about retries fits about as well. */
const FILES = {
	'src/uploadRetry.ts': 'export function retryUpload(job: string) {\n\treturn queueUpload(job, waitBetweenRetries);\n}\n',
	'src/paymentRetry.ts': 'export function retryPayment(job: string) {\n\treturn queuePayment(job, waitBetweenRetries);\n}\n',
	'src/clock.ts': 'export function currentTime() {\n\treturn Date.now();\n}\n',
};
const QUESTION = 'how long is the wait between retries?';

describe('what became of an answer', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	async function start(wire: Record<string, unknown> = {}): Promise<Coordinator> {
		const workspace = temporaryFolder();
		const data = temporaryFolder();
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write(FILES);
		const ports = quietPorts();
		const settings = settingsFromWire({ embedding: { provider: 'none' }, ...wire }).settings;
		const { coordinator } = await createCoordinator({ ports, settings, dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
		await coordinator.startIndexing();
		return coordinator;
	}
	const order = async (coordinator: Coordinator, query = QUESTION) => (await coordinator.search({ query, limit: 3 })).hits.map(({ filePath }) => filePath);
	/** Asks, and says what became of it, of an answer that used the code found first. */
	const askAndJudge = async (coordinator: Coordinator, kind: SignalKind, value: number) => {
		const interactionId = randomUUID();
		await coordinator.ask({ interactionId, prompt: QUESTION, history: [], attachments: [], signals: {} }, () => undefined);
		await coordinator.reportOutcome([{ id: randomUUID(), interactionId, kind, value, subject: null, source: 'user', timeMs: Date.now() }]);
	};

	test('a thumb down lets its misleading context rank lower for the same question, and a thumb up lifts it again', async () => {
		const coordinator = await start();
		const [first, second] = await order(coordinator);
		expect(new Set([first, second])).toEqual(new Set(['src/uploadRetry.ts', 'src/paymentRetry.ts']));
		const scoreOf = async (file: string | undefined) => (await coordinator.search({ query: QUESTION, limit: 3 })).hits.find(({ filePath }) => filePath === file);
		const before = await scoreOf(first);
		await askAndJudge(coordinator, 'thumbs', -1);
		const after = await scoreOf(first);
		expect(after?.score).toBeLessThan((before?.score ?? 0) * 0.8);
		expect(after?.reasons).toContainEqual({ signal: 'experience', value: expect.closeTo(0.5, 0) });
		for (let i = 0; i < 3; i++) await askAndJudge(coordinator, 'thumbs', 1);
		expect((await scoreOf(first))?.score).toBeGreaterThan(after?.score ?? 0);
	});

	test('another question is hardly touched', async () => {
		const coordinator = await start();
		const other = 'which function gives the current time?';
		const before = (await coordinator.search({ query: other, limit: 1 })).hits[0];
		await askAndJudge(coordinator, 'thumbs', -1);
		const after = (await coordinator.search({ query: other, limit: 1 })).hits[0];
		expect(after?.filePath).toBe('src/clock.ts');
		expect(after?.score).toBeCloseTo(before?.score ?? 0, 5);
	});

	test('makes no difference while learning is paused', async () => {
		const coordinator = await start({ learning: { enabled: false } });
		const before = (await coordinator.search({ query: QUESTION, limit: 3 })).hits.map(({ filePath, score }) => [filePath, score]);
		await askAndJudge(coordinator, 'thumbs', -1);
		expect((await coordinator.search({ query: QUESTION, limit: 3 })).hits.map(({ filePath, score }) => [filePath, score])).toEqual(before);
	});

	test('forgetting it takes its effect away', async () => {
		const coordinator = await start();
		const before = (await coordinator.search({ query: QUESTION, limit: 3 })).hits.map(({ filePath, score }) => [filePath, score]);
		await askAndJudge(coordinator, 'thumbs', -1);
		expect((await coordinator.search({ query: QUESTION, limit: 3 })).hits.map(({ filePath, score }) => [filePath, score])).not.toEqual(before);
		await coordinator.knowledge.forget({ everything: true });
		expect((await coordinator.search({ query: QUESTION, limit: 3 })).hits.map(({ filePath, score }) => [filePath, score])).toEqual(before);
	});
});
