import type { TestedTemplate } from './fixTemplate.ts';
import { learnTemplates, type ReadExample, signedAs } from './learnTemplates.ts';
import { type MessageShape, messageShapes, signWith } from './messageShapes.ts';
import { groupDiagnostics, proposeFix, type Strictness } from './proposeFixes.ts';
import { applyEdits } from './textHunks.ts';

/** What is known of one rule: its templates, and how sure they must be to be offered. Plain data. */
export interface RuleFixes {
	readonly templates: readonly TestedTemplate[];
	/** By signature; one that is absent is never offered. */
	readonly strictness: Readonly<Record<string, Strictness>>;
	readonly messages: readonly MessageShape[];
}

/** By rule: source, code and language. */
export type FixBook = ReadonlyMap<string, RuleFixes>;

/**
 * From lenient to strict. Chosen on half of the rules of one linter (bench `errorfix --rules odd`, 2026-11-25): there, edits of tokens that were seen from
 * one anchor only were wrong in 32% of the offers, those seen from several in 2%; margins and witnesses together left 2.5% of all offers wrong. Edits of
 * tokens whose places are told apart in one way only are taken where no place is given, too: on the odd rules of two linters they were as right as others,
 * while gaps were wrong in a third.
 */
const LEVELS: readonly Strictness[] = [
	{
		pointed: { maxSurprises: 14, minMargin: 4, mustBeCertain: false, minGapWitnesses: 1 },
		found: { maxSurprises: 7, minMargin: 3, mustBeCertain: 'gaps', minGapWitnesses: 2 },
		minHits: 1,
	},
	{
		pointed: { maxSurprises: 4, minMargin: 4, mustBeCertain: true, minGapWitnesses: 1 },
		found: { maxSurprises: 3, minMargin: 9, mustBeCertain: true, minGapWitnesses: 2 },
		minHits: 1,
	},
	{
		pointed: { maxSurprises: 1, minMargin: 9, mustBeCertain: true, minGapWitnesses: 1 },
		found: { maxSurprises: 0, minMargin: 99, mustBeCertain: true, minGapWitnesses: 2 },
		minHits: 2,
	},
];

/**
 * Learns a rule from its examples: templates from all of them, and for each kind of message the most lenient strictness with which no example would have
 * been fixed wrongly from the others. Where every level makes a mistake nothing is offered. `messages`: kinds that are known already.
 */
export function learnRule(unsigned: readonly ReadExample[], options: { readonly isOver: () => boolean; readonly messages?: readonly MessageShape[] }): RuleFixes {
	const spoken = unsigned.flatMap(({ before, edits }) => edits.map(({ diagnostic }) => ({ diagnostic, tree: before })));
	const messages = messageShapes(spoken, options.messages);
	const examples = unsigned.map((example) => {
		const sign = signWith(messages, example.before);
		return { ...example, edits: example.edits.map((edit) => ({ ...edit, signature: sign(edit.diagnostic) })) };
	});
	const strictness: Record<string, Strictness> = {};
	for (const [key, tally] of tallyByLeavingOut(examples, options)) {
		const level = tally.findIndex(({ wrong }) => wrong === 0);
		const chosen = LEVELS[level];
		if (chosen) strictness[key] = chosen;
	}
	return { templates: learnTemplates(examples, options), strictness, messages };
}

interface Tally {
	right: number;
	wrong: number;
}

/** By signature and level: how the examples would have been fixed from the others. */
function tallyByLeavingOut(examples: readonly ReadExample[], options: { readonly isOver: () => boolean }): Map<string, Tally[]> {
	const tallies = new Map<string, Tally[]>();
	for (const [index, example] of examples.entries()) {
		const others = learnTemplates(examples.toSpliced(index, 1), options);
		for (const group of groupDiagnostics(
			example.edits.map(({ diagnostic }) => diagnostic),
			signedAs(example.edits),
		)) {
			const tally = tallies.get(group.signature.key) ?? LEVELS.map(() => ({ right: 0, wrong: 0 }));
			tallies.set(group.signature.key, tally);
			const wanted = example.edits.filter(({ diagnostic }) => group.diagnostics.includes(diagnostic)).flatMap(({ hunks }) => hunks);
			for (const [level, strictness] of LEVELS.entries()) {
				const proposal = proposeFix(others, example.before, group, strictness, options);
				const count = tally[level];
				if (!proposal || !count) continue;
				const text = applyEdits(example.before.text, proposal.edits);
				if (wanted.length > 0 && text === applyEdits(example.before.text, wanted)) count.right++;
				else if (wanted.length > 0 || example.failed?.includes(text)) count.wrong++;
			}
		}
	}
	return tallies;
}

/** The part of a rule that speaks of one kind of message. */
export function fixesOf({ templates, strictness, messages }: RuleFixes, key: string): RuleFixes {
	const own = strictness[key];
	return {
		templates: templates.filter(({ template }) => template.signature === key),
		strictness: own ? { [key]: own } : {},
		messages: messages.filter((message) => message.key === key),
	};
}

/** Puts the parts of a rule together again. */
export function joinFixes(parts: readonly RuleFixes[]): RuleFixes {
	return {
		templates: parts.flatMap(({ templates }) => templates),
		strictness: Object.assign({}, ...parts.map(({ strictness }) => strictness)),
		messages: parts.flatMap(({ messages }) => messages),
	};
}
