import type { Filter, FilterCondition } from '../vectorStore.ts';

/** Whether a point passes: every `must`, no `must_not`, and one of `should` where there are any. */
export function matchesFilter(filter: Filter, id: string, payload: Readonly<Record<string, unknown>>): boolean {
	const holds = (condition: FilterCondition) => matchesCondition(condition, id, payload);
	if (filter.must && !filter.must.every(holds)) return false;
	if (filter.must_not?.some(holds)) return false;
	return !filter.should || filter.should.length === 0 || filter.should.some(holds);
}

/** The workspaces that a filter's `must` confines results to; null where it names none. */
export function workspacesOf(filter: Filter | undefined): readonly string[] | null {
	for (const condition of filter?.must ?? []) {
		if (!('key' in condition) || condition.key !== 'workspace_id' || !('match' in condition)) continue;
		return 'value' in condition.match ? [String(condition.match.value)] : condition.match.any.map(String);
	}
	return null;
}

/** The filter without what `workspacesOf` already took care of; null where nothing is left. */
export function withoutWorkspace(filter: Filter | undefined): Filter | null {
	if (!filter) return null;
	const confines = filter.must?.findIndex((condition) => 'key' in condition && condition.key === 'workspace_id' && 'match' in condition) ?? -1;
	const must = filter.must?.filter((_, index) => index !== confines) ?? [];
	const rest = { ...filter, must };
	return must.length + (filter.should?.length ?? 0) + (filter.must_not?.length ?? 0) > 0 ? rest : null;
}

/** What of a filter the database finds by its indexes, each list null where it is not confined, and what is left to be compared with payloads. */
export function splitFilter(filter: Filter | undefined): {
	readonly workspaces: readonly string[] | null;
	readonly ids: readonly string[] | null;
	readonly filePaths: readonly string[] | null;
	readonly rest: Filter | null;
} {
	const isPath = (condition: FilterCondition) => 'match' in condition && condition.key === 'file_path';
	const byId = filter?.must?.find((condition) => 'has_id' in condition);
	const byPath = filter?.must?.find(isPath);
	const left = withoutWorkspace(filter);
	const rest = left && { ...left, must: (left.must ?? []).filter((condition) => condition !== byId && condition !== byPath) };
	return {
		workspaces: workspacesOf(filter),
		ids: byId && 'has_id' in byId ? byId.has_id : null,
		filePaths: byPath && 'match' in byPath ? ('value' in byPath.match ? [byPath.match.value] : byPath.match.any).map(String) : null,
		rest: rest && rest.must.length + (rest.should?.length ?? 0) + (rest.must_not?.length ?? 0) > 0 ? rest : null,
	};
}

function matchesCondition(condition: FilterCondition, id: string, payload: Readonly<Record<string, unknown>>): boolean {
	if ('has_id' in condition) return condition.has_id.includes(id);
	const value = payload[condition.key];
	const values = Array.isArray(value) ? value : [value];
	if ('match' in condition) {
		const { match } = condition;
		return values.some((element) => ('value' in match ? element === match.value : match.any.some((wanted) => wanted === element)));
	}
	const { gt, gte, lt, lte } = condition.range;
	return values.some(
		(element) =>
			typeof element === 'number' &&
			(gt === undefined || element > gt) &&
			(gte === undefined || element >= gte) &&
			(lt === undefined || element < lt) &&
			(lte === undefined || element <= lte),
	);
}
