import assert from 'node:assert/strict';
import { runCommand } from '../support/page.mjs';

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
	assert.ok(texts.some((text) => /reminders\.py:\d+ · worker/.test(text)) && texts.some((text) => /invoice\.ts:\d+ · api/.test(text)), texts.join('|'));
	await picture('several-folders-search');
}
