import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { broken, chooseQuickFix, editAnswer, openBroken, openQuickFixes, ready } from '../support/fixing.mjs';
import { ask, lastAnswer, pickModel, save, until } from '../support/page.mjs';
import { keptSignals } from '../support/signals.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description = 'fixes from the chat, explains from the light bulb, inserts at the cursor, and hears that a question is asked again of another model';

const fix = editAnswer('\treturn amount / 2;', '\treturn String(amount / 2);');
const explanation = ['A number is no text. Two ways:\n\n```ts\nconst text = String(amount);\n```\n\nor\n\n```ts\nconst other = `${amount}`;\n```\n\nThat is all.\n'];

export async function prepare() {
	const reply = ({ messages }) => (JSON.stringify(messages).includes('SEARCH') ? fix : explanation);
	const server = await startChatServer({ reply });
	const other = await startChatServer({ name: 'other-coder', reply });
	return {
		server,
		other,
		settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.openaiUrls': [server.url, other.url] },
		close: () => Promise.all([server.close(), other.close()]).catch(() => undefined),
	};
}

export async function flow(page, { picture, host, prepared: { server, other } }) {
	await ready(page);
	const file = await openBroken(page, host);

	await pickModel(page, 'tiny-coder');
	await ask(page, '@hybrid /fix ');
	await page.locator('.monaco-diff-editor').first().waitFor();
	await until(page, async () => (await lastAnswer(page).innerText()).includes('nothing left this machine'), 'the closing line');
	await picture('fix-in-chat');
	assert.equal(server.bodies.length, 1);
	await page.locator('.editor-actions').getByRole('button', { name: 'Discard', exact: true }).click();
	await page.locator('.monaco-diff-editor').first().waitFor({ state: 'hidden' });

	await openQuickFixes(page);
	await chooseQuickFix(page, 'Explain with Hybrid');
	await until(page, async () => (await lastAnswer(page).innerText()).includes('That is all.'), 'the explanation');
	await lastAnswer(page).getByRole('button', { name: 'Insert 1: text at Cursor' }).waitFor();
	await picture('explained');
	assert.match(server.bodies.at(-1).messages.at(-1).content, /^Query: Type 'number' is not assignable[\s\S]*half\.ts:2-2/);

	await page.locator('.monaco-editor .view-lines').first().click();
	await page.keyboard.press('Control+End');
	await lastAnswer(page).getByRole('button', { name: 'Insert 1: text at Cursor' }).click();
	await until(page, () => keptSignals(host).includes('edit-applied 1'), 'the inserted block among the signals');
	await page.locator('.monaco-editor .view-lines').first().click();
	await save(page, () => readFileSync(file, 'utf8') === `${broken}const text = String(amount);`, 'the inserted block');

	await ask(page, '@hybrid why is this no text?');
	await until(page, () => server.bodies.length === 3, 'the question');
	await page.waitForTimeout(1_000);
	await pickModel(page, 'other-coder');
	await ask(page, '@hybrid why is this no text?');
	await until(page, () => other.bodies.length === 1, 'the question to the other model');
	await until(page, () => keptSignals(host).includes('retried -1'), 'the repetition among the signals');
	await ask(page, '@hybrid thanks, that works');
	await until(page, () => keptSignals(host).includes('follow-up 1'), 'the thanks among the signals');
}
