import { runCommand } from '../support/page.mjs';

export const description = 'is used with the keyboard alone in a narrow window, in high contrast dark and light';
export const size = { width: 760, height: 800 };

/** As a user does it: a driven window does not take this theme from its settings. */
async function pickTheme(page, name, className) {
	await page.keyboard.press('Control+k');
	await page.keyboard.press('Control+t');
	await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Dark Modern' }).first().waitFor();
	await page.keyboard.type(name, { delay: 20 });
	await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor();
	await page.keyboard.press('Enter');
	await page.waitForSelector(`.monaco-workbench.${className}`);
}

export async function flow(page, { picture }) {
	await page.locator('.statusbar-item', { hasText: 'Hybrid' }).first().waitFor({ timeout: 60_000 });
	await pickTheme(page, 'Dark High Contrast', 'hc-black');
	await runCommand(page, 'Hybrid: Index Workspace');
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await runCommand(page, 'Hybrid: Show Status');
	await page.getByText('Embedding model').first().waitFor();
	await page.waitForTimeout(500);
	await picture('high-contrast-dark');

	await runCommand(page, 'Hybrid: Search Context');
	await page.getByPlaceholder('Search this workspace').waitFor();
	await page.keyboard.type('reminder level', { delay: 15 });
	await page.locator('.quick-input-list .monaco-list-row', { hasText: 'reminders.py' }).first().waitFor({ timeout: 30_000 });
	await picture('high-contrast-search');
	await page.keyboard.press('Escape');

	await pickTheme(page, 'Light High Contrast', 'hc-light');
	await runCommand(page, 'Chat: Open Chat');
	await page.keyboard.type('@hybrid where is value added tax rounded?', { delay: 15 });
	await page.waitForTimeout(400);
	await page.keyboard.press('Escape');
	await page.keyboard.press('Enter');
	await page.getByRole('button', { name: 'Show What Was Found' }).waitFor({ timeout: 60_000 });
	await picture('high-contrast-light');
}
