import assert from 'node:assert/strict';

export const description = 'stays readable in a dark theme and a narrow window, with the keyboard alone';
export const settings = { 'workbench.colorTheme': 'Default Dark Modern', 'hybrid.index.automatic': 'always' };
export const size = { width: 760, height: 800 };

export async function flow(page, { picture }) {
	await page.waitForSelector('[id="hybrid-coordinator.hybrid-coordinator.hybrid.status"], .statusbar-item:has-text("Hybrid")', { timeout: 60_000 });
	await page.keyboard.press('F1');
	await page.waitForSelector('.quick-input-widget input');
	await page.keyboard.type('Hybrid: Show Status', { delay: 10 });
	await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Show Status' }).first().waitFor();
	await page.keyboard.press('Enter');
	await page.getByText('Left out').or(page.getByText('Languages')).first().waitFor({ timeout: 60_000 });
	await page.waitForTimeout(500);
	await picture('dark-narrow');
	const labels = await page.locator('.pane-body .monaco-list-row').allInnerTexts();
	assert.ok(labels.some((label) => /Files/.test(label)) && labels.some((label) => /Embedding model/.test(label)), labels.join('|'));
}
