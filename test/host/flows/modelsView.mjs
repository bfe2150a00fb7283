import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runCommand, until } from '../support/page.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');
const KEY = 'sk-flow-5f1d9c';

export const description = 'adds a server with a key in the Models view, tests and prefers its model, says when the key is refused, and removes it';

export async function prepare() {
	const server = await startChatServer({ name: 'tiny-coder', key: KEY, words: ['ready'] });
	return { server, settings: { 'hybrid.index.automatic': 'always' }, close: () => server.close().catch(() => undefined) };
}

const input = '.quick-input-widget:not([style*="display: none"]) input';

export async function flow(page, { picture, host, prepared: { server } }) {
	const { host: address } = new URL(server.url);
	const row = (text) => page.locator('.monaco-list-row', { hasText: text }).first();
	const textOf = async (text) => (await row(text).innerText()).replace(/\s+/g, ' ');
	const type = async (text) => {
		await page.waitForSelector(input);
		await page.keyboard.press('Control+A');
		await page.keyboard.type(text, { delay: 10 });
		await page.keyboard.press('Enter');
	};
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });

	await runCommand(page, 'Hybrid: Add Model Server');
	await page.locator('.quick-input-list .monaco-list-row', { hasText: 'OpenAI-compatible' }).first().click();
	await page.getByText('Address of the server.').first().waitFor();
	await type('not an address');
	await page.getByText('An address begins with http:// or https://.').first().waitFor();
	await type(server.url);
	await page.getByText('Key for').first().waitFor();
	assert.equal(await page.locator(input).getAttribute('type'), 'password');
	await type(KEY);
	await runCommand(page, 'Hybrid: Focus on Models View');
	await until(page, async () => /answers.*key set/.test(await textOf(address)), 'the server with its key');
	await until(page, async () => /tiny-coder.*free/.test(await textOf('tiny-coder')), 'its model');
	await picture('models-added');

	const action = async (text, name) => {
		await row(text).hover();
		await row(text).getByRole('button', { name }).click();
	};
	await action('tiny-coder', 'Test Model');
	await until(page, () => server.bodies.length === 1, 'the test');
	assert.match(JSON.stringify(server.bodies[0]), /Reply with the single word: ready/);
	await until(page, async () => /first word after/.test(await textOf(address)), 'the figures');
	await action('tiny-coder', 'Prefer This Model');
	await until(page, async () => /preferred/.test(await textOf('tiny-coder')), 'the preference');

	server.key = 'sk-another';
	await runCommand(page, 'Hybrid: Refresh Models');
	await until(page, async () => /refuses the key/.test(await textOf(address)), 'the refused key');
	await page.getByText('Set a key for this server.').first().waitFor();
	await picture('models-key-refused');
	await action(address, 'Set API Key');
	await page.getByText('Key for').first().waitFor();
	await type('sk-another');
	await until(page, async () => /answers.*key set/.test(await textOf(address)), 'the new key');
	// Rows move up when the error goes: a click must not hit what was there before.
	await page.getByText('Set a key for this server.').first().waitFor({ state: 'hidden' });
	await until(page, async () => /tiny-coder.*preferred/.test(await textOf('tiny-coder')), 'its model below it');

	const menu = async (text, item) => {
		await row(text).click({ button: 'right' });
		// A menu takes no click at once, lest the one that opened it chooses.
		await page.waitForTimeout(700);
		await page.getByRole('menuitem', { name: item }).first().click();
	};
	await menu(address, 'Remove API Key');
	await until(page, async () => /refuses the key/.test(await textOf(address)) && !/key set/.test(await textOf(address)), 'the server without a key');
	await menu(address, 'Remove Model Server');
	await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Remove', exact: true }).click();
	await page.getByText('No language model is known yet.').first().waitFor({ timeout: 60_000 });
	await picture('models-removed');
	// No key is in a setting, a log, or a file of the coordinator.
	const files = readdirSync(host.at('.'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	assert.ok(files.some(({ name }) => name === 'metrics.db') && files.some(({ name }) => /\.log$/.test(name)));
	for (const { parentPath, name } of files.filter(({ name }) => name === 'settings.json'))
		assert.doesNotMatch(readFileSync(join(parentPath, name), 'utf8'), /tiny-coder/);
	for (const { parentPath, name } of files) assert.doesNotMatch(readFileSync(join(parentPath, name), 'latin1'), /sk-flow-5f1d9c|sk-another/, name);
}
