import {
	BarController,
	BarElement,
	CategoryScale,
	Chart,
	type ChartConfiguration,
	Filler,
	Legend,
	LinearScale,
	LineController,
	LineElement,
	PointElement,
	ScatterController,
	Tooltip,
} from 'chart.js';
import type { PageChart } from '#protocol/dashboardPage';
import type { Theme } from './theme.ts';

Chart.register(BarController, BarElement, CategoryScale, Filler, Legend, LinearScale, LineController, LineElement, PointElement, ScatterController, Tooltip);

/** Shapes and dashes, so that series can be told apart without colours. */
const POINTS = ['circle', 'rectRot', 'triangle', 'rect'] as const;
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]] as const;

/** Draws a chart on its canvas in the colours of the theme. */
export function drawChart(canvas: HTMLCanvasElement, chart: PageChart, theme: Theme): Chart {
	return new Chart(canvas, configurationOf(chart, theme));
}

function configurationOf(chart: PageChart, theme: Theme): ChartConfiguration {
	const isBars = chart.kind === 'bars';
	const isCalibration = chart.kind === 'calibration';
	const axis = (title: string) => ({
		border: { color: theme.line },
		grid: { color: theme.isHighContrast ? 'transparent' : theme.line },
		ticks: { color: theme.muted, maxRotation: 0, autoSkipPadding: 12 },
		title: { display: title !== '', text: title, color: theme.muted },
	});
	return {
		type: isBars ? 'bar' : 'line',
		data: {
			labels: [...chart.labels],
			datasets: chart.series.map(({ label, color, values }, index) => ({
				label,
				data: [...values],
				borderColor: isBars && theme.isHighContrast ? theme.foreground : theme.color(color),
				backgroundColor: theme.color(color),
				borderWidth: isBars ? (theme.isHighContrast ? 1 : 0) : 2,
				borderDash: [...(DASHES[index % DASHES.length] ?? [])],
				pointStyle: isBars ? 'rect' : (POINTS[index % POINTS.length] ?? 'circle'),
				// A point at the upper end is whole.
				clip: 8,
				pointRadius: isCalibration && index > 0 ? 0 : 3,
				maxBarThickness: 48,
				spanGaps: true,
			})),
		},
		options: {
			locale: document.documentElement.lang,
			animation: false,
			responsive: true,
			maintainAspectRatio: false,
			interaction: { mode: 'index', intersect: false },
			font: { family: theme.font },
			scales: {
				x: { ...axis(''), stacked: isBars },
				y: { ...axis(chart.axis), stacked: isBars, beginAtZero: true, ...(chart.most === undefined ? {} : { max: chart.most }) },
			},
			plugins: {
				legend: { display: chart.series.length > 1, position: 'bottom', labels: { color: theme.foreground, usePointStyle: true, boxHeight: 8 } },
				tooltip: {
					callbacks: { label: ({ datasetIndex, dataIndex }) => `${chart.series[datasetIndex]?.label}: ${chart.series[datasetIndex]?.texts[dataIndex] ?? ''}` },
				},
			},
		},
	};
}
