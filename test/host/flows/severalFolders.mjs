import assert from 'node:assert/strict';
import { ask, lastAnswer, runCommand, until } from '../support/page.mjs';

export const description = 'indexes and searches several folders, and says which folder a result is of';
export const settings = { 'hybrid.index.automatic': 'always' };
export const folders = ['api', 'worker', 'reports'];

export async function flow(page, { picture }) {
	await page.locator('.statusbar-item', { hasText: 'Hybrid' }).first().click();
	for (const name of folders) await page.locator('.pane-body .monaco-list-row', { hasText: name }).first().waitFor({ timeout: 60_000 });
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await picture('several-folders');
	await runCommand(page, 'Hybrid: Search Context');
	await page.getByPlaceholder('Search this workspace').waitFor();
	await page.keyboard.type('unpaid invoice reminder', { delay: 15 });
	const rows = page.locator('.quick-input-list .monaco-list-row');
	await rows.filter({ hasText: 'reminders.py' }).first().waitFor({ timeout: 30_000 });
	const texts = await rows.allInnerTexts();
	assert.ok(texts.some((text) => /reminders\.py:\d+\s*·\s*worker/.test(text)) && texts.some((text) => /invoice\.ts:\d+\s*·\s*api/.test(text)), texts.join('|'));
	await picture('several-folders-search');
	await page.keyboard.press('Escape');
	await ask(page, '@hybrid who reminds customers of unpaid invoices?');
	await until(page, async () => /reminders\.py:\d+-\d+\s*\(worker\)/.test(await lastAnswer(page).innerText()), 'a link with its folder');
	await picture('several-folders-chat');
}
