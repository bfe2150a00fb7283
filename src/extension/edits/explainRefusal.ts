import * as vscode from 'vscode';
import type { PlaceRefusal } from './placeBlock.ts';

/** Why a change has no place in a file, in words. */
export function explainRefusal(reason: PlaceRefusal, file: string): string {
	const { t } = vscode.l10n;
	switch (reason) {
		case 'already-there':
			return t('{0} has this code already.', file);
		case 'no-place':
			return t('Nothing in {0} shows where this code belongs.', file);
		case 'ambiguous':
			return t('There is more than one place in {0} where this code could belong.', file);
		case 'would-break':
			return t('In {0} this code would leave a bracket without its partner.', file);
		case 'too-large':
			return t('{0} or the code is too large to find its place.', file);
	}
}
