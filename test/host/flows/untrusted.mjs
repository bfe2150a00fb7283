import assert from 'node:assert/strict';

export const description = 'searches in a workspace that is not trusted';
export const settings = { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never', 'hybrid.index.automatic': 'always' };
export const isTrusted = false;

export async function flow(page, { picture }) {
	await page.getByText('Restricted Mode').first().waitFor({ timeout: 60_000 });
	await page.locator('.statusbar-item', { hasText: 'Hybrid' }).first().waitFor({ timeout: 60_000 });
	await page.locator('.statusbar-item', { hasText: 'Hybrid' }).first().click();
	await page.getByText('Languages').waitFor({ timeout: 60_000 });
	await picture('untrusted');
	assert.ok(await page.getByText('Embedding model').isVisible());
}
