import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ask, lastAnswer, pickModel, save, until } from '../support/page.mjs';
import { keptSignals } from '../support/signals.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description = 'applies the code of an answer after showing the change, undoes it in one step, and hears thumbs and what became of the edit';

const answer = [
	'Round by name, in `api/src/money.ts`:\n\n',
	'```ts\nexport function roundCents(amount: number): Cents {\n\tconst floor = Math.floor(amount);\n',
	'\tif (amount - floor !== 0.5) return Math.round(amount);\n\treturn floor % 2 === 0 ? floor : floor + 1;\n}\n```\n\nThat is all.\n',
];

export async function prepare() {
	const server = await startChatServer({ reply: () => answer });
	return { server, settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.openaiUrls': [server.url] }, close: () => server.close().catch(() => undefined) };
}

export async function flow(page, { picture, host }) {
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await pickModel(page, 'tiny-coder');
	await ask(page, '@hybrid make the rounding shorter');
	await until(page, async () => (await lastAnswer(page).innerText()).includes('That is all.'), 'the answer');
	await page.getByRole('button', { name: 'Show What Was Sent' }).waitFor();
	await picture('answer-with-blocks');

	await lastAnswer(page).getByRole('button', { name: 'Apply', exact: true }).click();
	await page.locator('.monaco-diff-editor').first().waitFor();
	await page.waitForTimeout(1_000);
	await picture('edit-preview');
	const file = `${host.folder}/api/src/money.ts`;
	const before = readFileSync(file, 'utf8');
	await page.locator('.editor-actions').getByRole('button', { name: 'Apply', exact: true }).click();
	await page.locator('.monaco-diff-editor').first().waitFor({ state: 'hidden' });
	await save(page, () => readFileSync(file, 'utf8').includes('if (amount - floor !== 0.5)'), 'the applied change');
	assert.equal(readFileSync(file, 'utf8'), before.replace('\tconst rest = amount - floor;\n\tif (rest !== 0.5)', '\tif (amount - floor !== 0.5)'));
	await picture('edit-applied');
	await until(page, () => keptSignals(host).includes('edit-applied 1'), 'the applied edit among the signals');

	await until(page, () => keptSignals(host).includes('edit-survived 1'), 'what survived at the save among the signals');

	await lastAnswer(page).hover();
	await lastAnswer(page).locator('[aria-label="Helpful"]').click();
	await until(page, () => keptSignals(host).includes('thumbs 1'), 'the thumb among the signals');

	await page.locator('.tab.active[data-resource-name="money.ts"]').click();
	await page.keyboard.press('Control+Z');
	await save(page, () => readFileSync(file, 'utf8') === before, 'the file as it was');
	await until(page, () => keptSignals(host).includes('edit-reverted -1'), 'the undone edit among the signals');
}
