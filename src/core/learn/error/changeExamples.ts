import type { FixExample } from './fixExample.ts';
import { type FailedFix, type LearnedFix, MAX_EXAMPLES } from './learnedFix.ts';

/** What the learned examples of one kind of error gain or lose. */
export interface ExampleChange {
	readonly example?: FixExample | null;
	readonly failed?: FailedFix | null;
	/** Whether they are taken out instead, since they hold no longer. */
	readonly isTakenBack?: boolean;
}

type Examples = Pick<LearnedFix, 'examples' | 'failures'>;

/** The examples after a change; null where one to be taken out is not there. */
export function changeExamples({ examples, failures }: Examples, { example, failed, isTakenBack }: ExampleChange): Examples | null {
	if (!isTakenBack) {
		return {
			examples: [...examples, ...(example ? [example] : [])].slice(-MAX_EXAMPLES),
			failures: [...failures, ...(failed ? [failed] : [])].slice(-MAX_EXAMPLES),
		};
	}
	const at = example ? examples.findLastIndex(({ before, after }) => before === example.before && after === example.after) : null;
	const failedAt = failed ? failures.findLastIndex((one) => one.before === failed.before && one.failed === failed.failed) : null;
	if (at === -1 || failedAt === -1) return null;
	return { examples: examples.filter((_, index) => index !== at), failures: failures.filter((_, index) => index !== failedAt) };
}
