import type { Chart } from 'chart.js';
import type { DashboardSnapshot, PageChart, PageFigure, PageGroup, PageTexts } from '#protocol/dashboardPage';
import { drawChart } from './charts.ts';
import { element, table } from './elements.ts';
import type { Theme } from './theme.ts';

/** What is on the page, so that it can be drawn again and saved as a picture. */
export interface ShownGroups {
	readonly element: HTMLElement;
	/** Draws all charts in the colours of a theme, one a frame; those that were there go. */
	draw(theme: Theme): void;
	/** Draws what is not drawn yet. */
	finish(): void;
	/** The canvas of a chart. */
	canvasOf(chartId: string): HTMLCanvasElement | null;
	dispose(): void;
}

export function showGroups(snapshot: DashboardSnapshot, onRows: (figure: PageFigure) => void): ShownGroups {
	const canvases = new Map<string, { readonly chart: PageChart; readonly canvas: HTMLCanvasElement }>();
	let drawn: Chart[] = [];
	let waiting: (() => void)[] = [];
	let frame = 0;
	const clear = () => {
		cancelAnimationFrame(frame);
		waiting = [];
		for (const chart of drawn) chart.destroy();
		drawn = [];
	};
	/** One a frame: the figures are there before the first, and nothing stalls. */
	const drawNext = () => {
		waiting.shift()?.();
		if (waiting.length > 0) frame = requestAnimationFrame(drawNext);
	};
	const shown = element('div', { class: 'groups' }, ...snapshot.groups.map((group) => groupOf(group, snapshot.texts, canvases, onRows)));
	return {
		element: shown,
		draw(theme) {
			clear();
			waiting = [...canvases.values()].map(
				({ chart, canvas }) =>
					() =>
						void drawn.push(drawChart(canvas, chart, theme)),
			);
			frame = requestAnimationFrame(() => {
				frame = requestAnimationFrame(drawNext);
			});
		},
		finish() {
			cancelAnimationFrame(frame);
			for (const draw of waiting.splice(0)) draw();
		},
		canvasOf: (chartId) => canvases.get(chartId)?.canvas ?? null,
		dispose: clear,
	};
}

function groupOf(
	group: PageGroup,
	texts: PageTexts,
	canvases: Map<string, { readonly chart: PageChart; readonly canvas: HTMLCanvasElement }>,
	onRows: (figure: PageFigure) => void,
): HTMLElement {
	const titleId = `group-${group.id}`;
	return element(
		'section',
		{ 'aria-labelledby': titleId, 'class': 'group' },
		element('h2', { id: titleId }, group.title),
		element('ul', { class: 'figures' }, ...group.figures.map((figure) => figureOf(figure, texts, onRows))),
		element('div', { class: 'charts' }, ...group.charts.map((chart) => chartOf(chart, texts, canvases))),
		...group.tables.map(({ title, head, rows }) => element('div', { 'class': 'scroll', 'tabindex': 0, 'role': 'group', 'aria-label': title }, table(title, head, rows))),
	);
}

/** A number with its explanation under it, and the way to its rows. */
function figureOf(figure: PageFigure, texts: PageTexts, onRows: (figure: PageFigure) => void): HTMLElement {
	return element(
		'li',
		{ 'class': 'figure', 'data-figure': figure.id },
		element('span', { class: 'label' }, figure.label),
		element('span', { class: 'value' }, figure.value),
		element('span', { class: 'detail' }, figure.detail),
		element('details', {}, element('summary', { 'aria-label': `${texts.explain}: ${figure.label}` }, texts.explain), element('p', {}, figure.explanation)),
		figure.hasRows
			? element('button', { 'type': 'button', 'class': 'link', 'aria-label': `${texts.showRows}: ${figure.label}`, 'onclick': () => onRows(figure) }, texts.showRows)
			: null,
	);
}

function chartOf(chart: PageChart, texts: PageTexts, canvases: Map<string, { readonly chart: PageChart; readonly canvas: HTMLCanvasElement }>): HTMLElement {
	const canvas = element('canvas', { 'role': 'img', 'aria-label': `${chart.title}. ${chart.description}` });
	canvases.set(chart.id, { chart, canvas });
	const details = element('details', {}, element('summary', { 'aria-label': `${texts.showTable}: ${chart.title}` }, texts.showTable));
	// Made when it is first looked at: nine tables of a year are what the first paint would wait for.
	details.addEventListener('toggle', () => details.append(tableOf(chart, texts)), { once: true });
	return element(
		'figure',
		{ 'class': 'chart', 'data-chart': chart.id },
		element('figcaption', {}, element('strong', {}, chart.title), element('span', { class: 'detail' }, chart.description)),
		element('div', { class: 'plot' }, canvas),
		details,
	);
}

function tableOf(chart: PageChart, texts: PageTexts): HTMLElement {
	const head = [texts.period, ...chart.series.map(({ label }) => label)];
	const rows = chart.labels.map((label, index) => [label, ...chart.series.map(({ texts: words }) => words[index] ?? '')]);
	return element('div', { 'class': 'scroll', 'tabindex': 0, 'role': 'group', 'aria-label': chart.title }, table(chart.title, head, rows));
}
