import { groupDiagnostics, proposeFix, type Strictness } from './proposeFixes.ts';
import { learnTemplates, type ReadExample, signedAs, type TestedTemplate } from './learnTemplates.ts';
import { type MessageShape, messageShapes, signWith } from './messageShapes.ts';
import { applyEdits } from './textHunks.ts';

/** What is known of one rule: its templates, and how sure they must be to be offered. */
export interface RuleFixes {
	readonly templates: readonly TestedTemplate[];
	/** By signature. */
	readonly strictness: ReadonlyMap<string, Strictness>;
	readonly messages: readonly MessageShape[];
}

export interface FixBook {
	readonly rules: ReadonlyMap<string, RuleFixes>;
}

const M = Number(process.env.M ?? 3);
/** From lenient to strict; chosen on half of the rules of one linter, see the bench `errorfix`. */
const LEVELS: readonly Strictness[] = [
	{ pointed: { maxSurprises: 8, minMargin: 4, mustBeCertain: false }, found: { maxSurprises: 4, minMargin: M, mustBeCertain: true }, minHits: 1 },
	{ pointed: { maxSurprises: 4, minMargin: 4, mustBeCertain: true }, found: { maxSurprises: 3, minMargin: 9, mustBeCertain: true }, minHits: 1 },
	{ pointed: { maxSurprises: 1, minMargin: 9, mustBeCertain: true }, found: { maxSurprises: 0, minMargin: 99, mustBeCertain: true }, minHits: 2 },
];

/** Learns a rule from its examples: templates from all of them, and the strictness with which each would have been fixed from the others without a mistake. */
export function learnRule(unsigned: readonly ReadExample[], options: { readonly isOver: () => boolean }): RuleFixes {
	const messages = messageShapes(unsigned.flatMap(({ before, edits }) => edits.map(({ diagnostic }) => ({ diagnostic, tree: before }))));
	const examples = unsigned.map((example) => {
		const sign = signWith(messages, example.before);
		return { ...example, edits: example.edits.map((edit) => ({ ...edit, signature: sign(edit.diagnostic) })) };
	});
	const templates = learnTemplates(examples, options);
	const tallies = new Map<string, { right: number; wrong: number }[]>();
	for (const [index, example] of examples.entries()) {
		const others = learnTemplates(examples.toSpliced(index, 1), options);
		for (const group of groupDiagnostics(example.edits.map(({ diagnostic }) => diagnostic), signedAs(example.edits))) {
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
		const level = LEVELS[Math.max(tally.findIndex(({ wrong }) => wrong === 0), examples.length === 1 ? Number(process.env.F ?? 0) : 0)];
		if (level && tally.some(({ wrong }) => wrong === 0)) strictness.set(key, level);
	}
	return { templates, strictness, messages };
}
