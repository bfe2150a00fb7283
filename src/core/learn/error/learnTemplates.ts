import type { CodeTree } from '#core/syntax/codeTree';
import { isRepeated } from './chainFold.ts';
import { type Diagnostic, signatureOf } from './errorSignature.ts';
import type { ErrorEdit } from './fixExample.ts';
import { type FixTemplate, generalise, type TestedTemplate, templatesOf } from './fixTemplate.ts';
import type { SignDiagnostic } from './messageShapes.ts';
import type { PlaceFeatures } from './placeFeatures.ts';
import { groupDiagnostics, proposeWith } from './proposeFixes.ts';
import { applyEdits } from './textHunks.ts';

/** An example's tree and whose edit is whose. An edit without hunks is only known to have been wrong: `failed` are the texts that were offered. */
export interface ReadExample {
	readonly before: CodeTree;
	readonly edits: readonly ErrorEdit[];
	readonly failed?: readonly string[];
}

const MAX_TEMPLATES = 120;

/** Generalises the examples' edits as far as they agree, and tests each template on all of them. Those that fit none are left out. */
export function learnTemplates(examples: readonly ReadExample[], options: { readonly isOver: () => boolean }): TestedTemplate[] {
	let learned: readonly Learned[] = [];
	for (const example of examples) {
		for (const edit of example.edits) {
			if (edit.hunks.length === 0) continue;
			for (const raw of rawTemplates(example.before, edit)) learned = fold(learned, { template: raw, edits: [edit] });
		}
		if (options.isOver()) break;
	}
	const test = ({ template }: Learned) => testTemplate(template, examples, options);
	const chains = learned
		.filter(({ template }) => template.chain && isRepeated(template.chain))
		.map(test)
		.filter(({ fixed }) => fixed.size > 0);
	// What joins a chain of any length says more than what did for chains of the lengths seen.
	const joined = new Set(chains.flatMap(({ tested, fixed }) => (tested.misses === 0 ? [...fixed] : [])));
	const others = learned
		.filter(({ template, edits }) => !template.chain && !edits.every(({ diagnostic }) => joined.has(diagnostic)))
		.toSorted((a, b) => b.template.support - a.template.support)
		.slice(0, MAX_TEMPLATES)
		.map(test)
		.filter(({ fixed }) => fixed.size > 0);
	return [...chains, ...others].map(({ tested }) => tested);
}

/** A template and the edits that it was made of. */
interface Learned {
	readonly template: FixTemplate;
	readonly edits: readonly ErrorEdit[];
}

const raws = new WeakMap<ErrorEdit, FixTemplate[]>();

function rawTemplates(tree: CodeTree, edit: ErrorEdit): FixTemplate[] {
	let known = raws.get(edit);
	if (!known) {
		known = templatesOf(tree, edit);
		raws.set(edit, known);
	}
	return known;
}

/** Joins the most supported template that agrees; a template that agrees with none stands alone. */
function fold(learned: readonly Learned[], raw: Learned): readonly Learned[] {
	const order = learned.map((_, index) => index).sort((a, b) => likeness(learned[b], raw) - likeness(learned[a], raw));
	for (const index of order) {
		const known = learned[index];
		const template = known && generalise(known.template, raw.template);
		if (template) return learned.with(index, { template, edits: [...known.edits, ...raw.edits] });
	}
	return [...learned, raw];
}

/** How much of the context two templates share; what is edited counts more than what is near. */
function likeness(learned: Learned | undefined, { template: raw }: Learned): number {
	const template = learned?.template;
	if (!template || template.shape !== raw.shape) return -1;
	let sum = 0;
	for (const [name, values] of Object.entries(raw.seen)) {
		const [value] = Object.keys(values);
		if (value !== undefined && value in (template.seen[name] ?? {})) sum += name.startsWith('!') ? 3 : 1;
	}
	return sum;
}

/** The signatures that the edits already have. */
export function signedAs(edits: readonly ErrorEdit[]): SignDiagnostic {
	return (diagnostic) => edits.find((edit) => edit.diagnostic === diagnostic)?.signature ?? signatureOf(diagnostic);
}

/** What a template does on the examples; where it would be wrong, it is bound to what sets its own examples apart, if anything does. */
function testTemplate(
	template: FixTemplate,
	examples: readonly ReadExample[],
	options: { readonly isOver: () => boolean },
): { readonly tested: TestedTemplate; readonly fixed: ReadonlySet<Diagnostic> } {
	const right: PlaceFeatures[] = [];
	const wrong: PlaceFeatures[] = [];
	const fixed = new Set<Diagnostic>();
	let hits = 0;
	let misses = 0;
	let failures = 0;
	let tests = 0;
	for (const { before, edits, failed } of examples) {
		const own = edits.filter(({ signature }) => signature.key === template.signature);
		for (const group of groupDiagnostics(
			own.map(({ diagnostic }) => diagnostic),
			signedAs(own),
		)) {
			const wanted = own.filter(({ diagnostic }) => group.diagnostics.includes(diagnostic)).flatMap(({ hunks }) => hunks);
			if (wanted.length > 0) tests++;
			const proposed = proposeWith(template, before, group, options);
			if (!proposed) continue;
			const text = applyEdits(before.text, proposed.edits);
			if (wanted.length === 0) {
				if (failed?.includes(text)) failures++;
			} else if (text === applyEdits(before.text, wanted)) {
				hits++;
				for (const diagnostic of group.diagnostics) fixed.add(diagnostic);
				right.push(...proposed.places);
			} else {
				misses++;
				wrong.push(...proposed.places);
			}
		}
	}
	const requires = hits > 0 && misses > 0 ? contrast(right, wrong) : null;
	const tested = requires ? { template: { ...template, requires }, hits, misses: failures, tests } : { template, hits, misses: misses + failures, tests };
	return { tested, fixed };
}

/** All features of the surroundings that have another value at some wrong place than at all right ones. Null when a wrong place looks like a right one. */
function contrast(right: readonly PlaceFeatures[], wrong: readonly PlaceFeatures[]): Readonly<Record<string, readonly string[]>> | null {
	const requires: Record<string, readonly string[]> = {};
	for (const place of wrong) {
		let isApart = false;
		for (const [name, value] of Object.entries(place)) {
			if (!name.startsWith('~')) continue;
			const values = [...new Set(right.map((features) => features[name] ?? ''))];
			// What every right place has in its own way tells nothing.
			if (values.includes(value) || (values.length > 1 && values.length === right.length)) continue;
			requires[name] = values;
			isApart = true;
		}
		if (!isApart) return null;
	}
	return requires;
}
