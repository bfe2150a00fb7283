import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { Coordinator } from '#core/domain/requests';
import { DEFAULT_SETTINGS } from '#core/settings';
import type { DashboardHost } from '#extension/dashboard/dashboardSession';
import { readKeptChoice } from '#extension/dashboard/readPageMessage';
import type { Words } from '#extension/dashboard/words';
import { repositoryRoot } from '../support/assets.ts';
import { browserUnavailable, ENGLISH, launchBrowser, type OpenedDashboard, openDashboard, TOKEN } from '../support/dashboardPage.ts';
import { quietPorts } from '../support/ports.ts';
import { workForDays } from '../support/weekOfUse.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const unavailable = browserUnavailable();
const pictures = join(repositoryRoot, 'out/webview');

describe.skipIf(unavailable !== null)(`the dashboard page in a browser${unavailable ? ` (skipped: ${unavailable})` : ''}`, () => {
	let browser: Browser;
	let workspace: TemporaryFolder;
	let data: TemporaryFolder;
	let coordinator: Coordinator;
	let nothing: Coordinator;

	const start = async (dataDirectory: string) => {
		const ports = quietPorts();
		return (await createCoordinator({ ports, settings: DEFAULT_SETTINGS, dataDirectory })).coordinator;
	};
	const requestTo =
		(answering: Coordinator): DashboardHost['request'] =>
		async (name, query) =>
			(name === 'dashboard/read' ? answering.dashboard(query as object) : answering.dashboardRows(query as Parameters<Coordinator['dashboardRows']>[0])) as never;
	const shown = async (opened: OpenedDashboard, picture: string) => {
		await opened.page.locator('main[aria-busy="false"]').waitFor();
		await expect.poll(() => opened.page.evaluate('[...document.querySelectorAll("canvas")].every((canvas) => canvas.width !== 300)')).toBe(true);
		await opened.page.screenshot({ path: join(pictures, `${picture}.png`), fullPage: true });
	};

	beforeAll(async () => {
		mkdirSync(pictures, { recursive: true });
		browser = await launchBrowser();
		workspace = temporaryFolder();
		data = temporaryFolder();
		cpSync(join(repositoryRoot, 'sample'), workspace.path, { recursive: true });
		await workForDays({ workspace: workspace.path, dataDirectory: data.path, days: 7, perDay: 14, pauseMs: 3 });
		coordinator = await start(data.path);
		nothing = await start(data.join('empty'));
	}, 240_000);
	afterAll(async () => {
		await browser?.close();
		await coordinator?.close();
		await nothing?.close();
		workspace?.[Symbol.dispose]();
		data?.[Symbol.dispose]();
	});

	it('shows a week of work: every figure with its explanation, charts with their tables, nothing that the content policy refuses', async () => {
		await using opened = await openDashboard(browser, requestTo(coordinator));
		const { page } = opened;
		await shown(opened, 'light');
		const facts = await coordinator.dashboard({});
		expect(await page.locator('section h2').allInnerTexts()).toEqual(['Costs and Savings', 'Learning', 'Performance', 'Quality']);
		expect(await page.locator('[data-figure="avoided"] .value').innerText()).toBe(String(facts.savings.answeredLocally));
		expect(await page.locator('[data-figure="thumbs-up"] .value').innerText()).toBe(String(facts.questions.thumbsUp));
		const figures = await page.locator('.figure').count();
		expect(figures).toBeGreaterThan(20);
		expect(await page.locator('.figure details p').count()).toBe(figures);
		for (const text of await page.locator('.figure details p').allTextContents()) expect(text.length).toBeGreaterThan(30);
		const charts = await page.locator('.chart').count();
		expect(charts).toBeGreaterThanOrEqual(8);
		expect(await page.locator('canvas[role="img"][aria-label]').count()).toBe(charts);
		for (const summary of await page.locator('.chart summary').all()) await summary.press('Enter');
		await expect.poll(() => page.locator('.chart table').count()).toBe(charts);
		// Something is drawn on each: more than one colour.
		const colors = await page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) => {
			const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
			return new Set(new Uint32Array(data.buffer)).size;
		})`);
		for (const count of colors as number[]) expect(count).toBeGreaterThan(10);
		const answers = page.locator('[data-chart="answers"] tbody tr');
		expect(await answers.count()).toBe(facts.periods.length);
		expect(opened.complaints).toEqual([]);
	});

	it.each(['dark', 'high-contrast'] as const)('follows the theme: %s', async (theme) => {
		await using opened = await openDashboard(browser, requestTo(coordinator), { theme });
		await shown(opened, theme);
		const before = await opened.page.locator('canvas').first().screenshot();
		await opened.setTheme('light');
		await expect.poll(async () => (await opened.page.locator('canvas').first().screenshot()).equals(before)).toBe(false);
		expect(opened.complaints).toEqual([]);
	});

	it.each(['light', 'dark', 'high-contrast'] as const)('has nothing that the rules of WCAG 2.1 AA find wrong, with rows and tables open: %s', async (theme) => {
		await using opened = await openDashboard(browser, requestTo(coordinator), { theme });
		const { page } = opened;
		await shown(opened, 'rules');
		const findings = async () => {
			const { violations, passes } = (await page.evaluate(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })`)) as AxeResults;
			expect(passes.length).toBeGreaterThan(20);
			return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`);
		};
		await page.evaluate(readFileSync(join(repositoryRoot, 'node_modules/axe-core/axe.min.js'), 'utf8'));
		for (const summary of await page.locator('summary').all()) await summary.press('Enter');
		expect(await findings()).toEqual([]);
		await page.locator('[data-figure="avoided"] button').click();
		await page.locator('dialog[open] [role="columnheader"]').first().waitFor();
		expect(await findings()).toEqual([]);
	});

	it('fits a narrow tab, and nothing is wider than it', async () => {
		await using opened = await openDashboard(browser, requestTo(coordinator), { width: 420, height: 800, theme: 'dark' });
		await shown(opened, 'narrow');
		expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(420);
	});

	it('speaks German, in a narrow tab too', async () => {
		const texts = JSON.parse(readFileSync(join(repositoryRoot, 'l10n/bundle.l10n.de.json'), 'utf8')) as Record<string, string>;
		const words: Words = { t: (message, ...parameters) => ENGLISH.t(texts[message] ?? `MISSING ${message}`, ...parameters), language: 'de' };
		await using opened = await openDashboard(browser, requestTo(coordinator), { width: 420, words });
		await shown(opened, 'german');
		expect(await opened.page.locator('section h2').allInnerTexts()).toEqual(['Kosten und Ersparnis', 'Lernen', 'Tempo', 'Güte']);
		expect(await opened.page.locator('html').getAttribute('lang')).toBe('de');
		expect(await opened.page.content()).not.toContain('MISSING');
		expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(420);
	});

	it('narrows to a time, a workspace or a model, and says when nothing is left', async () => {
		await using opened = await openDashboard(browser, requestTo(coordinator));
		const { page } = opened;
		await shown(opened, 'all');
		const small = await page.locator('#model option', { hasText: 'small-coder-7b' }).getAttribute('value');
		await page.selectOption('#model', small);
		const facts = await coordinator.dashboard({ modelId: small ?? '' });
		await expect.poll(() => page.locator('[data-figure="avoided"] .value').innerText()).toBe(String(facts.savings.answeredLocally));
		expect(await page.locator('[data-figure="remote-cost"] .value').innerText()).toBe('0.00 $');
		const today = await coordinator.dashboard({ modelId: small ?? '', fromMs: Date.now() });
		await page.focus('#range');
		await page.selectOption('#range', 'today');
		await expect.poll(() => page.locator('[data-figure="cache-hits"] .detail').innerText()).toBe(`${today.questions.stored} of ${today.questions.answered} answers`);
		expect(await page.evaluate('document.activeElement.id')).toBe('range');
		// What the editor keeps for the tab is what the session takes when the tab is restored.
		expect(readKeptChoice(await page.evaluate('window.keptState'))).toEqual({ range: 'today', workspace: '', model: small });
		expect(opened.complaints).toEqual([]);
	});

	it('leads from a figure to its rows with the keyboard alone, and back', async () => {
		await using opened = await openDashboard(browser, requestTo(coordinator));
		const { page } = opened;
		await shown(opened, 'keyboard');
		const facts = await coordinator.dashboard({});
		await page.locator('[data-figure="avoided"] button').focus();
		await page.keyboard.press('Enter');
		const dialog = page.locator('dialog[open]');
		await dialog.locator('[role="columnheader"]').first().waitFor();
		await page.screenshot({ path: join(pictures, 'rows.png') });
		expect(await dialog.locator('[role="table"]').getAttribute('aria-rowcount')).toBe(String(facts.savings.answeredLocally + 1));
		const drawn = await dialog.locator('.rows-body .row').count();
		expect(drawn).toBeGreaterThan(5);
		expect(drawn).toBeLessThan(60);
		const first = await dialog.locator('.rows-body .row').first().getAttribute('aria-rowindex');
		await dialog.locator('.rows-scroll').focus();
		await page.keyboard.press('End');
		await expect.poll(async () => dialog.locator('.rows-body .row').last().getAttribute('aria-rowindex')).toBe(String(facts.savings.answeredLocally + 1));
		expect(first).toBe('2');
		await page.keyboard.press('Escape');
		await dialog.waitFor({ state: 'hidden' });
		expect(await page.evaluate('document.activeElement.closest(".figure").dataset.figure')).toBe('avoided');
		expect(opened.complaints).toEqual([]);
	});

	it('exports figures and rows as CSV and itself as a picture', async () => {
		await using opened = await openDashboard(browser, requestTo(coordinator));
		const { page, saved } = opened;
		await shown(opened, 'export');
		await page.click('#export-figures');
		await page.click('#export-image');
		await page.locator('[data-figure="thumbs-up"] button').click();
		await page.locator('dialog[open] [role="columnheader"]').first().waitFor();
		await page.locator('dialog[open] header button').first().click();
		await expect.poll(() => saved.map(({ name }) => name)).toEqual(['dashboard.csv', 'dashboard.png', 'dashboard-thumbs-up.csv']);
		const facts = await coordinator.dashboard({});
		const [figures = '', , rows = ''] = saved.map(({ bytes }) => new TextDecoder().decode(bytes));
		const lines = figures.trim().split('\r\n');
		const column = lines[0]?.split(',').indexOf('questions.asked') ?? -1;
		expect(lines.at(-1)?.split(',')[column]).toBe(String(facts.questions.asked));
		expect(rows.trim().split('\r\n')).toHaveLength(facts.questions.thumbsUp + 1);
		expect([...(saved[1]?.bytes.slice(0, 8) ?? [])]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
		expect(saved[1]?.bytes.length).toBeGreaterThan(20_000);
	});

	it('says what to do where there is nothing, and what is wrong where figures cannot be had', async () => {
		await using empty = await openDashboard(browser, requestTo(nothing));
		await shown(empty, 'empty');
		expect(await empty.page.locator('.empty').innerText()).toContain('@hybrid');
		let isBroken = true;
		await using broken = await openDashboard(browser, async (name, query) => {
			if (isBroken) throw new Error('The database is locked.');
			return requestTo(coordinator)(name, query);
		});
		await shown(broken, 'error');
		expect(await broken.page.locator('[role="alert"]').innerText()).toContain('The database is locked.');
		isBroken = false;
		await broken.page.click('#retry');
		await broken.page.locator('.groups').waitFor();
	});

	it('ignores messages from nowhere, in both directions', async () => {
		await using opened = await openDashboard(browser, requestTo(coordinator));
		const { page } = opened;
		await shown(opened, 'nowhere');
		const before = await page.locator('main').innerText();
		for (const message of [
			{ type: 'failure', text: 'gone', texts: {} },
			{ type: 'failure', text: 'gone', texts: {}, token: 'another' },
			{ type: 'snapshot', snapshot: { groups: 'none' }, token: TOKEN },
			{ type: 'unknown', token: TOKEN },
			'text',
			null,
		]) {
			await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
		}
		const wrong = [
			{ type: 'rows', figureId: 'avoided', isMore: false },
			{ type: 'rows', figureId: 'x'.repeat(501), isMore: false, token: TOKEN },
			{ type: 'choose', range: 'century', workspace: '', model: '', token: TOKEN },
			{ type: 'exportImage', png: '<script>', token: TOKEN },
		];
		await page.evaluate(`for (const message of ${JSON.stringify(wrong)}) window.sendToHost(message)`);
		await page.evaluate(`window.sendToHost({ type: 'rows', figureId: 'constructor', isMore: false, token: '${TOKEN}' })`);
		await expect.poll(() => opened.refused.length).toBe(wrong.length);
		expect(opened.saved).toEqual([]);
		expect(await page.locator('main').innerText()).toBe(before);
		expect(opened.complaints).toEqual([]);
	});

	it('runs no script but its own', async () => {
		await using opened = await openDashboard(browser, requestTo(coordinator));
		await shown(opened, 'policy');
		await opened.page.evaluate(`{
			const script = document.createElement('script');
			script.textContent = 'window.wasRun = true';
			document.body.append(script);
			const button = document.createElement('button');
			button.setAttribute('onclick', 'window.wasRun = true');
			document.body.append(button);
			button.click();
		}`);
		expect(await opened.page.evaluate('window.wasRun')).toBeUndefined();
		await expect.poll(() => opened.complaints.length).toBeGreaterThanOrEqual(2);
	});
});
