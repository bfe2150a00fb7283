import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { applyShown, chooseQuickFix, editAnswer, keptSolutions, openBroken, openQuickFixes, ready } from '../support/fixing.mjs';
import { runCommand, save, until } from '../support/page.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description =
	'learns a fix from one that a model made, offers it elsewhere with its record and no model, counts what came of it, drops it when it makes things worse, and forgets one that is deleted';

const LEARNED = /Apply the fix that worked/;
const places = {
	'half.ts': 'export function half(amount: number): string {\n\treturn amount / 2;\n}\n',
	'price.ts': 'export function label(price: number): string {\n\treturn price * 3;\n}\n',
	'share.ts': 'export function share(part: number): string {\n\treturn part * 100;\n}\n',
	'shout.ts': 'export function shout(count: number, String: number): string {\n\treturn count / String;\n}\n',
	'size.ts': 'export function size(items: string[]): number {\n\treturn items.lenght;\n}\n',
	'rows.ts': 'export function rows(table: string[]): number {\n\treturn table.lenght;\n}\n',
};

export async function prepare() {
	const reply = ({ messages }) =>
		JSON.stringify(messages).includes('lenght')
			? editAnswer('\treturn items.lenght;', '\treturn items.length;')
			: editAnswer('\treturn amount / 2;', '\treturn String(amount / 2);');
	const server = await startChatServer({ reply });
	return { server, settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.openaiUrls': [server.url] }, close: () => server.close().catch(() => undefined) };
}

export async function flow(page, { picture, host, prepared: { server } }) {
	const cleared = () => until(page, async () => (await page.locator('.squiggly-error').count()) === 0, 'the error to be cleared');
	const open = (name) => openBroken(page, host, name, places[name]);
	const solution = (words) => keptSolutions(host).find(({ error_message }) => error_message.includes(words));
	const counts = (words) => `${solution(words)?.success_count} of ${(solution(words)?.success_count ?? 0) + (solution(words)?.failure_count ?? 0)}`;
	const offered = async () => (await openQuickFixes(page)).filter((title) => LEARNED.test(title));
	const closeMenu = async () => {
		await page.keyboard.press('Escape');
		await page.locator('.action-widget:visible').first().waitFor({ state: 'hidden' });
	};
	await ready(page);

	for (const [name, words] of [
		['half.ts', 'not assignable'],
		['size.ts', 'lenght'],
	]) {
		await open(name);
		assert.deepEqual(await offered(), [], 'nothing is known yet');
		await chooseQuickFix(page, 'Fix with Hybrid');
		await page.locator('.monaco-diff-editor').first().waitFor();
		await applyShown(page);
		await cleared();
		await until(page, () => counts(words) === '1 of 1', 'the verified solution');
		assert.equal(solution(words).solution_verified, true);
		assert.equal(solution(words).provenance.length, 1, 'the interaction it came from');
		await page.keyboard.press('Control+S');
	}

	const asked = server.bodies.length;
	await server.close();
	const price = await open('price.ts');
	assert.deepEqual(await offered(), ['Apply the fix that worked before']);
	await picture('learned-fix');
	await chooseQuickFix(page, LEARNED);
	await cleared();
	await save(page, () => readFileSync(price, 'utf8').includes('return String(price * 3);'), 'the applied fix');
	await until(page, () => counts('not assignable') === '2 of 2', 'the support');

	const share = await open('share.ts');
	assert.deepEqual(await offered(), ['Apply the fix that worked 2 of 2 times']);
	await closeMenu();
	const shout = await open('shout.ts');
	assert.equal((await offered()).length, 1);
	await chooseQuickFix(page, LEARNED);
	await until(page, () => counts('not assignable') === '2 of 3', 'the failure');
	await runCommand(page, 'Notifications: Show Notifications');
	await page
		.getByText(/brought a new problem: This expression is not callable/)
		.first()
		.waitFor();
	await picture('learned-fix-worse');
	await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
	await save(page, () => readFileSync(shout, 'utf8') === places['shout.ts'], 'the file as it was');
	assert.deepEqual(await offered(), [], 'what failed is not offered in its place');
	await closeMenu();
	await page.locator('.tab[data-resource-name="share.ts"]').click();
	assert.deepEqual(await offered(), [], 'nor elsewhere');
	await closeMenu();
	assert.equal(readFileSync(share, 'utf8'), places['share.ts']);

	await open('rows.ts');
	assert.equal((await offered()).length, 1, 'another kind of error is not touched by that');
	await closeMenu();
	await runCommand(page, 'Focus on Learned View');
	const view = page.locator('.pane', { hasText: 'Learned' });
	await view.locator('.monaco-list-row', { hasText: 'Fixes' }).first().click();
	const item = view.locator('.monaco-list-row', { hasText: 'lenght' }).first();
	await item.waitFor();
	await picture('learned-fix-in-view');
	await item.click({ button: 'right' });
	// A menu takes no click at once, lest the one that opened it chooses.
	await page.waitForTimeout(700);
	await page.getByRole('menuitem', { name: 'Delete' }).first().click();
	await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Delete', exact: true }).click();
	await until(page, () => solution('lenght') === undefined, 'the deletion');
	await item.waitFor({ state: 'hidden' });
	await page.locator('.tab[data-resource-name="rows.ts"]').click();
	assert.deepEqual(await offered(), [], 'what was deleted is not offered');
	assert.equal(server.bodies.length, asked, 'no model was asked');
}
