import type { DashboardSnapshot, PageTexts } from '#protocol/dashboardPage';
import type { DashboardData } from '#protocol/messages';
import { costGroup } from './costGroup.ts';
import { learningGroup } from './learningGroup.ts';
import { performanceGroup } from './performanceGroup.ts';
import { qualityGroup } from './qualityGroup.ts';
import { timeText, type Words } from './words.ts';

/** What the page shows, as its controls say it. Empty: all. */
export interface DashboardChoice {
	readonly range: DashboardRange;
	readonly workspace: string;
	readonly model: string;
}

export const DASHBOARD_RANGES = ['today', 'week', 'month', 'quarter', 'all'] as const;
export type DashboardRange = (typeof DASHBOARD_RANGES)[number];

const DAY_MS = 86_400_000;
const DAYS: Readonly<Record<DashboardRange, number | null>> = { today: 1, week: 7, month: 30, quarter: 90, all: null };

/** A moment of the first day of a range; undefined: from the beginning. */
export function startOfRange(range: DashboardRange, nowMs: number): number | undefined {
	const days = DAYS[range];
	return days === null ? undefined : nowMs - (days - 1) * DAY_MS;
}

/** The page for figures: everything in words. */
export function buildSnapshot(data: DashboardData, choice: DashboardChoice, nameOf: (workspaceId: string) => string, words: Words): DashboardSnapshot {
	const { t } = words;
	const ranges: Readonly<Record<DashboardRange, string>> = {
		today: t('Today'),
		week: t('7 days'),
		month: t('30 days'),
		quarter: t('90 days'),
		all: t('Everything'),
	};
	const { workspaceIds, models } = data.choices;
	return {
		language: words.language,
		texts: pageTexts(words),
		subtitle: t('From {0} to {1}, over all windows of this machine.', timeText(Math.max(data.fromMs, data.sinceMs ?? data.fromMs), words), timeText(data.nowMs, words)),
		range: { label: t('Time'), chosen: choice.range, options: DASHBOARD_RANGES.map((value) => ({ value, label: ranges[value] })) },
		workspace: {
			label: t('Workspace'),
			chosen: choice.workspace,
			options: [{ value: '', label: t('All') }, ...workspaceIds.map((value) => ({ value, label: nameOf(value) }))],
		},
		model: {
			label: t('Model'),
			chosen: choice.model,
			options: [{ value: '', label: t('All') }, ...models.map(({ modelId, modelLabel }) => ({ value: modelId, label: modelLabel }))],
		},
		empty: emptyOf(data, words),
		groups: [costGroup(data, words), learningGroup(data, words), performanceGroup(data, words), qualityGroup(data, words)],
	};
}

export function pageTexts({ t }: Words): PageTexts {
	return {
		title: t('Dashboard'),
		loading: t('Loading…'),
		refresh: t('Refresh'),
		exportFigures: t('Export as CSV'),
		exportImage: t('Save as picture'),
		exportRows: t('Export rows as CSV'),
		showRows: t('Rows'),
		showTable: t('As a table'),
		explain: t('What is this?'),
		close: t('Close'),
		period: t('From'),
		noRows: t('There are no rows.'),
		retry: t('Try again'),
	};
}

function emptyOf(data: DashboardData, { t }: Words): DashboardSnapshot['empty'] {
	if (data.sinceMs === null)
		return {
			title: t('There is nothing to show yet'),
			text: t('Ask @hybrid a question in the chat: each question and each call of a model shows here, with what it cost and what became of it.'),
		};
	const isEmpty = data.questions.asked === 0 && data.local.calls + data.remote.calls === 0;
	return isEmpty ? { title: t('Nothing in this range'), text: t('Choose a longer time, another workspace or another model above.') } : null;
}
