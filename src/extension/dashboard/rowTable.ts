import type { DashboardCall, DashboardRowsPage, QuestionRow } from '#protocol/messages';
import { countText, durationText, shareText, timeText, UNKNOWN, usdText, type Words } from './words.ts';

/** Rows in words. */
export function rowTable(
	page: DashboardRowsPage,
	nameOf: (workspaceId: string) => string,
	words: Words,
): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
	const workspace = (id: string | null) => (id === null ? UNKNOWN : nameOf(id));
	return page.kind === 'questions'
		? { head: questionHead(words), rows: page.rows.map((row) => questionCells(row, workspace(row.workspaceId), words)) }
		: { head: callHead(words), rows: page.rows.map((row) => callCells(row, workspace(row.workspaceId), words)) };
}

function questionHead({ t }: Words): string[] {
	return [
		t('Time'),
		t('Workspace'),
		t('Model'),
		t('Answered by'),
		t('Tokens'),
		t('Elsewhere'),
		t('Cost'),
		t('Total time'),
		t('Search'),
		t('Stores'),
		t('Context'),
		t('Relevance'),
		t('Confidence'),
		t('Outcome'),
		t('Thumb'),
		t('Value'),
	];
}

function questionCells(row: QuestionRow, workspace: string, words: Words): string[] {
	const { t } = words;
	const answeredBy = { local: t('local model'), remote: t('remote model'), stored: t('stored answer'), nobody: row.isRetried ? t('asked again') : t('no model') };
	const outcomes = { success: t('success'), partial: t('partial'), failure: t('failure') };
	return [
		timeText(row.timeMs, words),
		workspace,
		row.modelLabel ?? UNKNOWN,
		answeredBy[row.answeredBy],
		countText(row.tokens, words),
		row.isElsewhereUnknown ? UNKNOWN : usdText(row.elsewhereUsd, words),
		row.unknownCosts > 0 ? UNKNOWN : usdText(row.answerUsd + row.triesUsd + row.compressionUsd, words),
		durationText(row.totalMs, words),
		durationText(row.searchMs, words),
		durationText(row.storeMs, words),
		countText(row.contexts, words),
		shareText(row.relevance, words),
		shareText(row.confidence, words),
		row.outcome ? outcomes[row.outcome] : UNKNOWN,
		row.userFeedback === 1 ? t('up') : row.userFeedback === -1 ? t('down') : UNKNOWN,
		row.outcome ? shareText(row.valueScore, words) : UNKNOWN,
	];
}

function callHead({ t }: Words): string[] {
	return [t('Time'), t('Workspace'), t('Model'), t('Where'), t('Purpose'), t('Result'), t('Tokens in'), t('Tokens out'), t('Cost'), t('First word'), t('Total time')];
}

function callCells(row: DashboardCall, workspace: string, words: Words): string[] {
	const { t } = words;
	const purposes: Readonly<Record<DashboardCall['purpose'], string>> = {
		answer: t('answer'),
		compression: t('compression'),
		pattern: t('pattern'),
		embedding: t('embedding'),
		test: t('test'),
	};
	const results = { ok: row.isCacheHit ? t('stored answer') : t('ok'), failed: t('failed'), cancelled: t('cancelled') };
	return [
		timeText(row.timeMs, words),
		workspace,
		row.modelLabel,
		row.isRemote ? t('remote') : t('local'),
		purposes[row.purpose] ?? row.purpose,
		results[row.result],
		`${row.isEstimate ? '≈ ' : ''}${countText(row.inputTokens, words)}`,
		countText(row.outputTokens, words),
		row.costUsd === null ? UNKNOWN : usdText(row.costUsd, words),
		durationText(row.firstTokenMs, words),
		durationText(row.totalMs, words),
	];
}
