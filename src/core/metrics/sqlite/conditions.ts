import type { SqliteValue } from '#core/store/sqlite';
import type { LedgerRange } from '../questionLedger.ts';

type FilterValue = string | number | boolean | null;

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
	for (const [field, wanted] of Object.entries(filter) as [keyof F & string, FilterValue | readonly FilterValue[] | undefined][]) {
		if (wanted === undefined) continue;
		const oneOf = [wanted].flat();
		terms.push(`(${oneOf.map(() => `${columnOf(field)} IS ?`).join(' OR ') || 'FALSE'})`);
		values.push(...oneOf.map((value) => (typeof value === 'boolean' ? Number(value) : value)));
	}
	return { terms, values };
}

export function whereOf(terms: readonly string[]): string {
	return terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`;
}
