import assert from 'node:assert/strict';
import { findOllama, installPython } from '../../support/realModels/install.ts';
import { startOllamaServer } from '../../support/realModels/ollamaServer.ts';
import { ask, cancelAnswer, lastWords, pickModel, runCommand, until } from '../support/page.mjs';

export const description = 'has a real Ollama answer, wait its turn, and lose its model while that is chosen';

/** With `reason` where there is no Ollama: the flow is named as skipped. */
export async function prepare() {
	const ollama = findOllama();
	if (ollama.reason) return { reason: ollama.reason };
	const python = installPython();
	if (python.reason) return { reason: python.reason };
	const server = await startOllamaServer({ binary: ollama.value, gguf: python.value.gguf, contextTokens: 4_096, maxOutputTokens: 400 });
	return {
		server,
		settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.ollamaUrl': server.url, 'hybrid.ledger.controlShare': 0 },
		close: () => server[Symbol.asyncDispose](),
	};
}

export async function flow(page, { picture, prepared: { server } }) {
	const host = new URL(server.url).host;
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await runCommand(page, 'Hybrid: Focus on Models View');
	const row = (text) => page.locator('.monaco-list-row', { hasText: text }).first();
	await row(host).waitFor({ timeout: 60_000 });
	await until(
		page,
		async () => /smollm2:135m.*0\.135B.*4,096 tokens.*free/.test((await row('smollm2:135m').innerText()).replace(/\s+/g, ' ')),
		'the model with its size',
	);
	await picture('ollama-models');

	await pickModel(page, 'smollm2');
	await ask(page, '@hybrid where is value added tax rounded?');
	await until(page, async () => /smollm2:135m.*nothing left this machine.* \d+ tokens in, \d+ out · free/.test(await lastWords(page)), 'the closing line', 180_000);
	await picture('ollama-answer');

	// A test of the model while it answers: one of this machine is asked for one answer at a time.
	await ask(page, '@hybrid tell a long story about invoices, with many chapters, and repeat every chapter');
	await page.getByText('Asking smollm2').first().waitFor({ timeout: 60_000 });
	await row('smollm2:135m').hover();
	await row('smollm2:135m').getByRole('button', { name: 'Test' }).click();
	await until(page, async () => /1 running · 1 waiting/.test(await row(host).innerText()), 'the queue in the view');
	await picture('ollama-queue');
	await cancelAnswer(page);
	await page
		.getByText(/smollm2:135m.*answered/)
		.first()
		.waitFor({ timeout: 60_000 });
	await picture('ollama-tested');

	server.removeModel();
	await ask(page, '@hybrid who sends reminders for unpaid invoices?');
	await page
		.getByText(/is not there any more/)
		.first()
		.waitFor({ timeout: 60_000 });
	assert.match(await lastWords(page), /reminders/);
	await runCommand(page, 'Hybrid: Focus on Models View');
	await page.getByText('It has no language model.').first().waitFor({ timeout: 60_000 });
	await picture('ollama-removed');

	server.createModel();
	await row('smollm2:135m').waitFor({ timeout: 60_000 });
	await ask(page, '@hybrid where is value added tax rounded, again?');
	await until(page, async () => /smollm2:135m.*nothing left this machine/.test(await lastWords(page)), 'the answer of the model that came back', 180_000);
}
