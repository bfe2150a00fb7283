import { groupDiagnostics, proposeFix, type Strictness } from './proposeFixes.ts';
import { learnTemplates, type ReadExample, type TestedTemplate } from './learnTemplates.ts';
import { applyEdits } from './textHunks.ts';

/** What is known of one rule: its templates, and how sure they must be to be offered. */
export interface RuleFixes {
	readonly templates: readonly TestedTemplate[];
	readonly strictness: Strictness;
	/** Of the examples, each fixed from the others: how many came out exactly, and how many wrong. */
	readonly right: number;
	readonly wrong: number;
}

export interface FixBook {
	readonly rules: ReadonlyMap<string, RuleFixes>;
}

/** From lenient to strict. */
const LEVELS: readonly Strictness[] = [
	{ maxSurprises: 4, mustBeCertain: false, minHits: 1 },
	{ maxSurprises: 2, mustBeCertain: false, minHits: 1 },
	{ maxSurprises: 1, mustBeCertain: false, minHits: 1 },
	{ maxSurprises: 1, mustBeCertain: true, minHits: 1 },
	{ maxSurprises: 0, mustBeCertain: true, minHits: 1 },
	{ maxSurprises: 0, mustBeCertain: true, minHits: 2 },
	{ maxSurprises: 0, mustBeCertain: true, minHits: 3 },
];
const FIRST_LEVEL = Number(process.env.L1 ?? 3);
const NEVER: Strictness = { maxSurprises: -1, mustBeCertain: true, minHits: Number.POSITIVE_INFINITY };

/** Learns a rule from its examples: templates from all of them, and the strictness with which each would have been fixed from the others without a mistake. */
export function learnRule(examples: readonly ReadExample[], options: { readonly isOver: () => boolean }): RuleFixes {
	const templates = learnTemplates(examples, options);
	if (examples.length < 2) return { templates, strictness: LEVELS[FIRST_LEVEL] ?? NEVER, right: 0, wrong: 0 };
	const tally = LEVELS.map(() => ({ right: 0, wrong: 0 }));
	for (const [index, example] of examples.entries()) {
		const others = learnTemplates(examples.toSpliced(index, 1), options);
		for (const group of groupDiagnostics(example.edits.map(({ diagnostic }) => diagnostic))) {
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
	const level = tally.findIndex(({ right, wrong }) => wrong === 0 && (right > 0 || examples.length < 4));
	const chosen = Math.max(level, examples.length < 4 ? 2 : 1);
	return { templates, strictness: level < 0 ? NEVER : (LEVELS[chosen] ?? NEVER), ...(tally[chosen] ?? { right: 0, wrong: 0 }) };
}
