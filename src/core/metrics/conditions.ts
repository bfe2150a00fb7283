import type { LedgerRange } from './questionLedger.ts';

export type Stored = string | number | boolean | null;

/** One condition that rows must meet; `values` stand for the question marks of `term`, in order. */
export interface Condition {
	readonly term: string;
	readonly values: readonly Stored[];
}

/** A range and a filter as conditions, in any database; `equals` compares a column with a value that may be null. Of several values of a field one must be met. */
export function conditionsOf<F extends object>(range: LedgerRange, filter: F, columnOf: (field: keyof F & string) => string, equals: string): Condition[] {
	const conditions: Condition[] = [];
	if (range.fromMs !== undefined) conditions.push({ term: 'time_ms >= ?', values: [range.fromMs] });
	if (range.toMs !== undefined) conditions.push({ term: 'time_ms < ?', values: [range.toMs] });
	for (const [field, wanted] of Object.entries(filter) as [keyof F & string, Stored | readonly Stored[] | undefined][]) {
		if (wanted === undefined) continue;
		const values = [wanted].flat();
		conditions.push({ term: `(${values.map(() => `${columnOf(field)} ${equals} ?`).join(' OR ') || 'FALSE'})`, values });
	}
	return conditions;
}
