/** A text as PostgreSQL can hold it, which knows no zero character and no half of a pair; anything else is left as it is. */
export function cleanText<T>(value: T): T | string {
	return typeof value === 'string' ? value.replaceAll('\0', '').replace(HALF_PAIRS, '\ufffd') : value;
}

const HALF_PAIRS = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
