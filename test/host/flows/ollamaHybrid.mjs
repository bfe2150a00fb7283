import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { findOllama, installPython } from '../../support/realModels/install.ts';
import { startOllamaServer } from '../../support/realModels/ollamaServer.ts';
import { ask, lastWords, runCommand, until } from '../support/page.mjs';

const { outsideAddress, startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');
const HEAVY =
	'@hybrid design and refactor the architecture of the billing module: compare alternatives, consider concurrency, and explain the trade-offs step by step. Where are reminders sent, and where is revenue summed by month?';

export const description = 'has a real Ollama shorten the code of a heavy question for a remote model, counts both, and answers itself when the money is spent';

/** A model this small does not end its notes by itself: it writes the first sentence of them, always the same one. */
export async function prepare() {
	const ollama = findOllama();
	if (ollama.reason) return { reason: ollama.reason };
	const [python, address] = [installPython(), outsideAddress()];
	if (python.reason) return { reason: python.reason };
	if (!address) throw new Error('this machine has no address but loopback: nothing can stand in for a remote server');
	const server = await startOllamaServer({
		binary: ollama.value,
		gguf: python.value.gguf,
		contextTokens: 8_192,
		opening: 'Notes: ',
		lines: ['PARAMETER temperature 0', 'PARAMETER seed 7', 'PARAMETER stop "."'],
	});
	// One answer leaves less than another would cost.
	const remote = await startChatServer({ name: 'gpt-4.1', host: address, words: ['The remote ', 'answer.'], promptTokens: 215_000 });
	return {
		remote,
		settings: {
			'hybrid.index.automatic': 'always',
			'hybrid.models.ollamaUrl': server.url,
			'hybrid.models.openaiUrls': [remote.url],
			'hybrid.models.prices': { 'gpt-4.1': { inputUsdPerMillion: 3, outputUsdPerMillion: 15, asOf: '2026-11-01' } },
			'hybrid.budget.dailyUsd': 0.65,
			'hybrid.routing.policy': 'tree',
			'hybrid.routing.hybridTokenThreshold': 500,
			'hybrid.ledger.controlShare': 0,
		},
		close: () => Promise.all([server[Symbol.asyncDispose](), remote.close()]),
	};
}

export async function flow(page, { picture, prepared: { remote } }) {
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await page.getByText('Hybrid (auto)').first().waitFor({ timeout: 60_000 });
	await ask(page, HEAVY);
	await until(page, async () => /The remote answer\..* · hybrid · sent to/.test(await lastWords(page)), 'the closing line', 240_000);
	assert.match(await lastWords(page), /smollm2:135m \(Ollama\) shortened the code from [\d,]+ to [\d,]+ tokens before it was sent/);
	const { content } = remote.bodies.at(-1).messages.at(-1);
	assert.match(content, /Notes on further code, made by a smaller model/);
	assert.doesNotMatch(content, /def send_reminders/);
	await picture('ollama-hybrid');

	await ask(page, '@hybrid /why');
	await until(
		page,
		async () => /a model on this machine shortens the code first.*smollm2:135m \(Ollama\) shortened the code from/.test(await lastWords(page)),
		'the reasons',
	);
	await picture('ollama-hybrid-why');

	await runCommand(page, 'Hybrid: Show Costs and Savings');
	const shown = () =>
		Promise.all(
			page.frames().map((frame) =>
				frame
					.locator('body')
					.innerText({ timeout: 1_000 })
					.catch(() => ''),
			),
		);
	await until(page, async () => (await shown()).some((text) => /Answers\s+1\s[\s\S]*Shortening code\s+1\s/.test(text)), 'both calls among the costs');
	assert.match((await shown()).join('\n'), /Today: 0\.65 \$ spent of 0\.65 \$\./);
	await picture('ollama-hybrid-costs');

	await ask(page, `${HEAVY} And where are taxes rounded?`);
	await until(page, async () => /smollm2:135m \(Ollama\) · local · nothing left this machine/.test(await lastWords(page)), 'the answer of this machine', 240_000);
	assert.match(await lastWords(page), /The spending limit leaves 0\.00\d* \$, so a model that costs nothing answers/);
	assert.equal(remote.bodies.length, 1);
	await picture('ollama-hybrid-spent');
}
