import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { findOllama, installPython } from '../../support/realModels/install.ts';
import { startOllamaServer } from '../../support/realModels/ollamaServer.ts';
import { ask, lastWords, until } from '../support/page.mjs';

const { outsideAddress, startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');
const EASY = '@hybrid where is value added tax rounded?';
const HARD = '@hybrid design and refactor the architecture of the billing module: compare alternatives, consider concurrency, and explain the trade-offs step by step.';

export const description = 'routes an easy question to a real Ollama and a hard one to a remote model, and falls back when Ollama ends';

/** A real local model, and a server that stands in for a remote one. */
export async function prepare() {
	const ollama = findOllama();
	if (ollama.reason) return { reason: ollama.reason };
	const [python, address] = [installPython(), outsideAddress()];
	if (python.reason) return { reason: python.reason };
	if (!address) throw new Error('this machine has no address but loopback: nothing can stand in for a remote server');
	const server = await startOllamaServer({ binary: ollama.value, gguf: python.value.gguf, contextTokens: 4_096, maxOutputTokens: 100 });
	const remote = await startChatServer({ name: 'gpt-4.1', host: address, words: ['The remote ', 'answer.'] });
	return {
		server,
		remote,
		settings: {
			'hybrid.index.automatic': 'always',
			'hybrid.models.ollamaUrl': server.url,
			'hybrid.models.openaiUrls': [remote.url],
			'hybrid.models.prices': { 'gpt-4.1': { inputUsdPerMillion: 3, outputUsdPerMillion: 15, asOf: '2026-11-01' } },
			'hybrid.budget.dailyUsd': 1,
			'hybrid.routing.explorationShare': 0,
			'hybrid.ledger.controlShare': 0,
		},
		close: () => Promise.all([server[Symbol.asyncDispose](), remote.close()]),
	};
}

export async function flow(page, { picture, prepared: { server, remote } }) {
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await page.getByText('Hybrid (auto)').first().waitFor({ timeout: 60_000 });
	await ask(page, EASY);
	await until(page, async () => /smollm2:135m \(Ollama\) · local · nothing left this machine .*free, saved/.test(await lastWords(page)), 'the local answer', 180_000);
	await picture('ollama-routed');

	await ask(page, HARD);
	await until(page, async () => /The remote answer\..*gpt-4\.1.* · remote · sent to/.test(await lastWords(page)), 'the remote answer');
	// Under a limit an answer is held to what was set aside for it.
	assert.equal(remote.bodies.at(-1).max_tokens, 8_192);
	await ask(page, '@hybrid /why');
	await until(page, async () => /presumed to suit a question that looks complex best/.test(await lastWords(page)), 'the reasons');
	await picture('ollama-why');

	await server.stop();
	await ask(page, EASY.replace('where', 'where exactly'));
	await until(page, async () => /The remote answer\./.test(await lastWords(page)), 'the answer of who stepped in');
	await until(
		page,
		async () => /(?:smollm2:135m \(Ollama\)|http:\/\/127\.0\.0\.1:\d+) did not answer.*· remote · sent to/.test(await lastWords(page)),
		'who did not answer',
	);
	await picture('ollama-fallback');
}
