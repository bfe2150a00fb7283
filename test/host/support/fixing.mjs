import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { openFile, until } from './page.mjs';

// What flows about fixes do again and again.

/** A file in which TypeScript reports that a number is no string. */
export const broken = 'export function half(amount: number): string {\n\treturn amount / 2;\n}\n';

/** The words of an answer that replaces lines. */
export const editAnswer = (search, replace) => [`Convert it.\n\n\`\`\`ts\n<<<<<<< SEARCH\n${search}\n`, `=======\n${replace}\n>>>>>>> REPLACE\n\`\`\`\n`];

/** Waits until the workspace is indexed. */
export const ready = (page) =>
	page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });

/** Writes a file with an error, opens it, and waits until the editor reports it. Gives the file's path. */
export async function openBroken(page, host, name = 'half.ts', text = broken) {
	const file = `${host.folder}/${name}`;
	const reported = () =>
		page
			.locator('[id="status.problems"]')
			.innerText()
			.then((said) => Number(/\d+/.exec(said)?.[0]));
	const before = await reported();
	writeFileSync(file, text);
	await openFile(page, name);
	await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
	await until(page, async () => (await reported()) > before, 'the error to be reported');
	await page.waitForSelector('.squiggly-error');
	return file;
}

/** Opens the light bulb of the active file's next problem. Gives the titles that it offers. */
export async function openQuickFixes(page) {
	await page.locator('.monaco-editor .view-lines').first().click();
	await page.keyboard.press('Alt+F8');
	await page.waitForTimeout(700);
	await page.keyboard.press('Escape');
	// While a language server is busy the first try may show nothing.
	for (let i = 0; i < 5; i++) {
		await page.keyboard.press('Control+.');
		const isShown = await page
			.locator('.action-widget:visible')
			.first()
			.waitFor({ timeout: 6_000 })
			.then(
				() => true,
				() => false,
			);
		if (isShown) break;
	}
	return page.locator('.action-widget:visible .monaco-list-row').allInnerTexts();
}

/** Chooses what an open light bulb offers. */
export const chooseQuickFix = (page, title) => page.locator('.action-widget:visible .monaco-list-row', { hasText: title }).first().click();

/** Applies the change that is shown. */
export async function applyShown(page) {
	await page.locator('.editor-actions').getByRole('button', { name: 'Apply', exact: true }).click();
	await page.locator('.monaco-diff-editor').first().waitFor({ state: 'hidden' });
}

/** The error solutions that the coordinator of a host has kept. */
export const keptSolutions = (host) => keptPoints(host, 'error-solutions');

/** What it has kept in one of the learned collections. */
export function keptPoints(host, collection) {
	const file = host.at('hybrid', 'knowledge.db');
	if (!existsSync(file)) return [];
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		const rows = database.prepare('SELECT payload, state FROM points WHERE collection = ?').all(collection);
		return rows.map(({ payload, state }) => ({ ...JSON.parse(payload), ...JSON.parse(state ?? '{}') }));
	} finally {
		database.close();
	}
}

/** Waits until a file of the workspace is in the index. */
export const whenIndexed = (page, host, name) => until(page, () => indexedFiles(host).includes(name), `${name} to be indexed`);

function indexedFiles(host) {
	const repositories = host.at('hybrid', 'repositories');
	if (!existsSync(repositories)) return [];
	return readdirSync(repositories).flatMap((id) => {
		const file = `${repositories}/${id}/index.db`;
		if (!existsSync(file)) return [];
		const database = new DatabaseSync(file, { readOnly: true });
		try {
			return database
				.prepare('SELECT path FROM files WHERE skip_reason IS NULL')
				.all()
				.map(({ path }) => path);
		} finally {
			database.close();
		}
	});
}
