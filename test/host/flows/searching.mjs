import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { ask, cancelAnswer, lastAnswer, until } from '../support/page.mjs';

export const description = 'stops while it searches, with an embedding server that does not answer, and takes the next question';

/** A real server that takes requests and keeps them. */
export async function prepare() {
	const server = createServer(() => undefined);
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${server.address().port}/v1`;
	return {
		settings: { 'hybrid.index.automatic': 'always', 'hybrid.embedding.provider': 'openai', 'hybrid.embedding.url': url, 'hybrid.embedding.model': 'silent' },
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

export async function flow(page, { picture }) {
	await page
		.locator('.statusbar-item', { hasText: /Hybrid: searchable/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await page.getByText('Hybrid (auto)').first().waitFor({ timeout: 30_000 });
	await ask(page, '@hybrid who sends reminders?');
	await page.getByText('Searching the workspace').first().waitFor();
	await picture('searching');
	await cancelAnswer(page);
	assert.doesNotMatch(await lastAnswer(page).innerText(), /nothing left this machine/);
	await ask(page, '@hybrid /status');
	await until(page, async () => /Searchable by meaning|Index: /.test(await lastAnswer(page).innerText()), 'the status');
	await picture('after-cancel');
}
