import { createRequire } from 'node:module';
import { ask, lastWords, runCommand, until } from '../support/page.mjs';

const { outsideAddress, startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description =
	'routes a question here, says why, asks again of a remote model, falls back when a server is gone, and shows models, costs and what was learned';

/** A second server on an address of this machine that is no loopback one: to the coordinator it is another machine. */
export async function prepare() {
	const host = outsideAddress();
	if (!host) throw new Error('this machine has no address but loopback: nothing can stand in for a remote server');
	const local = await startChatServer({ name: 'qwen2.5-coder-7b-instruct', words: ['Rounded ', 'in money.ts.'] });
	const remote = await startChatServer({ name: 'gpt-4.1', host, words: ['The remote ', 'answer.'] });
	return {
		local,
		settings: {
			'hybrid.index.automatic': 'always',
			'hybrid.models.openaiUrls': [local.url, remote.url],
			'hybrid.models.prices': { 'gpt-4.1': { inputUsdPerMillion: 3, outputUsdPerMillion: 15, asOf: '2026-11-01' } },
			'hybrid.routing.explorationShare': 0,
			'hybrid.ledger.controlShare': 0,
		},
		close: () => Promise.all([local.close().catch(() => undefined), remote.close()]),
	};
}

export async function flow(page, { picture, prepared: { local } }) {
	const status = page.locator('.statusbar-item', { hasText: 'Hybrid' }).first();
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await status.click();
	await page.getByText('qwen2.5-coder-7b-instruct').first().waitFor({ timeout: 30_000 });

	await page.getByText('Hybrid (auto)').first().waitFor({ timeout: 30_000 });
	await ask(page, '@hybrid where is value added tax rounded?');
	await until(
		page,
		async () => /local · nothing left this machine .* free, saved 0\.0038 \$ against gpt-4\.1, price of 2026-11-01/.test(await lastWords(page)),
		'the closing line with what was saved',
	);
	await until(page, async () => /100% local/.test(await status.innerText()), 'the share in the status bar');
	await picture('routed');

	await page
		.getByRole('button', { name: /Retry with gpt-4\.1/ })
		.last()
		.click();
	await until(page, async () => /The remote answer\..*remote · sent to .* 0\.0038 \$/.test(await lastWords(page)), 'the answer of the remote model');
	await ask(page, '@hybrid /why');
	await until(page, async () => /It is the model that you picked.*qwen2\.5-coder.* · local · no record yet/.test(await lastWords(page)), 'the reasons');
	await picture('why');

	await local.close();
	await ask(page, '@hybrid who sends reminders for unpaid invoices?');
	await until(page, async () => /The remote answer\./.test(await lastWords(page)), 'the answer of who stepped in');
	await until(page, async () => /did not answer.*remote · sent to/.test(await lastWords(page)), 'the word of it');
	await picture('fallback');

	await runCommand(page, 'Hybrid: Show Costs and Savings');
	await page.getByText('Preview Costs and Savings').first().waitFor({ timeout: 30_000 });
	await page.waitForTimeout(1_000);
	await picture('costs');

	const learned = page.locator('.pane-header', { hasText: 'Learned' }).first();
	if ((await learned.getAttribute('aria-expanded')) !== 'true') await learned.click();
	await page.locator('.monaco-list-row', { hasText: 'Interactions' }).first().waitFor({ timeout: 30_000 });
	await picture('learned');
}
