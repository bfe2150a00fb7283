import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ask, lastAnswer, runCommand, until } from '../support/page.mjs';

const { outsideAddress, startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description =
	'opens the dashboard on what was asked, follows new answers and the theme, leads to rows, is there again in a window that is loaded anew, and guides a new user';
export const size = { width: 1500, height: 950 };

export async function prepare() {
	const local = await startChatServer({ name: 'qwen2.5-coder-7b-instruct', words: ['Rounded ', 'in money.ts.'] });
	const host = outsideAddress();
	const remote = host ? await startChatServer({ name: 'gpt-4.1', host, words: ['The remote ', 'answer.'] }) : null;
	return {
		settings: {
			'hybrid.index.automatic': 'always',
			'hybrid.models.openaiUrls': [local.url, ...(remote ? [remote.url] : [])],
			'hybrid.models.prices': { 'gpt-4.1': { inputUsdPerMillion: 3, outputUsdPerMillion: 15, asOf: '2026-11-01' } },
			'hybrid.routing.explorationShare': 0,
		},
		close: () => Promise.all([local.close(), remote?.close()]),
	};
}

export async function flow(page, { picture }) {
	const dashboard = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
	const figure = (id) => dashboard.locator(`[data-figure="${id}"] .value`);
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });

	await runCommand(page, 'Hybrid: Open Dashboard');
	await dashboard.locator('.empty').waitFor({ timeout: 30_000 });
	await picture('dashboard-empty');

	await runCommand(page, 'Chat: Open Chat');
	await ask(page, '@hybrid where is value added tax rounded?');
	await until(page, async () => /Rounded in money\.ts/.test((await lastAnswer(page).innerText()).replace(/\s+/g, ' ')), 'the answer');
	// The tab that is open follows the answer.
	await until(page, async () => (await figure('avoided').count()) === 1 && (await figure('avoided').innerText()) === '1', 'the answer in the dashboard');
	assert.match(await dashboard.locator('[data-figure="avoided"] .detail').innerText(), /100% of 1 answers/);
	await page.waitForTimeout(1_000);
	await picture('dashboard');

	await dashboard.locator('[data-figure="avoided"] button').click();
	await dashboard.locator('dialog[open] [role="row"]', { hasText: 'qwen2.5' }).waitFor();
	await picture('dashboard-rows');
	await page.keyboard.press('Escape');
	await dashboard.locator('dialog[open]').waitFor({ state: 'detached' });

	const before = await dashboard.locator('body').evaluate('getComputedStyle(document.body).backgroundColor');
	await page.keyboard.press('Control+k');
	await page.keyboard.press('Control+t');
	await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Dark Modern' }).first().waitFor();
	await page.keyboard.type('Dark High Contrast', { delay: 20 });
	await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Dark High Contrast' }).first().waitFor();
	await page.keyboard.press('Enter');
	await until(page, async () => (await dashboard.locator('body').evaluate('getComputedStyle(document.body).backgroundColor')) !== before, 'the other theme');
	await page.waitForTimeout(1_000);
	await picture('dashboard-high-contrast');

	await page.locator('.statusbar-item', { hasText: 'Hybrid' }).first().hover();
	await page.locator('.monaco-hover a', { hasText: 'Costs and Savings' }).first().waitFor();
	for (const name of ['Dashboard', 'Models']) assert.equal(await page.locator('.monaco-hover a', { hasText: name }).count(), 1, name);
	await picture('dashboard-tooltip');

	await runCommand(page, 'Hybrid: Open Walkthrough');
	await page.getByText('Index your workspace').first().waitFor({ timeout: 30_000 });
	const step = (text) => page.locator('.getting-started-step', { hasText: text });
	const isDone = (text) => until(page, async () => (await step(text).locator('[role="checkbox"][aria-checked="true"]').count()) === 1, `the step “${text}”`, 20_000);
	await step('See what it saves').click();
	await page.waitForTimeout(500);
	await picture('walkthrough');
	await page.locator('.getting-started-step.expanded .button-container .monaco-button').first().click();
	await dashboard.locator('h1').waitFor();
	await page.locator('.tab', { hasText: 'Welcome' }).first().click();
	await isDone('See what it saves');
	await isDone('Ask @hybrid in the chat');
	await isDone('Index your workspace');
	await picture('walkthrough-done');

	await page.locator('.tab', { hasText: 'Hybrid Dashboard' }).first().click();
	// A window that is loaded anew has the tab again, with what was chosen in it. An editor in a page writes its state down when it is idle, every few seconds.
	await dashboard.locator('#range').selectOption('week');
	await dashboard.locator('[aria-busy="false"]').waitFor();
	let range = '';
	for (let attempt = 0; attempt < 4 && range !== 'week'; attempt++) {
		if (attempt > 0) await dashboard.locator('#range').selectOption('week');
		await page.waitForTimeout(8_000);
		await page.reload();
		await page.locator('.tab', { hasText: 'Hybrid Dashboard' }).first().click({ timeout: 60_000 });
		await until(page, async () => (await figure('avoided').count()) === 1 && (await figure('avoided').innerText()) === '1', 'the figures of the restored tab', 90_000);
		range = await dashboard.locator('#range').inputValue();
	}
	assert.equal(range, 'week');
	assert.equal(await page.locator('.tab', { hasText: 'Hybrid Dashboard' }).count(), 1);
	await picture('dashboard-restored');
	await runCommand(page, 'Hybrid: Open Dashboard');
	await page.waitForTimeout(500);
	assert.equal(await page.locator('.tab', { hasText: 'Hybrid Dashboard' }).count(), 1);
}
