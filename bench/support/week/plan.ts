import { type BrokenCode, breakCode } from './brokenCode.ts';
import { shuffled } from './chance.ts';
import type { Linter } from './linter.ts';
import { phrase, type Question, questionsOf } from './questions.ts';
import type { WorkspaceCopy } from './workspaceCopy.ts';

/** `new`: never asked before. `again`: in the very words of an earlier day. `differently`: what was asked on an earlier day, in other words. */
export type Novelty = 'new' | 'again' | 'differently';

export type Task =
	| { readonly type: 'question'; readonly key: string; readonly novelty: Novelty; readonly question: Question; readonly prompt: string; readonly wording: number }
	| { readonly type: 'error'; readonly key: string; readonly code: BrokenCode };

/** A question that is searched for and never asked. */
export interface Probe {
	readonly kind: 'asked' | 'never-asked';
	readonly question: Question;
	readonly query: string;
}

export interface WeekPlan {
	readonly days: readonly (readonly Task[])[];
	readonly probes: readonly Probe[];
}

/** Shares of a day's questions, from the second day on. */
const AGAIN = 0.15;
const DIFFERENTLY = 0.25;
const PROBES = 60;
/** Wordings that no day uses. */
const PROBE_WORDING = 99;

/** What somebody does in a week, all of it made from the workspaces and the seed. */
export function planWeek(
	workspaces: readonly WorkspaceCopy[],
	linter: Linter,
	{ days, questions, errors, seed }: { readonly days: number; readonly questions: number; readonly errors: number; readonly seed: number },
): WeekPlan {
	const pools = workspaces.map((workspace) => questionsOf(workspace, seed));
	const pool = Array.from({ length: Math.max(...pools.map(({ length }) => length)) }, (_, index) => pools.flatMap((one) => one[index] ?? [])).flat();
	const broken = shuffled(breakCode(workspaces, linter, days * errors, seed), seed, 'errors');
	const asked: Question[] = [];
	const planned: Task[][] = [];
	for (let day = 0; day < days; day++) {
		const before = [...asked];
		const again = before.length === 0 ? 0 : Math.round(questions * AGAIN);
		const differently = before.length === 0 ? 0 : Math.round(questions * DIFFERENTLY);
		const fresh = pool.splice(0, questions - again - differently);
		asked.push(...fresh);
		const old = shuffled(before, seed, 'old', day);
		const taskOf = (question: Question, novelty: Novelty, wording: number): Task => ({
			...{ type: 'question', key: `${day}:${question.key}:${novelty}`, novelty, question, wording, prompt: phrase(question, wording) },
		});
		planned.push(
			shuffled(
				[
					...fresh.map((question) => taskOf(question, 'new', 0)),
					...old.slice(0, again).map((question) => taskOf(question, 'again', 0)),
					...old.slice(again, again + differently).map((question) => taskOf(question, 'differently', day)),
					...broken.splice(0, errors).map((code): Task => ({ type: 'error', key: `${day}:${code.key}`, code })),
				],
				seed,
				'day',
				day,
			),
		);
	}
	const probeOf = (kind: Probe['kind']) => (question: Question) => ({ kind, question, query: phrase(question, PROBE_WORDING) });
	return { days: planned, probes: [...shuffled(asked, seed, 'probes').slice(0, PROBES).map(probeOf('asked')), ...pool.slice(0, PROBES).map(probeOf('never-asked'))] };
}
