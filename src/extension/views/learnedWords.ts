import * as vscode from 'vscode';
import type { ItemCounts, KnowledgeItem, LearnedCollection } from '#protocol/messages';
import { formatCount } from '../status/format.ts';

/** The collections in the order of the view. */
export const COLLECTIONS: readonly LearnedCollection[] = ['skills-patterns', 'error-solutions', 'best-practices', 'interaction-history'];

export function collectionLabel(collection: LearnedCollection): string {
	const { t } = vscode.l10n;
	const labels: Readonly<Record<LearnedCollection, string>> = {
		'skills-patterns': t('Skills'),
		'error-solutions': t('Fixes'),
		'best-practices': t('Practices'),
		'interaction-history': t('Interactions'),
	};
	return labels[collection];
}

export function statusLabel(status: KnowledgeItem['status']): string {
	const { t } = vscode.l10n;
	return { proposed: t('proposed'), active: t('active'), retired: t('retired') }[status];
}

/** Who has not chosen a name is known by a random one. */
export function sharedByLabel(owner: string): string {
	const { t } = vscode.l10n;
	return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(owner) || owner === '' ? t('from a teammate') : t('from {0}', owner);
}

export function outcomeLabel(outcome: NonNullable<KnowledgeItem['outcome']>): string {
	const { t } = vscode.l10n;
	return { success: t('success'), partial: t('partly'), failure: t('failure') }[outcome];
}

/** `Skills: 3, Fixes: 1`; a dash where there is nothing. */
export function countsLabel(counts: ItemCounts): string {
	const known = COLLECTIONS.filter((collection) => counts[collection] > 0);
	return known.map((collection) => `${collectionLabel(collection)}: ${formatCount(counts[collection])}`).join(', ') || '–';
}

export function totalOf(counts: ItemCounts): number {
	return COLLECTIONS.reduce((sum, collection) => sum + counts[collection], 0);
}
