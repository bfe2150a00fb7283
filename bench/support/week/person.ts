import type { Signal } from '#protocol/messages';
import { chance } from './chance.ts';

/** How somebody reacts to an answer. Thumbs are given to some answers only, and some of them are wrong. */
const HABITS = { thumb: 0.45, wrongThumb: 0.08, applies: 0.5, appliesWrong: 0.1, keeps: 0.93, rephrases: 0.35, retries: 0.15, complains: 0.15 };

export interface Reaction {
	readonly signals: readonly Signal[];
	readonly next: 'nothing' | 'rephrase' | 'retry' | 'complain';
}

/** What is reported of an answer, and what is done next. `subject`: the file of an edit. */
export function react(options: {
	readonly interactionId: string;
	readonly key: string;
	readonly isRight: boolean;
	readonly subject: string;
	readonly timeMs: number;
	readonly seed: number;
}): Reaction {
	const { interactionId, key, isRight, subject, timeMs, seed } = options;
	const draws = (what: keyof typeof HABITS) => chance(seed, key, what) < HABITS[what];
	const signal = (kind: Signal['kind'], value: number, source: string, about: string | null = null): Signal => ({
		...{ id: `${kind}:${interactionId}`, interactionId, kind, value, subject: about, source, timeMs },
	});
	const signals: Signal[] = [];
	if (draws('thumb')) signals.push(signal('thumbs', isRight !== draws('wrongThumb') ? 1 : -1, 'user'));
	if (draws(isRight ? 'applies' : 'appliesWrong')) {
		signals.push(signal('edit-applied', 1, 'user', subject));
		if (isRight && draws('keeps')) signals.push(signal('edit-survived', 1, 'editor', subject));
		else signals.push(signal('edit-reverted', -1, 'editor', subject));
	}
	if (isRight) return { signals, next: 'nothing' };
	return { signals, next: draws('rephrases') ? 'rephrase' : draws('retries') ? 'retry' : draws('complains') ? 'complain' : 'nothing' };
}
