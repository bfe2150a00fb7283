/**
 * Cuts one line into pieces of at most `maxTokens` tokens and `maxCharacters` code units, at white space or punctuation where there is some,
 * never inside a surrogate pair. The pieces joined are the line.
 */
export function splitLongLine(
	line: string,
	maxTokens: number,
	maxCharacters: number,
	countTokens: (text: string) => number,
): { readonly text: string; readonly tokens: number }[] {
	const pieces: { text: string; tokens: number }[] = [];
	let size = Math.min(maxCharacters, maxTokens * 4);
	for (let start = 0; start < line.length; ) {
		let end = Math.min(line.length, start + size);
		for (;;) {
			end = borderBefore(line, start, end);
			const text = line.slice(start, end);
			const tokens = countTokens(text);
			if (tokens <= maxTokens || end - start <= 2) {
				pieces.push({ text, tokens: Math.min(tokens, maxTokens) });
				// The next piece is likely to be as dense as this one.
				size = Math.max(16, Math.min(maxCharacters, Math.floor(((end - start) * maxTokens * 0.95) / Math.max(1, tokens))));
				start = end;
				break;
			}
			end = start + Math.max(2, Math.min(end - start - 1, Math.floor(((end - start) * maxTokens * 0.9) / tokens)));
		}
	}
	return pieces;
}

/** The best place to end a piece in the last quarter before `end`. */
function borderBefore(line: string, start: number, end: number): number {
	if (end >= line.length) return line.length;
	const earliest = Math.max(start + 1, end - Math.floor((end - start) / 4));
	for (let at = end; at > earliest; at--) {
		const unit = line.charCodeAt(at - 1);
		if (unit === 32 || unit === 9 || unit === 0x2c || unit === 0x3b || unit === 0x7d) return at;
	}
	const unit = line.charCodeAt(end - 1);
	return unit >= 0xd800 && unit <= 0xdbff ? (end - start > 1 ? end - 1 : Math.min(line.length, end + 1)) : end;
}
