import * as vscode from 'vscode';
import type { IndexStatus } from '#protocol/messages';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes with a decimal unit. */
export function formatBytes(bytes: number): string {
	let value = bytes;
	let unit = 0;
	for (; value >= 1_000 && unit < UNITS.length - 1; unit++) value /= 1_000;
	return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

/** A number with separators of the user's language. */
export function formatCount(count: number): string {
	return count.toLocaleString(vscode.env.language);
}

/** How far indexing is: files while words are read, pieces while their meaning is computed. */
export function progressLabel(isSearchable: boolean, { done, total }: NonNullable<IndexStatus['progress']>): string {
	if (isSearchable) return piecesOf({ done, total });
	return vscode.l10n.t('{0} of {1} files', formatCount(done), formatCount(total));
}

/** `12 of 345 pieces`. */
export function piecesOf({ done, total }: { readonly done: number; readonly total: number }): string {
	return vscode.l10n.t('{0} of {1} pieces', formatCount(done), formatCount(total));
}

/** US dollars with as many digits as say something: 12.30 $, 0.12 $, 0.0012 $. */
export function formatUsd(usd: number): string {
	const size = Math.abs(usd);
	const digits = size === 0 || size >= 0.1 ? 2 : size >= 0.01 ? 3 : 4;
	if (size > 0 && size < 0.000_05) return `${usd < 0 ? '> -' : '< '}${(0.0001).toLocaleString(vscode.env.language, { minimumFractionDigits: 4 })} $`;
	return `${usd.toLocaleString(vscode.env.language, { minimumFractionDigits: digits, maximumFractionDigits: digits })} $`;
}

/** A share, 0 to 1, in percent. */
export function formatShare(share: number): string {
	return `${Math.round(100 * share)}%`;
}
