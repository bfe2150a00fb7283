import type { DashboardData } from '#protocol/messages';

type Cell = string | number | boolean | null;

/** RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function toCsv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
	return `${[head, ...rows].map((cells) => cells.map(cellText).join(',')).join('\r\n')}\r\n`;
}

/** Records with equal fields, the names of the fields as head. */
export function recordsToCsv(records: readonly object[]): string {
	const head = Object.keys(records[0] ?? {});
	return toCsv(
		head,
		records.map((record) => head.map((field) => (record as Readonly<Record<string, Cell>>)[field] ?? null)),
	);
}

/** The figures of each period, and of all of them in the last line: plain numbers, as the ledger has them. */
export function figuresCsv(data: DashboardData): string {
	const flat = (fromMs: number, toMs: number, { local, remote, questions }: Pick<DashboardData, 'local' | 'remote' | 'questions'>) => ({
		from: new Date(fromMs).toISOString(),
		to: new Date(toMs).toISOString(),
		...prefixed('questions', questions),
		...prefixed('local', local),
		...prefixed('remote', remote),
	});
	const end = data.periods.at(-1)?.toMs ?? data.nowMs;
	return recordsToCsv([...data.periods.map((period) => flat(period.fromMs, period.toMs, period)), flat(data.fromMs, end, data)]);
}

function prefixed(prefix: string, sums: object): Record<string, number> {
	return Object.fromEntries(Object.entries(sums).map(([field, value]) => [`${prefix}.${field}`, Number(value)]));
}

function cellText(cell: Cell): string {
	if (cell === null) return '';
	if (typeof cell !== 'string') return String(cell);
	const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
