import type { DashboardSnapshot } from '#protocol/dashboardPage';
import type { Theme } from './theme.ts';

const WIDTH = 1_000;
const MARGIN = 24;
const CHART_HEIGHT = 240;
const FIGURE_HEIGHT = 64;
const FIGURES_A_ROW = 4;
const SCALE = 2;

/** The dashboard as one picture: base64 of a PNG, figures and charts in the colours of the theme. */
export function pictureOf(snapshot: DashboardSnapshot, canvasOf: (chartId: string) => HTMLCanvasElement | null, theme: Theme): string {
	const canvas = document.createElement('canvas');
	canvas.width = WIDTH * SCALE;
	canvas.height = heightOf(snapshot) * SCALE;
	const context = canvas.getContext('2d');
	if (!context) return '';
	context.scale(SCALE, SCALE);
	context.fillStyle = theme.background;
	context.fillRect(0, 0, WIDTH, canvas.height);
	const write = (text: string, x: number, y: number, size: number, color: string, width: number) => {
		context.font = `${size}px ${theme.font}`;
		context.fillStyle = color;
		context.fillText(text, x, y, width);
	};
	let y = MARGIN + 20;
	write(snapshot.texts.title, MARGIN, y, 22, theme.foreground, WIDTH - 2 * MARGIN);
	write(snapshot.subtitle, MARGIN, y + 20, 12, theme.muted, WIDTH - 2 * MARGIN);
	y += 40;
	const columnWidth = (WIDTH - 2 * MARGIN) / FIGURES_A_ROW;
	for (const group of snapshot.groups) {
		write(group.title, MARGIN, y + 20, 17, theme.foreground, WIDTH - 2 * MARGIN);
		y += 44;
		for (const [index, { label, value, detail }] of group.figures.entries()) {
			const x = MARGIN + (index % FIGURES_A_ROW) * columnWidth;
			const top = y + Math.floor(index / FIGURES_A_ROW) * FIGURE_HEIGHT;
			write(label, x, top, 12, theme.muted, columnWidth - 12);
			write(value, x, top + 22, 19, theme.foreground, columnWidth - 12);
			write(detail, x, top + 38, 11, theme.muted, columnWidth - 12);
		}
		y += Math.ceil(group.figures.length / FIGURES_A_ROW) * FIGURE_HEIGHT;
		for (const [index, chart] of group.charts.entries()) {
			const x = MARGIN + (index % 2) * ((WIDTH - MARGIN) / 2);
			const top = y + Math.floor(index / 2) * CHART_HEIGHT;
			const drawn = canvasOf(chart.id);
			write(chart.title, x, top, 13, theme.foreground, WIDTH / 2 - 2 * MARGIN);
			if (!drawn || drawn.width === 0) continue;
			const fit = Math.min((WIDTH / 2 - 1.5 * MARGIN) / drawn.width, (CHART_HEIGHT - 30) / drawn.height);
			context.drawImage(drawn, x, top + 8, drawn.width * fit, drawn.height * fit);
		}
		y += Math.ceil(group.charts.length / 2) * CHART_HEIGHT;
	}
	return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
}

function heightOf({ groups }: DashboardSnapshot): number {
	const ofGroups = groups.map(({ figures, charts }) => 44 + Math.ceil(figures.length / FIGURES_A_ROW) * FIGURE_HEIGHT + Math.ceil(charts.length / 2) * CHART_HEIGHT);
	return MARGIN * 2 + 60 + ofGroups.reduce((total, height) => total + height, 0);
}
