import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { keptPoints } from '../support/fixing.mjs';
import { ask, lastAnswer, pickModel, runCommand, until } from '../support/page.mjs';
import { keptSignals } from '../support/signals.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description =
	'ranks what a disliked answer used lower for the same question, proposes a skill from a praised one, sends it once it is confirmed, and never again once it is deleted';

const PATTERN = {
	problem_type: 'Configuring how often reminders are sent',
	solution_approach: 'Keep the days of every reminder level in one table, and compute the next date from it.',
	skills_used: ['reminder-levels'],
	generalizable_pattern: 'Keep intervals in a table of constants beside the code that reads them, so that a level more is one line more.',
};

const prompt = ({ messages }) => messages.at(-1).content;
const isExtraction = (body) => JSON.stringify(body).includes('generalizable_pattern');
/** Files of the code that was sent, in their order. */
const filesOf = (body) => [...new Set([...prompt(body).matchAll(/^### (\S+?):\d+-\d+/gm)].map(([, path]) => path))];

export async function prepare() {
	const server = await startChatServer({
		reply: (body) => (isExtraction(body) ? [JSON.stringify(PATTERN)] : [`1. Look at \`${filesOf(body)[0] ?? 'nothing'}\`.\n2. Change it there.\n`, '\nThat is all.\n']),
	});
	const settings = { 'hybrid.index.automatic': 'always', 'hybrid.models.openaiUrls': [server.url], 'hybrid.search.codeThreshold': 0 };
	return { server, settings, close: () => server.close().catch(() => undefined) };
}

export async function flow(page, { picture, host, prepared: { server } }) {
	const asked = () => server.bodies.filter((body) => !isExtraction(body));
	/** Asks, and gives what the model was sent. */
	const askModel = async (question) => {
		const before = asked().length;
		await ask(page, question);
		await until(page, () => asked().length > before, `the question “${question}”`);
		await until(page, async () => (await lastAnswer(page).innerText()).includes('That is all.'), 'the answer');
		await page.getByRole('button', { name: 'Show What Was Sent' }).last().waitFor();
		return asked().at(-1);
	};
	const rate = async (label, signal) => {
		await lastAnswer(page).hover();
		await lastAnswer(page).locator(`[aria-label="${label}"]`).click();
		await until(page, () => keptSignals(host).includes(signal), 'the thumb among the signals');
	};
	/** So that a question is none that follows the one before. */
	const newChat = async () => {
		await page.locator('.part.auxiliarybar [aria-label^="New Chat"]').first().click();
		await lastAnswer(page).waitFor({ state: 'hidden' });
	};
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await pickModel(page, 'tiny-coder');

	const [misleading, ...others] = filesOf(await askModel('@hybrid where is value added tax rounded?'));
	assert.ok(others.length > 0, 'there is other code');
	await rate('Unhelpful', 'thumbs -1');
	await newChat();
	const again = filesOf(await askModel('@hybrid where is value added tax rounded?'));
	assert.notEqual(again[0], misleading, again.join());

	await newChat();
	await askModel('@hybrid how to configure and setup the days between reminders of unpaid invoices?');
	await rate('Helpful', 'thumbs 1');
	await until(page, () => server.bodies.some(isExtraction), 'the extraction of a pattern');
	await runCommand(page, 'Focus on Learned View');
	const view = page.locator('.pane', { hasText: 'Learned' });
	const row = (text) => view.locator('.monaco-list-row', { hasText: text }).first();
	const skill = row(PATTERN.problem_type);
	await until(page, async () => (await runCommand(page, 'Hybrid: Refresh What Was Learned'), (await row('Skills').count()) > 0), 'the group of skills');
	await row('Skills').click();
	await skill.waitFor();
	await picture('skill-proposed');
	const status = () => keptPoints(host, 'skills-patterns').find(({ description }) => description.includes(PATTERN.solution_approach))?.status;
	const choose = async (title) => {
		await skill.click({ button: 'right' });
		// A menu takes no click at once, lest the one that opened it chooses.
		await page.waitForTimeout(700);
		await page.getByRole('menuitem', { name: title }).first().click();
	};
	const question = '@hybrid how are the days between reminders configured';
	assert.equal(status(), 'proposed');
	await choose('Confirm');
	await until(page, () => status() === 'active', 'the confirmation');
	await newChat();
	assert.ok(prompt(await askModel(`${question} now?`)).includes(PATTERN.solution_approach), 'what is confirmed is sent');
	await picture('skill-sent');
	await choose('Delete');
	await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Delete', exact: true }).click();
	await skill.waitFor({ state: 'hidden' });
	assert.equal(status(), undefined);
	await newChat();
	assert.ok(!prompt(await askModel(`${question} today?`)).includes(PATTERN.solution_approach), 'what is deleted is gone');
}
