import type { ErrorSolutionsPayload } from '#core/domain/collection';
import { describeExample } from './describePieces.ts';
import { type LearnedFix, readLearnedFix } from './learnedFix.ts';

/** What a solution is without some of its sources. `untouched`: none of it came from them; `nothing`: no words or code of others are left. */
export type Remains = 'untouched' | 'nothing' | { readonly payload: ErrorSolutionsPayload; readonly learned: LearnedFix | null };

/**
 * Takes out of a solution what interactions said that are gone: their ids, examples, failures and words. What older versions wrote does not say which of
 * several interactions it is of: it goes with any of them. Who else it came from stays, as do the counts. `isOwned`: the user has taken its words for
 * their own, so they stay. The templates are still those of all examples: they are to be learned anew.
 */
export function withoutSources(payload: ErrorSolutionsPayload, gone: ReadonlySet<string>, isOwned: boolean): Remains {
	const isGone = ({ sources }: { readonly sources?: readonly string[] }) => sources?.some((source) => gone.has(source)) === true;
	const known = readLearnedFix(payload.learned_fix);
	const words = payload.solution_provenance;
	const provenance = payload.provenance.filter((source) => !gone.has(source));
	const isNamed = provenance.length < payload.provenance.length;
	const isOfWords = words?.some((source) => gone.has(source)) === true;
	if (!isNamed && !isOfWords && ![...(known?.examples ?? []), ...(known?.failures ?? [])].some(isGone)) return 'untouched';

	const { learned_fix: _before, ...others } = payload;
	const rest = { ...others, provenance, ...(words ? { solution_provenance: words.filter((source) => !gone.has(source)) } : {}) };
	const examples = known?.examples.filter((example) => (example.sources ? !isGone(example) : !isNamed)) ?? [];
	const failures = known?.failures.filter((failure) => failure.sources !== undefined && !isGone(failure)) ?? [];
	const learned = known && { ...known, examples, failures };
	if (isOwned) return { payload: rest, learned };

	const newest = examples.at(-1);
	const isOfOthers = newest !== undefined || payload.solution === '' || (words !== undefined && !isOfWords);
	const hasSource = provenance.some((source) => !source.startsWith('agent:'));
	if (!isOfOthers && failures.length === 0) return 'nothing';
	if (!hasSource && examples.length === 0 && failures.length === 0) return 'nothing';
	return {
		payload: {
			...rest,
			...(newest ? { solution: describeExample(newest), error_message: newest.diagnostics[0]?.message ?? payload.error_message } : {}),
			...(isOfOthers ? {} : { solution: '' }),
			solution_verified: payload.solution_verified && hasSource,
		},
		learned,
	};
}
