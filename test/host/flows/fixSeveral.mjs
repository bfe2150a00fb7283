import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chooseQuickFix, keptSolutions, openBroken, openQuickFixes, ready, whenIndexed } from '../support/fixing.mjs';
import { ask, lastWords, openFile, pickModel, runCommand, until } from '../support/page.mjs';
import { keptSignals } from '../support/signals.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description =
	'fixes an error whose fix is in two files: shows them together, applies and undoes them as one, undoes both where they make things worse, and closes what a reload forgot';

const ITEM = 'export interface Item {\n\tname: string;\n\tprice: number;\n}\n';
const LINE = '\tfor (const item of items) sum += item.price * item.amount;';
const CART = `import type { Item } from './item';\n\nexport function total(items: Item[]): number {\n\tlet sum = 0;\n${LINE}\n\treturn sum;\n}\n`;

const edit = (search, replace) => `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;
const answer = (property) =>
	`The type lacks it.\n\n\`\`\`ts\ncart.ts\n${edit(LINE, LINE.replace('amount', 'quantity'))}item.ts\n${edit('\tprice: number;', `\tprice: number;\n\t${property};`)}\`\`\`\n`;
const right = answer('quantity: number');
const worse = answer('quantity: number;\n\tunit: Unit');

export async function prepare() {
	const said = { answer: right };
	const server = await startChatServer({ reply: () => [said.answer] });
	return { server, said, settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.openaiUrls': [server.url] }, close: () => server.close().catch(() => undefined) };
}

export async function flow(page, { picture, host, prepared: { server, said } }) {
	const preview = page.locator('.multiDiffEditor').first();
	const button = (name) => page.locator('.editor-actions').getByRole('button', { name, exact: true });
	const count = (signal) => keptSignals(host).filter((kept) => kept === signal).length;
	const dirty = (name) => page.locator(`.tab.dirty[data-resource-name="${name}"]`).count();
	const areBothDirty = async () => (await dirty('cart.ts')) > 0 && (await dirty('item.ts')) > 0;
	const isNoneDirty = async () => (await page.locator('.tab.dirty').count()) === 0;
	const fix = async () => {
		await page.locator('.tab[data-resource-name="cart.ts"]').first().click();
		await openQuickFixes(page);
		await chooseQuickFix(page, 'Fix with Hybrid');
		await preview.waitFor();
	};

	await ready(page);
	writeFileSync(`${host.folder}/item.ts`, ITEM);
	await openFile(page, 'item.ts');
	await openBroken(page, host, 'cart.ts', CART);
	await whenIndexed(page, host, 'item.ts');

	await fix();
	await page.waitForTimeout(800);
	await picture('fix-several-preview');
	assert.match(server.bodies[0].messages.at(-1).content, /item\.ts:1-4/, 'the model sees the other file');
	await button('Apply').click();
	await preview.waitFor({ state: 'hidden' });
	await until(page, async () => (await page.locator('.squiggly-error').count()) === 0, 'the error to be cleared');
	await until(page, areBothDirty, 'both files to be changed');
	await until(page, () => count('edit-applied 1') === 2 && count('diagnostics 1') === 1, 'one judgement of two edits among the signals');
	const [solution] = await until(page, () => keptSolutions(host).length > 0 && keptSolutions(host), 'the solution');
	assert.match(solution.solution, /^In cart\.ts\nBefore:\n[\s\S]*\n\nIn item\.ts\nBefore:\n\nAfter:\n\tquantity: number;$/);
	assert.deepEqual([solution.solution_verified, solution.success_count, solution.learned_fix], [true, 1, undefined]);

	await page.locator('.monaco-editor .view-lines').first().click();
	await page.keyboard.press('Control+Z');
	await until(page, isNoneDirty, 'one undo to take both files back');
	await until(page, () => count('edit-reverted -1') === 2, 'both undone edits among the signals');

	said.answer = worse;
	// Of what comes to light in a file that was only just opened nobody knows whether it is new.
	await page.waitForTimeout(5_000);
	await page.waitForSelector('.squiggly-error');
	await fix();
	await button('Apply').click();
	await until(page, () => count('diagnostics -1') === 1, 'the new problem of the other file among the signals');
	await runCommand(page, 'Notifications: Show Notifications');
	const message = page.getByText(/The fix of cart\.ts brought a new problem: Cannot find name 'Unit'/).first();
	await message.waitFor();
	await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
	await until(page, isNoneDirty, 'the offer to undo to take both files back');

	said.answer = right;
	await page.locator('.tab[data-resource-name="cart.ts"]').first().click();
	await pickModel(page, 'tiny-coder');
	await ask(page, '@hybrid /fix ');
	await preview.waitFor();
	await until(page, async () => (await lastWords(page)).includes('nothing left this machine'), 'the closing line');
	assert.match(await lastWords(page), /changes of 2 files are shown together in the editor: cart\.ts, item\.ts\./);
	await picture('fix-several-chat');
	await button('Discard').click();
	await preview.waitFor({ state: 'hidden' });
	assert.ok(await isNoneDirty());
	await fix();
	await page.reload();
	await page.locator('.tab[data-resource-name="cart.ts"]').first().waitFor({ timeout: 60_000 });
	await page.locator('.statusbar-item', { hasText: 'Hybrid' }).first().waitFor({ timeout: 60_000 });
	await until(page, async () => (await page.locator('.tab', { hasText: 'apply these changes?' }).count()) === 0, 'the proposal of before to be closed');
	assert.deepEqual([readFileSync(`${host.folder}/cart.ts`, 'utf8'), readFileSync(`${host.folder}/item.ts`, 'utf8')], [CART, ITEM]);
}
