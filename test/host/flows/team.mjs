import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { startPostgres } from '../../support/postgres/postgresServer.ts';
import { ask, lastAnswer, runCommand, until } from '../support/page.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description = 'sends figures to a team’s database once its password is set, and shows the team report';

export async function prepare() {
	const database = await startPostgres();
	if ('reason' in database) return database;
	const { user, host, port, database: name } = await database.createDatabase();
	const local = await startChatServer({ name: 'qwen2.5-coder-7b-instruct', words: ['Rounded ', 'in money.ts.'] });
	return {
		database,
		name,
		settings: {
			'hybrid.index.automatic': 'always',
			'hybrid.models.openaiUrls': [local.url],
			'hybrid.routing.explorationShare': 0,
			'hybrid.ledger.controlShare': 0,
			'hybrid.team.databaseUrl': `postgres://${user}@${host}:${port}/${name}`,
			'hybrid.team.userName': 'Ada | <b>Lovelace</b>',
		},
		close: () => Promise.all([local.close(), database.dispose()]),
	};
}

const input = '.quick-input-widget:not([style*="display: none"]) input';

export async function flow(page, { picture, prepared: { database, name } }) {
	const type = async (text) => {
		await page.waitForSelector(input);
		await page.keyboard.type(text, { delay: 10 });
		await page.keyboard.press('Enter');
	};
	const showReport = async () => {
		await runCommand(page, 'Hybrid: Show Team Report');
		await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Everything that is kept' }).first().click();
	};
	const rows = (table) => database.query(name, `SELECT * FROM hybrid_coordinator.${table}`).catch(() => []);
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });

	await ask(page, '@hybrid where is value added tax rounded?');
	await until(page, async () => /Rounded in money\.ts/.test(await lastAnswer(page).innerText()), 'the answer');
	await showReport();
	await until(page, async () => (await page.getByText('wants a password').count()) > 0, 'the refusal');
	await page.locator('[id="status.notifications"]').click();
	await until(page, () => page.locator('.notifications-center').isVisible(), 'the notifications');
	await picture('team-no-password');
	await page.locator('.notifications-center').getByRole('button', { name: 'Set Password' }).first().click();
	await page.getByText('Password for app@127.0.0.1').first().waitFor();
	assert.equal(await page.locator(input).getAttribute('type'), 'password');
	await type(database.password);

	await until(page, async () => (await rows('calls')).length === 1, 'the call in the database');
	const [call] = await rows('calls');
	assert.equal(call.workspace_id, null);
	assert.doesNotMatch(JSON.stringify(call), /tax|money|127/);
	await until(page, async () => (await rows('names')).length === 1, 'the chosen name');
	await showReport();
	const preview = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
	await preview.getByRole('heading', { name: 'Team Report' }).waitFor({ timeout: 30_000 });
	const text = (await preview.locator('body').innerText()).replace(/\s+/g, ' ');
	assert.match(text, /Ada \| <b>Lovelace<\/b> \(you\) 1 0\.00/);
	assert.match(text, /qwen2\.5-coder-7b-instruct local 1 1 0/);
	await picture('team-report');
}
