/** Texts and numbers in the user's language. Not of the editor itself, so that what is made of it can be tested without one. */
export interface Words {
	readonly t: (message: string, ...parameters: (string | number)[]) => string;
	/** BCP 47. */
	readonly language: string;
}

/** What stands where nothing is known. */
export const UNKNOWN = '–';

export function countText(count: number, { language }: Words): string {
	return count.toLocaleString(language);
}

export function shareText(share: number | null, { language }: Words): string {
	return share === null ? UNKNOWN : share.toLocaleString(language, { style: 'percent', maximumFractionDigits: share > 0 && share < 0.1 ? 1 : 0 });
}

/** The share of `part` in `whole`; null where there is no whole. */
export function shareOf(part: number, whole: number): number | null {
	return whole === 0 ? null : part / whole;
}

/** US dollars with as many digits as say something. */
export function usdText(usd: number, { language }: Words): string {
	const size = Math.abs(usd);
	const digits = size === 0 || size >= 1 ? 2 : size >= 0.01 ? 3 : size >= 0.0001 ? 5 : 7;
	return `${usd.toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: digits })} $`;
}

export function durationText(ms: number | null, { language }: Words): string {
	if (ms === null) return UNKNOWN;
	if (ms < 1_000) return `${ms.toLocaleString(language, { maximumFractionDigits: ms < 10 ? 1 : 0 })} ms`;
	return `${(ms / 1_000).toLocaleString(language, { maximumFractionDigits: ms < 10_000 ? 1 : 0 })} s`;
}

export function dayText(timeMs: number, { language }: Words): string {
	return new Date(timeMs).toLocaleDateString(language, { day: 'numeric', month: 'short' });
}

export function timeText(timeMs: number, { language }: Words): string {
	return new Date(timeMs).toLocaleString(language, { dateStyle: 'short', timeStyle: 'medium' });
}
