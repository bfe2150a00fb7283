import type { SqliteValue } from '#core/store/sqlite';
import type { LedgerRange } from '../questionLedger.ts';

/** Conditions for a range and a filter. */
export function termsOf<F extends object>(
	range: LedgerRange,
	filter: F,
	columnOf: (field: keyof F & string) => string,
): { readonly terms: string[]; readonly values: SqliteValue[] } {
	const terms: string[] = [];
	const values: SqliteValue[] = [];
	for (const [term, value] of [
		['time_ms >= ?', range.fromMs],
		['time_ms < ?', range.toMs],
	] as const) {
		if (value === undefined) continue;
		terms.push(term);
		values.push(value);
	}
	for (const [field, value] of Object.entries(filter) as [keyof F & string, string | number | boolean | null | undefined][]) {
		if (value === undefined) continue;
		terms.push(`${columnOf(field)} IS ?`);
		values.push(typeof value === 'boolean' ? Number(value) : value);
	}
	return { terms, values };
}

export function whereOf(terms: readonly string[]): string {
	return terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`;
}
