import { findOllama, installPython } from '../../support/realModels/install.ts';
import { startOllamaRegistry } from '../../support/realModels/ollamaRegistry.ts';
import { startOllamaServer } from '../../support/realModels/ollamaServer.ts';
import { ask, lastAnswer, pickModel, runCommand, until } from '../support/page.mjs';

export const description = 'has a real Ollama pull a model from a registry, shows how far it is, and asks it';

/** Two Ollamas: what one has, a registry on loopback hands on to the other. */
export async function prepare() {
	const ollama = findOllama();
	if (ollama.reason) return { reason: ollama.reason };
	const python = installPython();
	if (python.reason) return { reason: python.reason };
	const options = { binary: ollama.value, contextTokens: 4_096, maxOutputTokens: 100 };
	const source = await startOllamaServer({ ...options, gguf: python.value.gguf });
	const registry = await startOllamaRegistry({ models: source.models, heldAtBytes: 40_000_000 });
	const server = await startOllamaServer({ ...options, gguf: null });
	return {
		server,
		registry,
		settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.ollamaUrl': server.url, 'hybrid.ledger.controlShare': 0 },
		close: () => Promise.all([server[Symbol.asyncDispose](), registry[Symbol.asyncDispose](), source[Symbol.asyncDispose]()]),
	};
}

export async function flow(page, { picture, prepared: { server, registry } }) {
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await runCommand(page, 'Hybrid: Focus on Models View');
	const row = (text) => page.locator('.monaco-list-row', { hasText: text }).first();
	await row(new URL(server.url).host).waitFor({ timeout: 60_000 });
	await page.getByText('It has no language model.').first().waitFor({ timeout: 60_000 });

	await runCommand(page, 'Hybrid: Pull Model with Ollama');
	const input = page.locator('.quick-input-widget:not([style*="display: none"]) input').first();
	await page.getByPlaceholder('Ollama server that is to fetch the model').first().waitFor();
	await page.keyboard.press('Enter');
	await page.getByText('Name of the model in Ollama').first().waitFor();
	await input.fill(registry.nameOf('smollm2:135m'));
	await page.keyboard.press('Enter');
	await page.locator('[id="status.notifications"]').click();
	const shown = () => page.locator('.notifications-center').innerText();
	await until(page, async () => /Pulling 127\.0\.0\.1:\d+\/library\/smollm2:135m: [\d.]+ MB of 98 MB/.test((await shown()).replace(/\s+/g, ' ')), 'how far it is');
	await picture('ollama-pulling');

	registry.release();
	await until(page, async () => /library\/smollm2:135m.*0\.135B.*free/.test((await row('smollm2:135m').innerText()).replace(/\s+/g, ' ')), 'the model');
	await picture('ollama-pulled');
	await pickModel(page, 'smollm2');
	await ask(page, '@hybrid where is value added tax rounded?');
	await until(page, async () => /smollm2:135m.*nothing left this machine/.test((await lastAnswer(page).innerText()).replace(/\s+/g, ' ')), 'the answer', 180_000);
}
