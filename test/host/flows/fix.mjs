import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runCommand, until } from '../support/page.mjs';
import { keptSignals } from '../support/signals.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description = 'fixes an error of TypeScript from the light bulb with a model, sees it cleared, and offers to undo a fix that makes things worse';

const broken = 'export function half(amount: number): string {\n\treturn amount / 2;\n}\n';
const edit = (search, replace) => [`Convert it.\n\n\`\`\`ts\n<<<<<<< SEARCH\n${search}\n`, `=======\n${replace}\n>>>>>>> REPLACE\n\`\`\`\n`];

export async function prepare() {
	let replies = 0;
	const reply = () => edit('\treturn amount / 2;', replies++ === 0 ? '\treturn String(amount / 2);' : '\treturn missing(amount / 2);');
	const server = await startChatServer({ reply });
	return { server, settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.openaiUrls': [server.url] }, close: () => server.close().catch(() => undefined) };
}

async function quickFix(page, title, look) {
	await page.locator('.monaco-editor .view-lines').first().click();
	await page.keyboard.press('F8');
	await page.waitForTimeout(700);
	await page.keyboard.press('Escape');
	await page.keyboard.press('Control+.');
	await page.locator('.action-widget:visible').first().waitFor();
	await look?.();
	await page.locator('.action-widget:visible .monaco-list-row', { hasText: title }).first().click();
}

export async function flow(page, { picture, host, prepared: { server } }) {
	const file = `${host.folder}/half.ts`;
	writeFileSync(file, broken);
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await page.keyboard.press('Control+P');
	await page.waitForSelector('.quick-input-widget:not([style*="display: none"]) input');
	await page.keyboard.type('half.ts', { delay: 20 });
	await page.locator('.quick-input-list .monaco-list-row', { hasText: 'half.ts' }).first().click();
	await page.waitForSelector('.squiggly-error', { timeout: 60_000 });

	await quickFix(page, 'Fix with Hybrid', async () => {
		await picture('quick-fixes');
		assert.equal(server.bodies.length, 0, 'the list of quick fixes asks no model');
	});
	await page.locator('.monaco-diff-editor').first().waitFor();
	await page.waitForTimeout(800);
	await picture('fix-preview');
	assert.match(server.bodies[0].messages.at(-1).content, /error ts 2322[\s\S]*half\.ts:1-3/);
	await page.locator('.editor-actions').getByRole('button', { name: 'Apply', exact: true }).click();
	await page.locator('.monaco-diff-editor').first().waitFor({ state: 'hidden' });
	await until(page, async () => (await page.locator('.squiggly-error').count()) === 0, 'the error to be cleared');
	await until(page, () => keptSignals(host).includes('diagnostics 1'), 'the cleared diagnostic among the signals');
	await picture('fix-applied');

	await page.keyboard.press('Control+Z');
	await until(page, () => keptSignals(host).includes('edit-reverted -1'), 'the undone fix among the signals');
	await page.waitForSelector('.squiggly-error');
	await quickFix(page, 'Fix with Hybrid');
	await page.locator('.monaco-diff-editor').first().waitFor();
	await page.locator('.editor-actions').getByRole('button', { name: 'Apply', exact: true }).click();
	await until(page, () => keptSignals(host).includes('diagnostics -1'), 'the worse fix among the signals');
	await runCommand(page, 'Notifications: Show Notifications');
	await page
		.getByText(/brought a new problem: Cannot find name/)
		.first()
		.waitFor();
	await picture('fix-worse');
	await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
	await page.waitForTimeout(500);
	await page.keyboard.press('Control+S');
	await until(page, () => readFileSync(file, 'utf8') === broken, 'the file as it was');
}
