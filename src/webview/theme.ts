import type { PageColor } from '#protocol/dashboardPage';

/** Colours of the editor's theme as they are now. */
export interface Theme {
	readonly foreground: string;
	readonly background: string;
	readonly muted: string;
	readonly line: string;
	readonly font: string;
	/** Borders around bars and other signs beside colour. */
	readonly isHighContrast: boolean;
	color(name: PageColor): string;
}

const CHART_COLORS: Readonly<Record<PageColor, readonly [variable: string, fallback: string]>> = {
	blue: ['--vscode-charts-blue', '#3794ff'],
	green: ['--vscode-charts-green', '#388a34'],
	orange: ['--vscode-charts-orange', '#d18616'],
	red: ['--vscode-charts-red', '#e51400'],
	purple: ['--vscode-charts-purple', '#8159b3'],
	grey: ['--vscode-descriptionForeground', '#717171'],
};

export function readTheme(): Theme {
	const style = getComputedStyle(document.body);
	const read = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
	const foreground = read('--vscode-foreground', style.color);
	return {
		foreground,
		background: read('--vscode-editor-background', '#ffffff'),
		muted: read('--vscode-descriptionForeground', foreground),
		line: read('--vscode-contrastBorder', read('--vscode-widget-border', read('--vscode-editorWidget-border', '#8884'))),
		font: read('--vscode-font-family', 'sans-serif'),
		isHighContrast: document.body.classList.contains('vscode-high-contrast') || document.body.classList.contains('vscode-high-contrast-light'),
		color: (name) => read(...CHART_COLORS[name]),
	};
}

/** Calls when the editor's theme is another one. */
export function onThemeChange(listener: () => void): void {
	new MutationObserver(listener).observe(document.body, { attributes: true, attributeFilter: ['class'] });
	// The colours are properties of the root, and may come after the class.
	new MutationObserver(listener).observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}
