import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { applyShown, broken, chooseQuickFix, editAnswer, openBroken, openQuickFixes, ready } from '../support/fixing.mjs';
import { runCommand, save, until } from '../support/page.mjs';
import { keptSignals } from '../support/signals.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description = 'fixes an error of TypeScript from the light bulb with a model, sees it cleared, and offers to undo a fix that makes things worse';

export async function prepare() {
	let replies = 0;
	const reply = () => editAnswer('\treturn amount / 2;', replies++ === 0 ? '\treturn String(amount / 2);' : '\treturn missing(amount / 2);');
	const server = await startChatServer({ reply });
	return { server, settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.openaiUrls': [server.url] }, close: () => server.close().catch(() => undefined) };
}

export async function flow(page, { picture, host, prepared: { server } }) {
	await ready(page);
	const file = await openBroken(page, host);

	await openQuickFixes(page);
	await picture('quick-fixes');
	assert.equal(server.bodies.length, 0, 'the list of quick fixes asks no model');
	await chooseQuickFix(page, 'Fix with Hybrid');
	await page.locator('.monaco-diff-editor').first().waitFor();
	await page.waitForTimeout(800);
	await picture('fix-preview');
	assert.match(server.bodies[0].messages.at(-1).content, /error ts 2322[\s\S]*half\.ts:1-3/);
	await applyShown(page);
	await until(page, async () => (await page.locator('.squiggly-error').count()) === 0, 'the error to be cleared');
	await until(page, () => keptSignals(host).includes('diagnostics 1'), 'the cleared diagnostic among the signals');
	await picture('fix-applied');

	await page.keyboard.press('Control+Z');
	await until(page, () => keptSignals(host).includes('edit-reverted -1'), 'the undone fix among the signals');
	await page.waitForSelector('.squiggly-error');
	await openQuickFixes(page);
	await chooseQuickFix(page, 'Fix with Hybrid');
	await page.locator('.monaco-diff-editor').first().waitFor();
	await applyShown(page);
	await until(page, () => keptSignals(host).includes('diagnostics -1'), 'the worse fix among the signals');
	await runCommand(page, 'Notifications: Show Notifications');
	await page
		.getByText(/brought a new problem: Cannot find name/)
		.first()
		.waitFor();
	await picture('fix-worse');
	await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
	await page.waitForTimeout(500);
	await save(page, () => readFileSync(file, 'utf8') === broken, 'the file as it was');
}
