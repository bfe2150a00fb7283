// What flows do on the page again and again.

const shownPick = '.quick-input-widget:not([style*="display: none"])';

/** Runs a command from the palette, with the keyboard. */
export async function runCommand(page, title) {
	await page.keyboard.press('F1');
	await page.waitForSelector(`${shownPick} input`);
	await page.keyboard.type(title, { delay: 10 });
	await page
		.locator('.quick-input-list .monaco-list-row', { hasText: title.replace(/^[^:]*: /, '') })
		.first()
		.waitFor();
	await page.keyboard.press('Enter');
}

/** Opens a file by its name. The list of files is not made again for one that the editor hears of while it is shown. */
export async function openFile(page, name) {
	const row = page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
	for (let attempt = 0; attempt < 10 && !(await row.isVisible()); attempt++) {
		if (attempt > 0) await page.keyboard.press('Escape');
		await page.keyboard.press('Control+P');
		await page.waitForSelector(`${shownPick} input`);
		await page.keyboard.type(name, { delay: 20 });
		await row.waitFor({ timeout: 6_000 }).catch(() => undefined);
	}
	await row.click();
}

/** Types a question into the chat's input and sends it. */
export async function ask(page, question) {
	await page.locator('.interactive-session .chat-input-container .monaco-editor').first().click();
	// The participant stays in the input after its first answer.
	const input = await page.locator('.interactive-session .chat-input-container').first().innerText();
	await page.keyboard.type(input.includes('@hybrid') ? question.replace(/^@hybrid /, '') : question, { delay: 15 });
	await page.waitForTimeout(400);
	await page.keyboard.press('Escape');
	await page.keyboard.press('Enter');
}

/** Picks a model in the chat, through the search of its picker. */
export async function pickModel(page, name) {
	const picker = page.locator('.chat-input-toolbars .action-label', { hasText: new RegExp(`Hybrid|Workspace|-coder|${name.slice(0, 4)}`) }).first();
	await picker.waitFor({ timeout: 60_000 });
	for (let attempt = 0; attempt < 20 && !(await picker.innerText()).includes(name.slice(0, 4)); attempt++) {
		await picker.click();
		await page.waitForTimeout(500);
		await page.keyboard.type(name, { delay: 20 });
		await page.waitForTimeout(500);
		await page.keyboard.press('Enter');
		await page.waitForTimeout(500);
		await page.keyboard.press('Escape');
	}
}

/** Stops the answer that is being made, and waits until the chat takes the next question. */
export async function cancelAnswer(page) {
	const button = page.getByRole('button', { name: /^Cancel \(/ }).first();
	await button.click();
	await button.waitFor({ state: 'hidden' });
}

export const lastAnswer = (page) => page.locator('.interactive-response').last();

/** Its text in one line. */
export const lastWords = async (page) => (await lastAnswer(page).innerText()).replace(/\s+/g, ' ');

/** Polls until `read` gives something truthy. */
export async function until(page, read, what, limitMs = 60_000) {
	const end = Date.now() + limitMs;
	for (;;) {
		const value = await read();
		if (value) return value;
		if (Date.now() > end) throw new Error(`waited too long for ${what}`);
		await page.waitForTimeout(100);
	}
}

/** Saves the file in the active editor, again and again until `read` sees it on disk: a key that is pressed while an editor opens reaches nobody. */
export function save(page, read, what) {
	let savedAtMs = 0;
	return until(
		page,
		async () => {
			if (read()) return true;
			if (Date.now() - savedAtMs > 3_000) {
				await page.keyboard.press('Control+S');
				savedAtMs = Date.now();
			}
			return read();
		},
		what,
	);
}

/** Whether the editor has put what an extension keeps under a key of its workspace state where a reload finds it: it does so a moment later. */
export const isKept = (page, key) => isStored(page, `"${key}":[{`);

/** Whether a text is in what the editor stores in the page, for all windows or for one. */
export const isStored = (page, text) =>
	page.evaluate(async (wanted) => {
		const done = (request) =>
			new Promise((resolve, reject) => {
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(request.error);
			});
		const names = (await indexedDB.databases()).map(({ name }) => name ?? '').filter((name) => name.startsWith('vscode-web-state-db-'));
		for (const name of names) {
			const database = await done(indexedDB.open(name));
			const values = await done(database.transaction('ItemTable').objectStore('ItemTable').getAll());
			database.close();
			if (values.some((value) => String(value).includes(wanted))) return true;
		}
		return false;
	}, text);
