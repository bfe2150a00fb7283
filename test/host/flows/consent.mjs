import assert from 'node:assert/strict';
import { until } from '../support/page.mjs';

export const description = 'asks once whether to index, and remembers the answer when the window is opened again';

const question = (page) => page.locator('.notifications-center').getByText('Index this workspace, so that @hybrid can answer from it?');
const ready = (page) =>
	page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });
/** A driven window shows no toasts; what they would say lies behind the bell. */
const openNotifications = async (page) => {
	await page.locator('[id="status.notifications"]').click();
	await until(page, () => page.locator('.notifications-center').isVisible(), 'the notifications');
};

export async function flow(page, { picture }) {
	await page.locator('.statusbar-item', { hasText: 'Hybrid: not indexed' }).first().waitFor({ timeout: 60_000 });
	await openNotifications(page);
	await question(page).waitFor();
	await picture('first-question');
	await page.getByRole('button', { name: 'Index', exact: true }).click();
	await ready(page);
	await page.reload();
	await ready(page);
	await openNotifications(page);
	await page.waitForTimeout(1_000);
	assert.equal(await question(page).count(), 0);
}
