import { extractTerms } from '#core/domain/terms';

/** A piece of context as it was sent. */
export interface SentPiece {
	/** Empty for learned items. */
	readonly filePath: string;
	readonly symbol: string | null;
	readonly text: string;
}

/** Shared names that make a piece used where it is neither cited nor named. */
const SHARED_NAMES = 2;
/** Shorter names are too common to say where they are from. */
const SHORTEST_NAME = 5;

const NAME = /[A-Za-z_$][\w$]*/g;

/**
 * Which of the pieces the answer, or the code applied from it, made use of: its file is cited, its symbol is named, or two names appear that
 * of all pieces only this one has and that the question does not hold. Only what was used is credited with what became of the answer.
 */
export function usedContexts(question: string, answer: string, pieces: readonly SentPiece[]): readonly boolean[] {
	const answerNames = namesOf(answer);
	const questionTerms = new Set(extractTerms(question));
	const names = pieces.map(({ text }) => [...namesOf(text)].filter((name) => answerNames.has(name) && !questionTerms.has(name.toLowerCase())));
	const holders = new Map<string, number>();
	for (const name of names.flat()) holders.set(name, (holders.get(name) ?? 0) + 1);
	return pieces.map(
		({ filePath, symbol }, index) =>
			isCited(answer, filePath) ||
			(symbol !== null && symbol.length >= SHORTEST_NAME && answerNames.has(symbol)) ||
			(names[index] ?? []).filter((name) => holders.get(name) === 1).length >= SHARED_NAMES,
	);
}

/** By its path, or by its name alone where that says enough (`index.ts` does not). */
function isCited(answer: string, filePath: string): boolean {
	if (filePath === '') return false;
	const name = filePath.split('/').at(-1) ?? filePath;
	return answer.includes(filePath) || (name.length > 'index.ts'.length && answer.includes(name));
}

function namesOf(text: string): Set<string> {
	return new Set((text.match(NAME) ?? []).filter((name) => name.length >= SHORTEST_NAME));
}
