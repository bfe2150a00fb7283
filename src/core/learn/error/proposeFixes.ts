import type { CodeTree } from '#core/syntax/codeTree';
import type { Diagnostic, ErrorSignature } from './errorSignature.ts';
import { type FixTemplate, roleOf, type TestedTemplate } from './fixTemplate.ts';
import { matchTemplate } from './matchTemplate.ts';
import type { SignDiagnostic } from './messageShapes.ts';
import type { PlaceFeatures } from './placeFeatures.ts';
import { applyEdits, type TextEdit } from './textHunks.ts';

/** Diagnostics that are answered together: one that says its place, or all of a kind that do not. */
export interface DiagnosticGroup {
	readonly signature: ErrorSignature;
	readonly diagnostics: readonly [Diagnostic, ...Diagnostic[]];
}

export interface Proposal {
	readonly edits: readonly TextEdit[];
	readonly surprises: number;
	readonly isCertain: boolean;
	/** How many surprises more the next best place would have; infinite when there is none. */
	readonly margin: number;
	/** What is seen at each of its places. */
	readonly places: readonly PlaceFeatures[];
}

/** How sure a proposal must be. */
export interface Strictness {
	/** Where the diagnostic says the place, in the way that it did in all examples. */
	readonly pointed: Certainty;
	/** Where the place had to be found. */
	readonly found: Certainty;
	/** Exact fixes among the examples. */
	readonly minHits: number;
}

export interface Certainty {
	readonly maxSurprises: number;
	readonly minMargin: number;
	/** Whether all ways to say where must agree: always, never, or when white space is all that changes. */
	readonly mustBeCertain: boolean | 'gaps';
	/** Anchors from which the same edit must be proposed: when white space is all that changes. Edits of tokens always need `MIN_WITNESSES`. */
	readonly minGapWitnesses: number;
}

export interface FixProposal extends Proposal {
	/** Examples that the best template for it has fixed exactly. */
	readonly hits: number;
	readonly diagnostics: readonly Diagnostic[];
	/** The signature's key. */
	readonly signature: string;
}

export function groupDiagnostics(diagnostics: readonly Diagnostic[], sign: SignDiagnostic): DiagnosticGroup[] {
	const groups = new Map<string, DiagnosticGroup>();
	for (const diagnostic of diagnostics) {
		const signature = sign(diagnostic);
		const key = JSON.stringify([signature.key, signature.captures, diagnostic.line, diagnostic.offset ?? '']);
		const known = groups.get(key);
		groups.set(key, known ? { signature, diagnostics: [...known.diagnostics, diagnostic] } : { signature, diagnostics: [diagnostic] });
	}
	return [...groups.values()];
}

/** What one template would do for a group: as many places as there are diagnostics, or nothing when it cannot tell which. */
export function proposeWith(
	template: FixTemplate,
	tree: CodeTree,
	{ signature, diagnostics }: DiagnosticGroup,
	options: { readonly isOver: () => boolean },
): Proposal | null {
	if (template.signature !== signature.key) return null;
	const matches = matchTemplate(template, tree, diagnostics[0], signature.captures, options);
	const chosen = matches.slice(0, diagnostics.length);
	const worst = chosen.at(-1);
	const next = matches[chosen.length];
	if (!worst || chosen.length < diagnostics.length || (next && next.surprises <= worst.surprises)) return null;
	const edits = chosen.flatMap((match) => match.edits).sort((a, b) => a.start - b.start || a.end - b.end);
	if (overlap(edits)) return null;
	const margin = next ? next.surprises - worst.surprises : Number.POSITIVE_INFINITY;
	return { edits, surprises: worst.surprises, margin, isCertain: chosen.every(({ isCertain }) => isCertain), places: chosen.map(({ features }) => features) };
}

