import { randomUUID } from 'node:crypto';
import { createCoordinator } from '#core/coordinator';
import type { AnswerSummary } from '#core/domain/answer';
import type { Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { seededRandom } from '../../bench/support/syntheticIndex.ts';
import { outsideAddress, startModelServer } from './modelServer.ts';
import { quietPorts } from './ports.ts';

const ASKED = [
	'Where is value added tax rounded?',
	'How does the server retry a failed request?',
	'Which reminder level is sent after thirty days?',
	'How is the revenue of a month summed up?',
	'What does the mailer do when the server refuses a message?',
	'Write a test for an invoice without lines.',
	'Which table holds the lines of an invoice?',
	'How are amounts of money kept?',
	'Refactor the retry so that the delay has a limit.',
	'Why is the total of an invoice off by a cent?',
];

/** A server of the OpenAI protocol with one model, which takes a moment for each word. */
async function startChatModel(model: string, words: number, pauseMs: number, address?: string) {
	return startModelServer(async (response, { url }, body) => {
		if (url === '/v1/models') return void response.end(JSON.stringify({ object: 'list', data: [{ id: model, object: 'model' }] }));
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		const send = (value: object) => response.write(`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model, ...value })}\n\n`);
		for (let word = 0; word < words; word += 10) {
			await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + ((body.length * 31 + word) % 100) / 100)));
			send({ choices: [{ index: 0, delta: { content: 'In `invoiceTotal` of the file api/src/invoice.ts, see there. ' } }] });
		}
		const usage = { prompt_tokens: Math.round(body.length / 4), completion_tokens: words };
		send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { ...usage, total_tokens: usage.prompt_tokens + words } });
		response.end('data: [DONE]\n\n');
	}, address);
}

/**
 * Some days of somebody's work, through a real coordinator with real model servers: each day it starts anew, questions are asked, some twice, and
 * thumbs and edits tell what became of most answers. Seeded, but for the durations. The clock alone is moved; the last day is today.
 * Without an address of its own this machine has no model that counts as another's.
 */
export async function workForDays(options: {
	readonly workspace: string;
	readonly dataDirectory: string;
	readonly days: number;
	readonly perDay: number;
	readonly pauseMs?: number;
}): Promise<void> {
	const { workspace, dataDirectory, days, perDay, pauseMs = 0 } = options;
	const random = seededRandom(11);
	await using small = await startChatModel('small-coder-7b', 120, pauseMs);
	await using large = await startChatModel('large-cloud', 260, pauseMs / 2, outsideAddress ?? '127.0.0.1');
	const urls = [`${small.origin}/v1`, ...(outsideAddress ? [`${large.origin}/v1`] : [])];
	for (let day = days - 1; day >= 0; day--) {
		// Past days begin at ten, so that none runs into the next.
		const morning = new Date();
		morning.setDate(morning.getDate() - day);
		morning.setHours(10, 0, 0, 0);
		let aheadMs = day === 0 ? 0 : morning.getTime() - Date.now();
		const ports = quietPorts();
		const { coordinator } = await createCoordinator({
			ports: { ...ports, clock: { ...ports.clock, nowMs: () => Date.now() + aheadMs } },
			settings: settingsFromWire({
				embedding: { provider: 'bundled' },
				models: { openaiUrls: urls, prices: { 'large-cloud': { inputUsdPerMillion: 3, outputUsdPerMillion: 15, asOf: '2026-11-01' } } },
				routing: { policy: 'learned', explorationShare: 0, remoteShare: 0.3 },
			}).settings,
			dataDirectory,
		});
		await coordinator.openFolders([{ path: workspace, name: 'sample' }]);
		await coordinator.startIndexing();
		await coordinator.whenIdle({ vectors: true });
		let first: AnswerSummary | undefined;
		for (let asked = 0; asked < perDay; asked++) {
			// The first question of a day is asked twice in a row of one model, and nobody says anything of it.
			if (asked < 2) first = await ask(coordinator, `${ASKED[day % ASKED.length]}`, randomUUID(), first?.model?.id);
			else await askAndJudge(coordinator, random, () => Date.now() + aheadMs);
			if (day > 0) aheadMs += 240_000;
		}
		await coordinator.close();
	}
}

function ask(coordinator: Coordinator, prompt: string, interactionId: string, model?: string): Promise<AnswerSummary> {
	return coordinator.ask({ interactionId, prompt, history: [], attachments: [], signals: {}, ...(model === undefined ? {} : { model }) }, () => undefined);
}

async function askAndJudge(coordinator: Coordinator, random: () => number, nowMs: () => number): Promise<void> {
	const prompt = ASKED[Math.floor(random() * ASKED.length)] ?? '';
	const interactionId = randomUUID();
	const { model } = await ask(coordinator, `${prompt} Number ${Math.floor(random() * 1e6)}.`, interactionId);
	const signal = (kind: 'thumbs' | 'edit-applied' | 'edit-survived', value: number) => ({
		id: randomUUID(),
		interactionId,
		kind,
		value,
		subject: kind === 'thumbs' ? null : 'api/src/invoice.ts',
		source: kind === 'thumbs' ? 'user' : 'editor',
		timeMs: nowMs(),
	});
	const isGood = random() < (model?.isRemote ? 0.9 : 0.72);
	if (random() < 0.5) await coordinator.reportOutcome([signal('thumbs', isGood ? 1 : -1)]);
	if (random() < 0.5) await coordinator.reportOutcome([signal('edit-applied', 1), signal('edit-survived', isGood ? 0.9 : -0.8)]);
}
