import type { MessageFromPage } from '#protocol/dashboardPage';
import { DASHBOARD_RANGES } from './buildSnapshot.ts';

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
			return isText(range) && (DASHBOARD_RANGES as readonly string[]).includes(range) && isText(workspace) && isText(model)
				? { token, type, range, workspace, model }
				: null;
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

function isText(value: unknown): value is string {
	return typeof value === 'string' && value.length <= LONGEST_TEXT;
}
