import { ask, isStored, lastAnswer, pickModel, runCommand, until } from '../support/page.mjs';

export const description = 'knows in the guide what was done before it was ever opened, in another window';

export async function prepare() {
	return { settings: { 'hybrid.index.automatic': 'always' }, close: async () => undefined };
}

export async function flow(page, { picture }) {
	const ready = () =>
		page
			.locator('.statusbar-item', { hasText: /^\s*Hybrid(?:\s+\S.*)?\s*$/ })
			.first()
			.waitFor({ timeout: 60_000 });
	await ready();
	await pickModel(page, 'Workspace');
	await ask(page, '@hybrid where is value added tax rounded?');
	await until(page, async () => /nothing left this machine/.test(await lastAnswer(page).innerText()), 'the answer');
	await runCommand(page, 'Hybrid: Open Settings');
	await page.locator('.settings-editor').first().waitFor();
	await runCommand(page, 'Focus on Learned View');
	await page.locator('.pane-header', { hasText: 'Learned' }).first().waitFor();
	// The last: a page of its own takes the keys.
	await runCommand(page, 'Hybrid: Open Dashboard');
	await page.locator('.tab', { hasText: 'Hybrid Dashboard' }).first().waitFor();

	const isDone = (text) =>
		until(
			page,
			async () => (await page.locator('.getting-started-step', { hasText: text }).locator('[role="checkbox"][aria-checked="true"]').count()) === 1,
			text,
			20_000,
		);
	for (const step of ['indexed', 'answered', 'learnedShown', 'settingsOpened', 'dashboardOpened'])
		await until(page, () => isStored(page, `"hybrid.${step}"`), `what the editor keeps of ${step}`);
	await page.reload();
	await ready();
	await runCommand(page, 'Hybrid: Open Walkthrough');
	await page.getByText('Index your workspace').first().waitFor({ timeout: 30_000 });
	for (const text of ['Index your workspace', 'Ask @hybrid in the chat', 'Let it learn', 'Decide what stays here', 'See what it saves']) await isDone(text);
	await picture('walkthrough-known');
}