/** The proposal that the templates agree on; null when none is sure enough, or two are equally good. */
export function proposeFix(
	templates: readonly TestedTemplate[],
	tree: CodeTree,
	group: DiagnosticGroup,
	strictness: Strictness,
	options: { readonly isOver: () => boolean },
): FixProposal | null {
	const sure: Vote[] = [];
	for (const { template, hits, misses, tests } of templates) {
		if (misses > 0 || hits < strictness.minHits) continue;
		const proposal = proposeWith(template, tree, group, options);
		const certainty = strictness[isPointed(template, group.diagnostics[0]) ? 'pointed' : 'found'];
		if (proposal && isSure(proposal, certainty, { hits, tests }, isGapEdit(tree, proposal))) sure.push({ template, hits, tests, proposal, certainty });
	}
	const byText = new Map<string, { votes: number; witnesses: Set<string>; wanted: number; isChain: boolean; best: FixProposal }>();
	for (const { template, hits, proposal, certainty } of withoutSpecial(sure)) {
		const text = applyEdits(tree.text, proposal.edits);
		const weight = hits * 2 ** -proposal.surprises;
		const known = byText.get(text);
		const best =
			!known || weight > known.best.hits * 2 ** -known.best.surprises
				? { ...proposal, hits, diagnostics: group.diagnostics, signature: group.signature.key }
				: known.best;
		byText.set(text, {
			votes: (known?.votes ?? 0) + weight * (proposal.isCertain ? 1 : 0.5),
			witnesses: (known?.witnesses ?? new Set<string>()).add(roleOf(template)),
			wanted: Math.min(known?.wanted ?? MIN_WITNESSES, certainty.minGapWitnesses),
			isChain: known?.isChain === true || (template.chain !== undefined && proposal.isCertain),
			best,
		});
	}
	const [first, second] = [...byText.values()].sort((a, b) => b.votes - a.votes);
	if (!first || first.votes <= DOMINANCE * (second?.votes ?? 0)) return null;
	const wanted = first.isChain || isSureAlone(first.best) ? 1 : isGapEdit(tree, first.best) ? first.wanted : MIN_WITNESSES;
	return first.witnesses.size >= wanted ? first.best : null;
}

interface Vote extends Pick<TestedTemplate, 'template' | 'hits' | 'tests'> {
	readonly proposal: Proposal;
	readonly certainty: Certainty;
}

/** Where a template fixes all of several examples, and this place is like theirs, those that fix fewer have nothing to say. */
function withoutSpecial(votes: readonly Vote[]): readonly Vote[] {
	const general = votes.filter(({ hits, tests, proposal }) => hits >= 2 && hits === tests && proposal.isCertain && proposal.surprises <= FEW_SURPRISES);
	const most = Math.max(0, ...general.map(({ hits }) => hits));
	return votes.filter(({ hits }) => hits >= most);
}

/** Whether white space is all that changes. */
function isGapEdit({ text: before }: CodeTree, { edits }: Proposal): boolean {
	return edits.every(({ start, end, text }) => !before.slice(start, end).trim() && !text.trim());
}

/** Whether one anchor is enough for what is no chain, whose operands say the same as often as there are: several examples speak for it, and the place is like theirs and the only one. */
function isSureAlone({ hits, isCertain, surprises, margin }: FixProposal): boolean {
	return hits >= 2 && isCertain && surprises <= FEW_SURPRISES && margin >= 3;
}

/** A template that fixes few of the examples must be in a place like theirs, one that no second example speaks for even more so. */
function isSure(
	{ surprises, margin, isCertain }: Proposal,
	{ maxSurprises, minMargin, mustBeCertain }: Certainty,
	{ hits, tests }: Pick<TestedTemplate, 'hits' | 'tests'>,
	isGap: boolean,
): boolean {
	const limit = Math.min(maxSurprises * (hits / Math.max(1, tests)), hits > 1 ? maxSurprises : isCertain ? MAX_SURPRISES_OF_ONE : MAX_SURPRISES_OF_ONE / 2);
	return surprises <= limit && margin >= minMargin && (isCertain || mustBeCertain === false || (mustBeCertain === 'gaps' && !isGap));
}

/** Whether the diagnostic says exactly where, in the way it did for all examples. */
function isPointed(template: FixTemplate, { offset }: Diagnostic): boolean {
	if (offset === undefined) return false;
	return ['@start', '@end', '@edit', '@editEnd'].some((name) => {
		const values = Object.keys(template.seen[name] ?? {});
		return values.length === 1 && values[0] === 'true';
	});
}

const FEW_SURPRISES = 3;
/** Of a template that one example speaks for; half as many where it is not certain. See `LEVELS`. */
const MAX_SURPRISES_OF_ONE = 8;
/** Anchors that must agree on an edit of tokens: see `LEVELS`. */
const MIN_WITNESSES = 2;
/** A proposal must have so many times the votes of the next. */
const DOMINANCE = 19;

/** Whether two edits touch or overlap, in the order of their starts: which comes first would be a guess. */
export function overlap(edits: readonly TextEdit[]): boolean {
	return edits.some(({ start, end }, index) => {
		const last = edits[index - 1];
		return last !== undefined && (start < last.end || (start === last.end && (last.start === last.end || start === end)));
	});
}
