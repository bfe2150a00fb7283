import * as vscode from 'vscode';
import type { FixProposal } from '#protocol/messages';

/** Why there is no fix, in words; empty where the user knows. */
export function explainNoFix({ reason, file }: Pick<Extract<FixProposal, { status: 'refused' }>, 'reason' | 'file'>): string {
	const { t } = vscode.l10n;
	const name = file ?? '';
	switch (reason) {
		case 'cancelled':
			return '';
		case 'no-model':
			return t('No language model is there that could fix this. Start a model server, or set one up.');
		case 'no-edit':
			return t('The model gave no edit that could be read. Nothing was changed.');
		case 'not-found':
		case 'ambiguous':
			return file === null ? t('The model’s edit does not fit the file. Nothing was changed.') : t('The model’s edit does not fit {0}. Nothing was changed.', name);
		case 'would-break':
			return file === null
				? t('The model’s edit would leave a bracket without its partner. Nothing was changed.')
				: t('The model’s edit would leave a bracket without its partner in {0}. Nothing was changed.', name);
		case 'no-change':
			return t('The model’s edit changes nothing.');
		case 'secret-file':
			return file === null
				? t('This file may hold secrets, so it is never sent to a model.')
				: t('The model wants to change {0}, which may hold secrets. Nothing was changed.', name);
		case 'not-indexed':
			return t('The model wants to change {0}, which is no indexed file of this workspace. Nothing was changed.', name);
		case 'new-file':
			return t('The model wants to make the file {0}, and a fix makes none. Nothing was changed.', name);
		case 'local-only':
			return t('A model elsewhere wants to change {0}, which stays on this machine. Nothing was changed.', name);
		case 'too-many-files':
			return t('The model wants to change too many files at once. Nothing was changed.');
	}
}
