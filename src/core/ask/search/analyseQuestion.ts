import { hashTerm } from '#core/domain/lexicalVector';
import type { QuestionKind } from '#core/domain/question';
import { extractTerms } from '#core/domain/terms';

export interface AnalysedQuestion {
	readonly text: string;
	readonly kind: QuestionKind;
	/** Distinct terms with their weight in lexical search. */
	readonly terms: readonly { readonly term: string; readonly hash: number; readonly weight: number }[];
	/** Names that look like code: compound identifiers, calls, quoted names. As written. */
	readonly symbols: readonly string[];
	/** Paths and file names, with `/`, without line numbers. */
	readonly paths: readonly string[];
	/** True when the question itself is about tests. */
	readonly wantsTests: boolean;
	/** True when it is about documentation, a change log or a guide. */
	readonly wantsDocuments: boolean;
}

/** Above this many words a text is an issue: its words repeat, and most of them are not what it is about. */
const ISSUE_WORDS = 60;
/** Words of a question that count at most; an issue with logs has thousands. */
const MAX_TERMS = 160;
/** Every repetition is bounded: a question may be any text, and an unbounded one takes the square of its length. */
const PATH =
	/(?:[\w.@-]{1,80}[\\/]){1,20}[\w.@-]{1,80}\.\w{1,10}|\b[\w-]{1,80}(?:\.[\w-]{1,40}){0,4}\.(?:py|pyi|tsx?|jsx?|mjs|cjs|java|kt|c|h|cc|cpp|hpp|cs|go|rs|rb|php|swift|scala|dart|lua|sh|nix|exs?|hs|zig|html|css|json|ya?ml|toml|md|rst|sql)\b/g;
const ERROR = /\b\w*(?:Error|Exception|Warning)\b\s*[:(]|\bTraceback\b|\berror\s+(?:TS|CS|E|C)\d+|\bpanic:|\bsegfault\b|\bundefined reference\b|^\s+at .+:\d+/m;
const IDENTIFIER = /[A-Za-z_$][\w$]*(?:(?:\.|::|->|#)[A-Za-z_$][\w$]*)*(?:\(\))?/g;
const QUOTED = /`([^`\n]{2,80})`/g;

/** What a question is and what it names. Pure. */
export function analyseQuestion(text: string): AnalysedQuestion {
	const paths = [...new Set((text.match(PATH) ?? []).map((path) => path.replaceAll('\\', '/').replace(/^(?:\.\/|\/+)/, '')))];
	const symbols = new Set<string>();
	for (const [, quoted] of text.matchAll(QUOTED)) for (const part of (quoted ?? '').match(IDENTIFIER) ?? []) addSymbol(symbols, part, true);
	for (const word of text.match(IDENTIFIER) ?? []) addSymbol(symbols, word, false);
	const kind = kindOf(text, paths, symbols.size);
	return {
		text,
		kind,
		terms: weighTerms(text, kind),
		symbols: [...symbols],
		paths,
		wantsDocuments: /\b(?:docs?|documentation|documented|readme|change ?log|guide|tutorial|release notes?|markdown)\b/i.test(kind === 'issue' ? '' : text),
		wantsTests: asksForTests(kind === 'issue' ? (text.trim().split('\n', 1)[0] ?? '') : text),
	};
}

/** Where tests are the circumstance and not what is asked for: “what happens when a test fails?” */
const CIRCUMSTANCE = /\b(?:when(?:ever)?|if|while|once|after|before|during|until|unless|because)\s+(?:[^\s?!.]{1,40}\s+){0,3}?(?:tests?|specs?|fixtures?)\b/gi;

/** A question about tests; of an issue only its title can say so, since most of them show a failing one. */
function asksForTests(text: string): boolean {
	return /\b(?:tests?|tested|specs?|fixtures?)\b/i.test(text.replace(CIRCUMSTANCE, ''));
}

/** A name counts when its shape says code: parts joined by dots or arrows, underscores, inner capitals, a call; in backquotes any name does. */
function addSymbol(symbols: Set<string>, word: string, isQuoted: boolean): void {
	const isCall = word.endsWith('()');
	for (const part of word.replace(/\(\)$/, '').split(/\.|::|->|#/)) {
		if (part.length < 3) continue;
		if (isQuoted || isCall || /_|\$|[a-z\d][A-Z]/.test(part.replace(/^_+/, ''))) symbols.add(part);
	}
}

function kindOf(text: string, paths: readonly string[], symbolCount: number): QuestionKind {
	const words = text.trim().split(/\s+/);
	if (words.length > ISSUE_WORDS) return 'issue';
	if (words.length === 1 && paths.length === 1) return 'path';
	if (ERROR.test(text)) return 'error-text';
	if (words.length <= 4 && (symbolCount > 0 || words.length === 1) && !/\?\s*$/.test(text)) return 'identifiers';
	return 'natural-language';
}

/** Repeats count with the square root; the first line of an issue is its title and counts double. */
function weighTerms(text: string, kind: QuestionKind): AnalysedQuestion['terms'] {
	const counts = new Map<string, number>();
	for (const term of extractTerms(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
	const title = kind === 'issue' ? new Set(extractTerms(text.trim().split('\n', 1)[0] ?? '')) : new Set<string>();
	return [...counts]
		.map(([term, count]) => ({ term, hash: hashTerm(term), weight: Math.sqrt(count) * (title.has(term) ? 2 : 1) }))
		.sort((a, b) => b.weight - a.weight)
		.slice(0, MAX_TERMS);
}
