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

it('tells of a signal once, whatever else is reported with it again, and of what a question tells of the answer before it', async () => {
	using data = temporaryFolder();
	const { settings } = settingsFromWire({ embedding: { provider: 'none' } });
	const { coordinator, onDidObserve } = await createCoordinator({ ports: quietPorts(), settings, dataDirectory: data.path });
	const heard: string[] = [];
	onDidObserve((observation) => {
		if (observation.kind === 'signal') heard.push(`${observation.signal} ${observation.value}`);
	});
	const interactionId = randomUUID();
	const asked = { prompt: 'When is the lamp lit?', history: [], attachments: [], signals: {} };
	await coordinator.ask({ ...asked, interactionId }, () => undefined);
	const signal = { interactionId, kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs: Date.now() } as const;
	// The answer is remembered while the user reads it.
	await expect.poll(() => coordinator.reportOutcome([{ ...signal, id: 'a' }]), { timeout: 20_000 }).toBe(1);
	const batch = [
		{ ...signal, id: 'a' },
		{ ...signal, id: 'b', kind: 'edit-applied' },
		{ ...signal, id: 'c', interactionId: randomUUID() },
	] as const;
	expect(await coordinator.reportOutcome(batch)).toBe(1);
	expect(await coordinator.reportOutcome(batch)).toBe(0);
	expect(heard).toEqual(['thumbs 1', 'edit-applied 1']);
	await coordinator.ask({ ...asked, interactionId: randomUUID(), retryOf: interactionId }, () => undefined);
	await expect.poll(() => heard, { timeout: 20_000 }).toEqual(['thumbs 1', 'edit-applied 1', 'retried -1']);
	await coordinator.close();
});
