/** Rows of a CSV file with a header, as objects; quoted fields may hold commas, quotes and line ends. */
export function parseCsv(text: string): Record<string, string>[] {
	const rows: string[][] = [];
	let row: string[] = [];
	let field = '';
	let isQuoted = false;
	const endField = () => {
		row.push(field);
		field = '';
	};
	const endRow = () => {
		endField();
		if (row.length > 1 || row[0] !== '') rows.push(row);
		row = [];
	};
	for (let i = 0; i < text.length; i++) {
		const character = text[i] as string;
		if (isQuoted && character === '"' && text[i + 1] === '"') {
			field += '"';
			i++;
		} else if (character === '"') isQuoted = !isQuoted;
		else if (isQuoted) field += character;
		else if (character === ',') endField();
		else if (character === '\n' || character === '\r') {
			if (character === '\r' && text[i + 1] === '\n') i++;
			endRow();
		} else field += character;
	}
	if (field !== '' || row.length > 0) endRow();
	const [header = [], ...body] = rows;
	return body.map((values) => Object.fromEntries(header.map((name, index) => [name, values[index] ?? ''])));
}
