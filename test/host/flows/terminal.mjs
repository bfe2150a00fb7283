import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { applyShown, keptSolutions, ready } from '../support/fixing.mjs';
import { ask, lastAnswer, pickModel, runCommand, until } from '../support/page.mjs';
import { keptSignals } from '../support/signals.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description =
	'asks about a command that failed in the terminal, learns what makes it pass, offers that for the same kind of error of another program, and answers /fix with it';

const order = 'function count(order) {\n\treturn order.lines.length;\n}\nconsole.log(count({ items: [] }));\n';
const bill = 'const bill = {};\nconsole.log(bill.entries.length);\n';
const answer = ['In `order.js`, an order has `items`:\n\n```js\nfunction count(order) {\n\treturn order.items.length;\n}\n```\n\nThat is all.\n'];

export async function prepare() {
	const server = await startChatServer({ reply: () => answer });
	return {
		server,
		settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.openaiUrls': [server.url], 'terminal.integrated.defaultProfile.linux': 'bash' },
		close: () => server.close().catch(() => undefined),
	};
}

export async function flow(page, { picture, host, prepared: { server } }) {
	const file = `${host.folder}/order.js`;
	writeFileSync(file, order);
	writeFileSync(`${host.folder}/bill.js`, bill);
	const asked = () => server.bodies.at(-1).messages.at(-1).content;
	const type = async (command) => {
		await page.locator('.terminal .xterm-screen').first().click();
		await page.keyboard.type(command, { delay: 20 });
		await page.keyboard.press('Enter');
	};
	await ready(page);
	await pickModel(page, 'tiny-coder');
	await runCommand(page, 'Terminal: Create New Terminal');
	await page.locator('.terminal .xterm-screen').first().waitFor();

	await type('node order.js');
	// The window hears of the end a moment later than it is there to read.
	const nothing = page.locator('.notification-list-item', { hasText: 'waits to be fixed' });
	const isAsked = async () => (await page.locator('.interactive-response').count()) > 0;
	for (let attempt = 0; attempt < 20 && !(await isAsked()); attempt++) {
		await runCommand(page, 'Notifications: Clear All Notifications');
		await runCommand(page, 'Hybrid: Fix Last Terminal Error');
		await until(page, async () => (await isAsked()) || (await nothing.count()) > 0, 'the question, or that there is none');
	}
	await until(page, async () => (await lastAnswer(page).innerText()).includes('That is all.'), 'the answer');
	assert.equal(server.bodies.length, 1);
	assert.match(asked(), /`node order\.js` failed with exit code 1[\s\S]*Cannot read properties of undefined \(reading 'length'\)/);
	assert.match(asked(), /Attached by the User[\s\S]*order\.js:1-\d+[\s\S]*return order\.lines\.length;/);
	await picture('terminal-asked');

	await lastAnswer(page).getByRole('button', { name: 'Apply', exact: true }).click();
	await page.locator('.monaco-diff-editor').first().waitFor();
	await applyShown(page);
	await page.locator('.tab.active.dirty[data-resource-name="order.js"]').waitFor();
	await page.locator('.editor-instance .view-lines').first().click();
	await page.keyboard.press('Control+S');
	await until(page, () => readFileSync(file, 'utf8') === order.replace('order.lines', 'order.items'), 'the applied change');
	assert.deepEqual(keptSolutions(host), [], 'nothing is believed before it passed');
	await type('node order.js');
	const [solution] = await until(page, () => keptSolutions(host).length > 0 && keptSolutions(host), 'the solution');
	assert.deepEqual([solution.error_type, solution.solution_verified, solution.success_count, solution.failure_count], ['terminal node:TypeError', true, 1, 0]);
	assert.match(solution.solution, /In order\.js\nBefore:\n\treturn order\.lines\.length;\nAfter:\n\treturn order\.items\.length;/);
	assert.equal(solution.provenance.length, 1, 'the interaction it came from');
	await until(page, () => keptSignals(host).includes('task 1'), 'the success among the signals');

	await type('node bill.js');
	const offer = page.locator('.notification-list-item', { hasText: 'failed with an error that was solved here before' }).first();
	await runCommand(page, 'Notifications: Show Notifications');
	await offer.waitFor();
	await picture('terminal-known');
	await offer.getByRole('button', { name: 'Fix with Hybrid', exact: true }).click();
	await until(page, () => server.bodies.length === 2, 'the question about it');
	assert.match(asked(), /`node bill\.js` failed[\s\S]*Similar Error Solutions[\s\S]*return order\.items\.length;/);
	await until(page, async () => (await lastAnswer(page).innerText()).includes('That is all.'), 'the answer to it');

	await runCommand(page, 'View: Close All Editors');
	await ask(page, '@hybrid /fix ');
	await until(page, () => server.bodies.length === 3, 'the question of /fix');
	assert.match(asked(), /`node bill\.js` failed/);
	await picture('terminal-fix');
}
