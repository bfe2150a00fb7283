import * as vscode from 'vscode';
import type { HitReason } from '#protocol/messages';

/** By what a piece was found, in words: `words of its file #2, changed by commits like this question #1`. */
export function foundBy(reasons: readonly HitReason[]): string {
	return reasons.map(({ signal, value }) => `${signalWords(signal)} ${Number.isInteger(value) ? `#${value}` : `×${value.toFixed(2)}`}`).join(', ');
}

function signalWords(signal: HitReason['signal']): string {
	const { t } = vscode.l10n;
	const words: Readonly<Record<HitReason['signal'], () => string>> = {
		'words': () => t('its words'),
		'meaning': () => t('its meaning'),
		'static-meaning': () => t('the meaning of its words'),
		'symbol': () => t('names that it defines'),
		'path': () => t('its path'),
		'file-words': () => t('its whole file'),
		'import-graph': () => t('imports of what was found'),
		'open-editor': () => t('open in an editor'),
		'selection': () => t('selected'),
		'diagnostic': () => t('has a problem'),
		'recency': () => t('edited lately'),
		'test-file': () => t('a test'),
		'document': () => t('a document'),
		'mentioned': () => t('named in the question'),
		'experience': () => t('what became of answers with it'),
		'file-experience': () => t('what became of answers with its file'),
		'commits': () => t('changed by commits like this question'),
		'remembered': () => t('right for similar questions'),
	};
	return words[signal]();
}
