import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { Observation } from '#core/domain/observation';
import { settingsFromWire } from '#core/settingsFromWire';
import { startChatServer } from '../support/chatServer.ts';
import { quietPorts } from '../support/ports.ts';
import { temporaryFolder } from '../support/workspace.ts';

it('tells of a search, an answer, every call, a signal and its outcome, without their text', async () => {
	using workspace = temporaryFolder();
	using data = temporaryFolder();
	workspace.write({ 'src/lamp.ts': '/** Turns the lamp on at dusk. */\nexport function lightLamp(hour: number) {\n\treturn hour > 18;\n}\n' });
	await using server = await startChatServer({ name: 'coder-7b', reply: () => `In \`lightLamp\` of src/lamp.ts: ${'the lamp is lit after eighteen. '.repeat(40)}` });
	const { settings } = settingsFromWire({
		embedding: { provider: 'none' },
		models: { openaiUrls: [server.url] },
		ledger: { controlShare: 0 },
		learning: { highValueThreshold: 0 },
	});
	const { coordinator, onDidObserve } = await createCoordinator({ ports: quietPorts(), settings, dataDirectory: data.path });
	const observed: Observation[] = [];
	onDidObserve((observation) => observed.push(observation));
	await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
	await coordinator.startIndexing();
	await coordinator.models({ isFresh: true });
	const interactionId = randomUUID();
	await coordinator.ask({ interactionId, prompt: 'When is the lamp lit?', history: [], attachments: [], signals: {} }, () => undefined);
	await coordinator.reportOutcome([{ id: 's', interactionId, kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs: Date.now() }]);
	const purposes = () => observed.flatMap((observation) => (observation.kind === 'call' ? [observation.purpose] : []));
	await expect.poll(() => [...new Set(purposes())], { timeout: 20_000 }).toEqual(['answer', 'pattern']);
	expect([...new Set(observed.map(({ kind }) => kind))].sort()).toEqual(['answer', 'call', 'outcome', 'search', 'signal']);
	expect(JSON.stringify(observed)).not.toMatch(/lamp/i);
	await coordinator.close();
});
