import * as vscode from 'vscode';
import type { IndexStatus } from '#protocol/messages';
import type { CoordinatorFailure } from '../coordinatorFailure.ts';
import { phaseLabel } from '../messages.ts';

/** What views show of the coordinator; its client is one. */
export interface ShownState {
	/** The newest status, also while the coordinator is away for a moment; null where there was none yet. */
	readonly shownStatus: IndexStatus | null;
	/** Why the coordinator is not running, when it gave up. */
	readonly failure: CoordinatorFailure | undefined;
	/** Why there is no status of now: the coordinator starts for the first time in this window, or again. Null where there is one, or none is to come. */
	readonly transition: 'starting' | 'restarting' | null;
}

/** The state in a word or two. */
export function stateLabel({ shownStatus, failure, transition }: ShownState): string {
	const { t } = vscode.l10n;
	if (failure) return t('stopped');
	if (transition) return transition === 'starting' ? t('starting') : t('restarting');
	return phaseLabel(shownStatus?.phase ?? 'not-indexed');
}
