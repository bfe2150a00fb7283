import type { MessageFromPage } from '#protocol/dashboardPage';
import { DASHBOARD_RANGES, type DashboardChoice, type DashboardRange } from './buildSnapshot.ts';

const LONGEST_TEXT = 500;
const LARGEST_PNG = 30_000_000;

/** The message, made of what was checked alone; null for everything that is not one of this page. */
export function readPageMessage(data: unknown, token: string): MessageFromPage | null {
	if (typeof data !== 'object' || data === null || token === '') return null;
	const message = data as Readonly<Record<string, unknown>>;
	if (message.token !== token) return null;
	const { type, figureId, range, workspace, model, png, isMore } = message;
	switch (type) {
		case 'ready':
		case 'exportFigures':
			return { token, type };
		case 'choose':
			return isRange(range) && isText(workspace) && isText(model) ? { token, type, range, workspace, model } : null;
		case 'rows':
			return isText(figureId) && typeof isMore === 'boolean' ? { token, type, figureId, isMore } : null;
		case 'exportRows':
			return isText(figureId) ? { token, type, figureId } : null;
		case 'exportImage':
			return typeof png === 'string' && png.length <= LARGEST_PNG && /^iVBORw0KGgo[A-Za-z0-9+/]*={0,2}$/.test(png) ? { token, type, png } : null;
		default:
			return null;
	}
}

/** What a page chose before its window was closed, as the editor kept it for the page; null for everything that is no choice. */
export function readKeptChoice(kept: unknown): DashboardChoice | null {
	if (typeof kept !== 'object' || kept === null) return null;
	const { range, workspace, model } = kept as Readonly<Record<string, unknown>>;
	return isRange(range) && isText(workspace) && isText(model) ? { range, workspace, model } : null;
}

function isRange(value: unknown): value is DashboardRange {
	return (DASHBOARD_RANGES as readonly unknown[]).includes(value);
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value.length <= LONGEST_TEXT;
}
