import type { splitFilter } from './filter.ts';

/** Conditions on `points p`, given the collection and then these lists, for what a filter confines results to. */
export function confinedTo({ workspaces, ids, filePaths }: Omit<ReturnType<typeof splitFilter>, 'rest'>): { readonly where: string; readonly lists: readonly string[] } {
	// With ids given, the plus keeps the database from walking a whole workspace by its index instead.
	const beside = ids === null ? '' : '+';
	const given = (
		[
			[`${beside}p.workspace_id`, workspaces],
			['p.id', ids],
			[`${beside}p.file_path`, filePaths],
		] as const
	).filter(([, list]) => list !== null);
	return {
		where: [`${beside}p.collection = ?`, ...given.map(([column]) => `${column} IN (SELECT value FROM json_each(?))`)].join(' AND '),
		lists: given.map(([, list]) => JSON.stringify(list)),
	};
}
