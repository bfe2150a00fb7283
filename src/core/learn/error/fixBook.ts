import { groupDiagnostics, proposeFix, type Strictness } from './proposeFixes.ts';
import { learnTemplates, type ReadExample, type TestedTemplate } from './learnTemplates.ts';
import { applyEdits } from './textHunks.ts';

/** What is known of one rule: its templates, and how sure they must be to be offered. */
export interface RuleFixes {
	readonly templates: readonly TestedTemplate[];
	/** By signature. */
	readonly strictness: ReadonlyMap<string, Strictness>;
}

export interface FixBook {
	readonly rules: ReadonlyMap<string, RuleFixes>;
}

/** From lenient to strict. */
const LEVELS: readonly Strictness[] = [
	{ maxSurprises: 4, mustBeCertain: false, minHits: 1, minMargin: 1 },
	{ maxSurprises: 2, mustBeCertain: false, minHits: 1, minMargin: 1 },
	{ maxSurprises: 2, mustBeCertain: false, minHits: 1, minMargin: Number(process.env.M ?? 2) },
	{ maxSurprises: 1, mustBeCertain: true, minHits: 1, minMargin: Number(process.env.M ?? 2) },
	{ maxSurprises: 0, mustBeCertain: true, minHits: 1, minMargin: Number(process.env.M ?? 2) },
	{ maxSurprises: 0, mustBeCertain: true, minHits: 2, minMargin: 3 },
	{ maxSurprises: 0, mustBeCertain: true, minHits: 3, minMargin: 3 },
];
const NEVER: Strictness = { maxSurprises: -1, mustBeCertain: true, minHits: Number.POSITIVE_INFINITY, minMargin: 0 };
const A = Number(process.env.A ?? 1);
const B = Number(process.env.B ?? 3);
const C = Number(process.env.C ?? 3);

/** Learns a rule from its examples: templates from all of them, and the strictness with which each would have been fixed from the others without a mistake. */
export function learnRule(examples: readonly ReadExample[], options: { readonly isOver: () => boolean }): RuleFixes {
	const templates = learnTemplates(examples, options);
	const tallies = new Map<string, { right: number; wrong: number }[]>();
	for (const [index, example] of examples.entries()) {
		const others = learnTemplates(examples.toSpliced(index, 1), options);
		for (const group of groupDiagnostics(example.edits.map(({ diagnostic }) => diagnostic))) {
			let tally = tallies.get(group.signature.key);
			if (!tally) tallies.set(group.signature.key, (tally = LEVELS.map(() => ({ right: 0, wrong: 0 }))));
			const wanted = example.edits.filter(({ diagnostic }) => group.diagnostics.includes(diagnostic)).flatMap(({ hunks }) => hunks);
			const text = applyEdits(example.before.text, wanted);
			for (const [level, strictness] of LEVELS.entries()) {
				const proposal = proposeFix(others, example.before, group, strictness, options);
				const count = tally[level];
				if (!proposal || !count) continue;
				if (applyEdits(example.before.text, proposal.edits) === text) count.right++;
				else count.wrong++;
			}
		}
	}
	const strictness = new Map<string, Strictness>();
	for (const [key, tally] of tallies) {
		const proven = tally.findIndex(({ right, wrong }) => wrong === 0 && right > 0);
		const harmless = tally.findIndex(({ wrong }) => wrong === 0);
		const best = tally[proven]?.right ?? 0;
		const chosen = proven >= 0 ? Math.max(proven, best > 1 ? A : B) : harmless >= 0 ? Math.max(harmless, C) : -1;
		strictness.set(key, LEVELS[chosen] ?? NEVER);
	}
	return { templates, strictness };
}
