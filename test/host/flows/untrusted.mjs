import assert from 'node:assert/strict';

export const description = 'searches and answers in a workspace that is not trusted, and sends nothing';
export const settings = { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never', 'hybrid.index.automatic': 'always' };
export const isTrusted = false;

export async function flow(page, { picture }) {
	await page.getByText('Restricted Mode').first().waitFor({ timeout: 60_000 });
	await page.locator('.statusbar-item', { hasText: 'Hybrid' }).first().waitFor({ timeout: 60_000 });
	await page.locator('.statusbar-item', { hasText: 'Hybrid' }).first().click();
	await page.getByText('Languages').waitFor({ timeout: 60_000 });
	await picture('untrusted');
	assert.ok(await page.getByText('Embedding model').isVisible());
	const input = page.locator('.interactive-session .chat-input-container .monaco-editor').first();
	await page.getByText('Hybrid (auto)').first().waitFor({ timeout: 30_000 });
	await input.click();
	await page.keyboard.type('@hybrid revenue by month', { delay: 15 });
	await page.waitForTimeout(400);
	await page.keyboard.press('Escape');
	await page.keyboard.press('Enter');
	await page.getByRole('button', { name: 'Show What Was Found' }).waitFor({ timeout: 60_000 });
	assert.match(await page.locator('.interactive-response').last().innerText(), /nothing left this machine/);
}
