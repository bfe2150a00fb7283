import assert from 'node:assert/strict';

export const description = 'asks to index, answers in the chat with references and a closing line, searches live, and shows the index';

const shownPick = '.quick-input-widget:not([style*="display: none"])';

export async function flow(page, { picture }) {
	// Nothing is indexed before the user agrees: the view says what would happen.
	await page.waitForSelector('text=Hybrid: not indexed', { timeout: 60_000 });
	await page.getByText('Hybrid: not indexed').first().click();
	await page.getByText('Nothing is uploaded').waitFor();
	await picture('consent');
	await page.getByRole('button', { name: 'Index Workspace' }).last().click();
	await page.getByText('Languages').waitFor({ timeout: 60_000 });
	await page.waitForTimeout(500);
	await picture('index-view');

	const input = page.locator('.interactive-session .chat-input-container .monaco-editor').first();
	await page.getByText('Hybrid (auto)').first().waitFor({ timeout: 30_000 });
	await input.click();
	await page.keyboard.type('@hybrid where is value added tax rounded?', { delay: 15 });
	await page.waitForTimeout(400);
	await page.keyboard.press('Escape');
	await page.keyboard.press('Enter');
	await page.getByRole('button', { name: 'Show What Was Found' }).waitFor({ timeout: 60_000 });
	const answer = await page.locator('.interactive-response').last().innerText();
	assert.match(answer, /No model · \d+ pieces? of \d+ files?/);
	assert.match(answer, /nothing left this machine/);
	assert.match(answer, /(?:invoice|money)\.ts/);
	await picture('chat');

	await page.keyboard.press('F1');
	await page.waitForSelector(`${shownPick} input`);
	await page.keyboard.type('Hybrid: Search Context', { delay: 10 });
	await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Search Context' }).first().click();
	await page.getByPlaceholder('Search this workspace').waitFor();
	await page.keyboard.type('reminder level', { delay: 15 });
	const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'reminders.py' }).first();
	await row.waitFor({ timeout: 30_000 });
	await picture('search');
	await page.keyboard.press('Enter');
	await page.waitForSelector('.tab.active[data-resource-name="reminders.py"]');
}
