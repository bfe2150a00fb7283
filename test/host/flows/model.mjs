import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ask, cancelAnswer, lastAnswer, pickModel, until } from '../support/page.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description = 'sends an attached file to the picked model, stops a silent one, and says what to do when its server is gone';

export async function prepare() {
	const server = await startChatServer();
	return { server, settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.openaiUrls': [server.url] }, close: () => server.close().catch(() => undefined) };
}

export async function flow(page, { picture, prepared: { server } }) {
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await pickModel(page, 'tiny-coder');

	await page
		.getByRole('button', { name: /Add Context/ })
		.first()
		.click();
	await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Files & Folders' }).first().click();
	await page.waitForTimeout(500);
	await page.keyboard.type('money.ts', { delay: 20 });
	await page.locator('.quick-input-list .monaco-list-row', { hasText: 'money.ts' }).first().click();
	await page.keyboard.press('Escape');
	await ask(page, '@hybrid what is rounded here?');
	await until(page, async () => (await lastAnswer(page).innerText()).includes('One. Two. Three.'), 'the answer');
	const prompt = server.bodies[0].messages.at(-1).content;
	assert.match(prompt, /## Attached by the User\s+### api\/src\/money\.ts:1-\d+/);
	await until(page, async () => /tiny-coder .*nothing left this machine/.test((await lastAnswer(page).innerText()).replace(/\s+/g, ' ')), 'the closing line');
	await picture('attached');

	server.hold();
	await ask(page, '@hybrid who sends reminders?');
	await until(page, () => server.bodies.length === 2, 'the second question');
	await page.getByText('Asking tiny-coder').first().waitFor();
	await picture('slow');
	await cancelAnswer(page);
	await until(page, () => server.hangUps === 1, 'the end of the request');
	assert.doesNotMatch(await lastAnswer(page).innerText(), /nothing left this machine/);
	await picture('cancelled');

	await server.close();
	await ask(page, '@hybrid revenue by month');
	await page
		.getByText(/is not there any more|did not answer|does not answer/)
		.first()
		.waitFor();
	await page.waitForTimeout(500);
	await picture('model-down');
	assert.match(await lastAnswer(page).innerText(), /RevenueByMonth/);
}
