import type { ChainFold } from './chainFold.ts';
import type { FixTemplate, TemplateHunk, TestedTemplate } from './fixTemplate.ts';
import type { ReplacementPiece } from './replacement.ts';

/** The templates of a record, whoever wrote it: what is damaged, or of a kind that this version does not know, is left out. */
export function readTemplates(list: readonly unknown[]): TestedTemplate[] {
	return list.flatMap((one) => {
		const tested = one as Partial<TestedTemplate> | null;
		if (!tested || !isTemplate(tested.template) || !isCount(tested.hits) || !isCount(tested.misses)) return [];
		const { template, hits, misses } = tested;
		// A template of before the examples were counted that it was tested on: those that it fixed.
		return [{ template, hits, misses, tests: isCount(tested.tests) ? tested.tests : hits }];
	});
}

function isTemplate(value: unknown): value is FixTemplate {
	if (!isRecord(value)) return false;
	const { signature, shape, hunks, chain, seen, support, requires } = value;
	return (
		typeof signature === 'string' &&
		typeof shape === 'string' &&
		isListOf(hunks, isHunk) &&
		(chain === undefined || isFold(chain)) &&
		isRecordOf(seen, (values) => isRecordOf(values, isCount)) &&
		isCount(support) &&
		(requires === undefined || isRecordOf(requires, (values) => isListOf(values, isText)))
	);
}

function isHunk(value: unknown): value is TemplateHunk {
	return isRecord(value) && isListOf(value.from, isText) && isListOf(value.to, isText) && isListOf(value.pieces, isPiece);
}

function isPiece(value: unknown): value is ReplacementPiece {
	if (!isRecord(value)) return false;
	const { literal, copies, captures, cases } = value;
	const isCase = (one: unknown) => one === 'upper' || one === 'lower';
	return (literal === null || isText(literal)) && isListOf(copies, isText) && isListOf(captures, isCount) && (cases === undefined || isListOf(cases, isCase));
}

function isFold(value: unknown): value is ChainFold {
	const isGap = (gap: unknown) => gap === 'kept' || gap === 'dropped';
	return (
		isRecord(value) && value.version === 1 && isListOf(value.links, isText) && isCount(value.longest) && isRecordOf(value.joints, isText) && isRecordOf(value.gaps, isGap)
	);
}

function isText(value: unknown): value is string {
	return typeof value === 'string';
}

function isCount(value: unknown): value is number {
	return typeof value === 'number' && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
	return Array.isArray(value) && value.every(isOne);
}

function isRecordOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
	return isRecord(value) && Object.values(value).every(isOne);
}
