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
	return count.toLocaleString();
}
