import type { PageChart, PageColor, PageFigure } from '#protocol/dashboardPage';
import type { DashboardData } from '#protocol/messages';
import { hasRows } from './figureRows.ts';
import { dayText, type Words } from './words.ts';

export function figure(id: string, label: string, value: string, explanation: string, detail = ''): PageFigure {
	return { id, label, value, detail, explanation, hasRows: hasRows(id) };
}

type Period = DashboardData['periods'][number];

/** A chart over the periods of the range. */
export function chartOverTime(
	data: DashboardData,
	words: Words,
	chart: Pick<PageChart, 'id' | 'title' | 'description' | 'kind' | 'axis' | 'most'>,
	series: readonly {
		readonly label: string;
		readonly color: PageColor;
		readonly of: (period: Period) => number | null;
		readonly text: (value: number | null) => string;
	}[],
): PageChart {
	return {
		...chart,
		labels: data.periods.map(({ fromMs }) => dayText(fromMs, words)),
		series: series.map(({ label, color, of, text }) => {
			const values = data.periods.map(of);
			return { label, color, values, texts: values.map(text) };
		}),
	};
}
