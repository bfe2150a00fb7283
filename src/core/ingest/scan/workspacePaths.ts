/** A path relative to `root` with `/`; null when it lies outside. Pure: Windows paths work on every platform. */
export function toRelativePosix(root: string, path: string): string | null {
	const isWindows = /^(?:[A-Za-z]:|\\\\)/.test(root);
	const normalise = (value: string) => (isWindows ? value.replaceAll('\\', '/') : value).replace(/\/+$/, '');
	const [from, to] = [normalise(root), normalise(path)];
	const isSame = (a: string, b: string) => (isWindows ? a.toLowerCase() === b.toLowerCase() : a === b);
	if (isSame(from, to)) return '';
	return isSame(to.slice(0, from.length + 1), `${from}/`) ? to.slice(from.length + 1) : null;
}

/** Which guarded folder (home, a file system root) `folder` is or contains; null when it may be indexed. */
export function guardedWithin(folder: string, guardedFolders: readonly string[]): string | null {
	return guardedFolders.find((guarded) => toRelativePosix(folder, guarded) !== null) ?? null;
}
