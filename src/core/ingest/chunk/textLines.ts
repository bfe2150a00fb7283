/** Where each line of a text starts and ends; line ends are LF, CR LF and CR, as in editors. Lines count from 0. */
export interface TextLines {
	readonly text: string;
	readonly count: number;
	/** Index of each line's first code unit. */
	readonly starts: Int32Array;
	/** Index after each line's last code unit, without its line end. */
	readonly ends: Int32Array;
}

/** A final line end does not open another line; the empty text has no lines. */
export function splitLines(text: string): TextLines {
	let capacity = Math.max(16, text.length >> 4);
	let starts = new Int32Array(capacity);
	let ends = new Int32Array(capacity);
	let count = 0;
	let start = 0;
	const add = (end: number, next: number) => {
		if (count === capacity) {
			capacity *= 2;
			starts = grown(starts, capacity);
			ends = grown(ends, capacity);
		}
		starts[count] = start;
		ends[count++] = end;
		start = next;
	};
	const hasReturns = text.includes('\r');
	if (hasReturns) {
		for (let i = 0; i < text.length; i++) {
			const unit = text.charCodeAt(i);
			if (unit === 10) add(i, i + 1);
			else if (unit === 13) {
				const isPair = text.charCodeAt(i + 1) === 10;
				add(i, isPair ? i + 2 : i + 1);
				if (isPair) i++;
			}
		}
	} else for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) add(end, end + 1);
	if (start < text.length) add(text.length, text.length);
	return { text, count, starts: starts.subarray(0, count), ends: ends.subarray(0, count) };
}

function grown(values: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
	const larger = new Int32Array(capacity);
	larger.set(values);
	return larger;
}

/** The line that holds the code unit at `index` (a line end belongs to the line before it); 0 for no lines. */
export function lineAt({ starts, count }: TextLines, index: number): number {
	let low = 0;
	let high = count - 1;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if ((starts[middle] ?? 0) <= index) low = middle;
		else high = middle - 1;
	}
	return low;
}

/** The text of one line. */
export function lineText({ text, starts, ends }: TextLines, line: number): string {
	return text.slice(starts[line], ends[line]);
}

/** Whether a line holds nothing but white space. */
export function isBlank({ text, starts, ends }: TextLines, line: number): boolean {
	const end = ends[line] ?? 0;
	for (let i = starts[line] ?? 0; i < end; i++) {
		const unit = text.charCodeAt(i);
		if (unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0 || unit === 0xfeff) continue;
		if (unit < 0x80 || text[i]?.trim() !== '') return false;
	}
	return true;
}
