/** The vocabulary of a Hugging Face `tokenizer.json` as text: one word piece a line, the line's number is its id. */
export function vocabularyOf(tokenizerJson) {
	const { vocab } = JSON.parse(tokenizerJson).model;
	const pieces = [];
	for (const [piece, id] of Object.entries(vocab)) pieces[id] = piece;
	return `${pieces.join('\n')}\n`;
}
