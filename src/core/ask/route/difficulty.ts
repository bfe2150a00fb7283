import type { Complexity } from '#core/domain/route';

/** Characters looked at; a longer question is difficult already. */
const LOOKED_AT = 20_000;

const NEGATIONS = /\b(?:not|no|never|except|neither|nor|without|false|incorrect|least)\b/gi;
const CLAUSES = /[,;:]/g;
const QUANTITIES = /\b(?:each|every|per|times|twice|half|total|more|less|than|percent|remaining|left|double|triple|average|rest|sum|how many|how much)\b|%|\//gi;
const STATEMENTS = /\b(?:I|II|III|IV)\b\.?|Statement \d/g;
const NAMES = /\b[A-Z][a-z]+/g;
/** Work that needs an overview of many parts, whatever its length. */
const DEMANDS =
	/\b(?:architect(?:ure)?|design|refactor(?:ing)?|migrat(?:e|ion)|across|race conditions?|deadlocks?|concurren(?:t|cy)|prove|proof|optimi[sz]e|distributed|security|trade-?offs?|end-to-end|redesign)\b/gi;

/**
 * How hard a question looks without anything learned: the logarithm of its length, raised by what makes one reason in steps – negations,
 * clauses, quantities set in relation, numbered statements, things with names – and by words for work that needs an overview. About 3 for a few words, 5 for a sentence or two, 8 for a page.
 *
 * The weights are round numbers, chosen on the even rows of two public sets of questions with known outcomes and reported on the odd ones
 * (bench `routing`); that of the last, which those sets hardly have, is a judgement.
 */
export function difficultyOf(text: string): number {
	const looked = text.slice(0, LOOKED_AT);
	return (
		Math.log(Math.max(1, text.trim().length)) +
		0.6 * grown(looked, NEGATIONS, 1) +
		0.3 * grown(looked, CLAUSES, 1) +
		0.3 * grown(looked, QUANTITIES, 1) +
		0.5 * grown(looked, STATEMENTS, 1) +
		0.2 * grown(looked, NAMES, 2) +
		grown(looked, DEMANDS, 1)
	);
}

/** The three classes of the decision tree. */
export function complexityOf(text: string): Complexity {
	const difficulty = difficultyOf(text);
	if (difficulty < 4.8) return 'simple';
	return difficulty < 7 ? 'medium' : 'complex';
}

/** Grows with the number of matches, ever more slowly. */
const grown = (text: string, pattern: RegExp, scale: number) => Math.log(1 + (text.match(pattern)?.length ?? 0) / scale);
