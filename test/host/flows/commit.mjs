import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ask, isKept, lastAnswer, pickModel, save, until } from '../support/page.mjs';
import { keptSignalIds, keptSignals } from '../support/signals.mjs';

const { startChatServer } = createRequire(import.meta.url)('../support/chatServer.cjs');

export const description = 'hears what a reload finds of an applied edit, that it was committed in a terminal, and which file was edited after the question';

const answer = [
	'Here, in `api/src/money.ts`:\n\n```ts\nexport function formatCents(amount: Cents): string {\n\treturn `€ ${(amount / 100).toFixed(2)}`;\n}\n```\n\nThat is all.\n',
];

export async function prepare() {
	const server = await startChatServer({ reply: () => answer });
	return { server, settings: { 'hybrid.index.automatic': 'always', 'hybrid.models.openaiUrls': [server.url] }, close: () => server.close().catch(() => undefined) };
}

export async function flow(page, { picture, host }) {
	const git = (...parameters) => execFileSync('git', ['-C', host.folder, '-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...parameters], { stdio: 'pipe' });
	git('init', '-q');
	git('add', '-A');
	git('commit', '-q', '-m', 'Begin');
	const ready = () =>
		page
			.locator('.statusbar-item', { hasText: /^\s*Hybrid(?:\s+\S.*)?\s*$/ })
			.first()
			.waitFor({ timeout: 60_000 });
	await page.reload();
	await ready();
	await pickModel(page, 'tiny-coder');
	await ask(page, '@hybrid write the sign of an amount in cents first');
	await until(page, async () => (await lastAnswer(page).innerText()).includes('That is all.'), 'the answer');
	await lastAnswer(page).getByRole('button', { name: 'Apply', exact: true }).click();
	await page.locator('.monaco-diff-editor').first().waitFor();
	await page.locator('.editor-actions').getByRole('button', { name: 'Apply', exact: true }).click();
	await page.locator('.monaco-diff-editor').first().waitFor({ state: 'hidden' });
	await save(page, () => readFileSync(`${host.folder}/api/src/money.ts`, 'utf8').includes('`€ '), 'the applied change');
	await until(page, () => keptSignalIds(host).some((id) => id.startsWith('edit-survived:save:')), 'what survived at the save');
	await until(page, () => keptSignals(host).includes('edited-after 0.5'), 'the file that was edited after the question');
	await until(page, () => isKept(page, 'outcomes.edited'), 'what the editor keeps of it for the next window');

	await page.reload();
	await ready();
	// The git extension says that it has read the repository by the branch in the status bar.
	await page
		.locator('.statusbar-item', { hasText: /ma(?:in|ster)/ })
		.first()
		.waitFor({ timeout: 60_000 });
	await picture('committing');
	git('commit', '-q', '-a', '-m', 'Write the sign first');
	await until(page, () => keptSignalIds(host).some((id) => id.startsWith('edit-survived:commit:')), 'what survived in the commit');
	await until(page, () => keptSignals(host).includes('edited-after 1'), 'the file that was committed after the question');
}
