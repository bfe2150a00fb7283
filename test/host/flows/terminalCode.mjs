import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { ready } from '../support/fixing.mjs';
import { lastAnswer, pickModel, runCommand, until } from '../support/page.mjs';

export const description = 'shows the lines that failed first where no model answers about a command that failed in the terminal';

export async function prepare() {
	return { settings: { 'hybrid.index.automatic': 'always', 'terminal.integrated.defaultProfile.linux': 'bash' }, close: async () => undefined };
}

export async function flow(page, { picture, host }) {
	writeFileSync(`${host.folder}/order.js`, 'function count(order) {\n\treturn order.lines.length;\n}\nconsole.log(count({ items: [] }));\n');
	await ready(page);
	await pickModel(page, 'Workspace');
	await runCommand(page, 'Terminal: Create New Terminal');
	await page.locator('.terminal .xterm-screen').first().waitFor();
	await page.locator('.terminal .xterm-screen').first().click();
	await page.keyboard.type('node order.js', { delay: 20 });
	await page.keyboard.press('Enter');
	const nothing = page.locator('.notification-list-item', { hasText: 'waits to be fixed' });
	const isAsked = async () => (await page.locator('.interactive-response').count()) > 0;
	for (let attempt = 0; attempt < 20 && !(await isAsked()); attempt++) {
		await runCommand(page, 'Notifications: Clear All Notifications');
		await runCommand(page, 'Hybrid: Fix Last Terminal Error');
		await until(page, async () => (await isAsked()) || (await nothing.count()) > 0, 'the question, or that there is none');
	}
	await until(page, async () => /nothing left this machine/.test(await lastAnswer(page).innerText()), 'the answer');
	// A page draws tabs as spaces that do not break.
	const said = (await lastAnswer(page).innerText()).replaceAll('\u00a0', ' ');
	assert.match(said, /Where it failed\s+order\.js:2\s+1 \| function count\(order\) \{\s+> 2 \|\s+return order\.lines\.length;[\s\S]*Code that relates to it/);
	await picture('terminal-code');
}
