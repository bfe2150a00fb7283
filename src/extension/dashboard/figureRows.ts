import type { DashboardRowsQuery } from '#protocol/messages';

type FigureRows = Pick<Extract<DashboardRowsQuery, { kind: 'questions' }>, 'kind' | 'filter'> | Pick<Extract<DashboardRowsQuery, { kind: 'calls' }>, 'kind' | 'filter'>;

/** Figure → the rows that it is a sum over. A figure that is not here has none: it is of what was learned, or of settings. */
const ROWS = {
	'saved': { kind: 'questions', filter: {} },
	'avoided': { kind: 'questions', filter: { answeredBy: ['local', 'stored'] } },
	'local-tokens': { kind: 'questions', filter: { answeredBy: ['local', 'stored'] } },
	'effect': { kind: 'questions', filter: { isControl: true } },
	'local-cost': { kind: 'calls', filter: { isRemote: false } },
	'remote-cost': { kind: 'calls', filter: { isRemote: true } },
	'high-value': { kind: 'questions', filter: { isHighValue: true } },
	'context-used': { kind: 'questions', filter: {} },
	'context-reused': { kind: 'questions', filter: {} },
	'successes': { kind: 'questions', filter: { outcome: 'success' } },
	'partials': { kind: 'questions', filter: { outcome: 'partial' } },
	'failures': { kind: 'questions', filter: { outcome: 'failure' } },
	'local-latency': { kind: 'calls', filter: { isRemote: false, result: 'ok', isCacheHit: false, purpose: 'answer' } },
	'remote-latency': { kind: 'calls', filter: { isRemote: true, result: 'ok', isCacheHit: false, purpose: 'answer' } },
	'total-latency': { kind: 'questions', filter: {} },
	'search-latency': { kind: 'questions', filter: {} },
	'store-latency': { kind: 'questions', filter: {} },
	'cache-hits': { kind: 'questions', filter: { answeredBy: 'stored' } },
	'failed-calls': { kind: 'calls', filter: { result: 'failed' } },
	'thumbs-up': { kind: 'questions', filter: { userFeedback: 1 } },
	'thumbs-down': { kind: 'questions', filter: { userFeedback: -1 } },
	'retried': { kind: 'questions', filter: { isRetried: true } },
	'relevance': { kind: 'questions', filter: {} },
	'confidence': { kind: 'questions', filter: {} },
	'calibration': { kind: 'questions', filter: {} },
} as const satisfies Readonly<Record<string, FigureRows>>;

/** The rows of a figure, within what was chosen; null where there is no such figure. */
export function rowsOfFigure(
	figureId: string,
	chosen: { readonly fromMs: number; readonly toMs: number; readonly workspaceId?: string; readonly modelId?: string },
): DashboardRowsQuery | null {
	if (!Object.hasOwn(ROWS, figureId)) return null;
	const { kind, filter } = ROWS[figureId as keyof typeof ROWS];
	const { fromMs, toMs, ...more } = chosen;
	return { kind, fromMs, toMs, filter: { ...filter, ...more } } as DashboardRowsQuery;
}

export function hasRows(figureId: string): boolean {
	return Object.hasOwn(ROWS, figureId);
}
