import type { SqliteValue } from '#core/store/sqlite';
import type { Condition, Stored } from '../conditions.ts';

/** The clause of these conditions and its values. Compare with `IS`, which knows null. */
export function whereOf(conditions: readonly Condition[]): { readonly where: string; readonly values: readonly SqliteValue[] } {
	return {
		where: conditions.length === 0 ? '' : `WHERE ${conditions.map(({ term }) => term).join(' AND ')}`,
		values: conditions.flatMap(({ values }) => values.map(toSqlite)),
	};
}

export function toSqlite(value: Stored): SqliteValue {
	return typeof value === 'boolean' ? Number(value) : value;
}
