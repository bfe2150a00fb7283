import type { Hit } from '#core/domain/hit';
import type { AnalysedQuestion } from '../search/analyseQuestion.ts';

/** `src/a.ts:3` or `src/a.ts:3-9`. Bounded, for notes may be any text. */
const PLACE = /((?:[\w.@~+-]{1,80}[\\/]){0,20}[\w.@~+-]{1,80}\.\w{1,10}):(\d{1,7})(?:[-–](\d{1,7}))?/g;

/** The names and paths of the question that the context has; what it has not cannot be lost. */
export function namesIn(question: Pick<AnalysedQuestion, 'symbols' | 'paths'>, context: string): string[] {
	return [...new Set([...question.symbols, ...question.paths])].filter((name) => hasName(context, name));
}

/** Names that are neither in the pieces that were kept nor in the notes. */
export function lostNames(names: readonly string[], ...texts: readonly string[]): string[] {
	return names.filter((name) => !texts.some((text) => hasName(text, name)));
}

/** Places in the notes whose file is none of the hits', or whose lines lie outside of all of that file's pieces. */
export function inventedPlaces(notes: string, hits: readonly Hit[]): string[] {
	const invented = new Set<string>();
	for (const [place, path = '', from = '', to = from] of notes.matchAll(PLACE)) {
		const pieces = hits.filter(({ filePath }) => filePath === path || filePath.endsWith(`/${path}`));
		// A text of the form `host.example:80` or `Error.ts:1` inside quoted code is no place of ours, nor is it of the notes: it stands in a piece.
		if (pieces.length === 0 && hits.some(({ text }) => text.includes(place))) continue;
		if (!pieces.some(({ startLine, endLine }) => Number(from) >= startLine && Number(to) <= endLine)) invented.add(place);
	}
	return [...invented];
}

/** Whether a text has a name as a whole word: `load` is not in `reload`. */
function hasName(text: string, name: string): boolean {
	const isWord = (character: string | undefined) => character !== undefined && /[\w$]/.test(character);
	for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
		if (!isWord(text[at - 1]) && !isWord(text[at + name.length])) return true;
	}
	return false;
}
