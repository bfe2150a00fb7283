import assert from 'node:assert/strict';
import { qdrantStores } from '../../support/qdrant.ts';
import { openTeammate, SHARED_FIX } from '../../support/teammate.ts';
import { runCommand, until } from '../support/page.mjs';

export const description = 'lists what a teammate shares over a Qdrant server among what was learned, to be read and not changed';
export const size = { width: 1500, height: 950 };

export async function prepare() {
	const url = process.env.QDRANT_URL;
	if (!url) return { reason: 'QDRANT_URL names no Qdrant server' };
	const { layout, dispose } = qdrantStores(url);
	const ada = await openTeammate({ url, prefix: layout.prefix, user: 'Ada', team: 'blue' });
	await ada.coordinator.knowledge.import({ text: SHARED_FIX, isApplied: true, isTrusted: true });
	return {
		settings: {
			'hybrid.index.automatic': 'always',
			'hybrid.qdrant.url': url,
			'hybrid.qdrant.prefix': layout.prefix,
			'hybrid.qdrant.user': 'Bob',
			'hybrid.qdrant.team': 'blue',
		},
		async close() {
			await ada.dispose();
			await dispose();
		},
	};
}

export async function flow(page, { picture }) {
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await runCommand(page, 'Focus on Learned View');
	const view = page.locator('.pane', { hasText: 'Learned' });
	const fixes = view.locator('.monaco-list-row', { hasText: 'Fixes' }).first();
	// What was not there when the view was made is there when it is refreshed.
	await until(
		page,
		async () => {
			if (await fixes.filter({ hasText: '1' }).count()) return true;
			await runCommand(page, 'Hybrid: Refresh What Was Learned');
			await page.waitForTimeout(1_000);
			return false;
		},
		'the fix of the teammate',
	);
	await fixes.locator('.monaco-tl-twistie').click();
	const row = view.locator('.monaco-list-row', { hasText: 'lamp is not defined' }).first();
	await row.waitFor();
	assert.match(await row.innerText(), /from Ada/);
	await row.click();
	const preview = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
	await preview.getByRole('heading', { name: 'lamp is not defined' }).waitFor({ timeout: 30_000 });
	const text = (await preview.locator('body').innerText()).replace(/\s+/g, ' ');
	for (const part of ['from Ada, who alone can change it', 'solution: import the lamp']) assert.ok(text.includes(part), text);
	assert.doesNotMatch(text, /can be edited|context:/);
	await picture('learned-shared');
	await row.hover();
	assert.equal(await row.locator('.action-label').count(), 0);
	await row.click({ button: 'right' });
	await page.waitForTimeout(1_000);
	assert.equal(await page.locator('.monaco-menu .action-item', { hasText: /Delete|Edit|Pin|Retire/ }).count(), 0);
}
