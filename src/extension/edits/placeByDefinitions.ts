import { indentUnit, type LineEdit, reindent } from './codeLines.ts';
import { type Definition, findDefinitions } from './definitions.ts';

/**
 * Replaces the definitions that the block has, each in place of the one of its name; one that the file does not have goes behind the one before it.
 * Null where the block is no row of definitions or the file has none of them; `ambiguous` where the file has one of them twice.
 */
export function placeByDefinitions(file: readonly string[], block: readonly string[]): LineEdit[] | 'ambiguous' | null {
	const outer = outermost(findDefinitions(block));
	const [first] = outer;
	if (!first || !covers(block, outer)) return null;
	const known = findDefinitions(file);
	const fileUnit = indentUnit(file);
	const edits: LineEdit[] = [];
	const added: string[][] = [];
	let anchor: Definition | null = null;
	for (const definition of outer) {
		const same = known.filter(({ name }) => name === definition.name);
		// A method of the same name as a function elsewhere: the one at the block's own depth is meant.
		const atDepth = same.filter(({ indent }) => indent.length === definition.indent.length);
		const candidates = same.length > 1 && atDepth.length > 0 ? atDepth : same;
		if (candidates.length > 1) return 'ambiguous';
		const [target] = candidates;
		const hasLead = definition.leadLine < definition.startLine;
		const lines = block.slice(definition.leadLine, definition.endLine);
		if (!target) {
			const lead = reindent(lines, { from: definition.indent, to: anchor?.indent ?? '', fileUnit });
			added.push(lead);
			if (anchor) edits.push({ startLine: anchor.endLine, endLine: anchor.endLine, lines: ['', ...lead] });
			continue;
		}
		anchor = target;
		const startLine = hasLead ? target.leadLine : target.startLine;
		edits.push({ startLine, endLine: target.endLine, lines: reindent(lines, { from: definition.indent, to: target.indent, fileUnit }) });
	}
	if (anchor === null) return null;
	// What stands before the first known definition stands before it in the file too.
	const early = outer.findIndex(({ name }) => known.some((other) => other.name === name));
	const target = edits.find(({ lines, endLine, startLine }) => endLine > startLine && lines.length > 0);
	if (early > 0 && target) edits.push({ startLine: target.startLine, endLine: target.startLine, lines: added.slice(0, early).flatMap((lines) => [...lines, '']) });
	return isOverlapping(edits) ? 'ambiguous' : edits;
}

/** Definitions that are in no other. */
function outermost(definitions: readonly Definition[]): Definition[] {
	const outer: Definition[] = [];
	for (const definition of definitions) if (definition.startLine >= (outer.at(-1)?.endLine ?? 0)) outer.push(definition);
	return outer;
}

/** Whether nothing but blank lines and imports lies between the definitions. */
function covers(block: readonly string[], definitions: readonly Definition[]): boolean {
	return block.every((line, index) => line.trim() === '' || definitions.some(({ leadLine, endLine }) => index >= leadLine && index < endLine));
}

function isOverlapping(edits: readonly LineEdit[]): boolean {
	const sorted = [...edits].sort((a, b) => a.startLine - b.startLine);
	return sorted.some((edit, index) => index > 0 && edit.startLine < (sorted[index - 1]?.endLine ?? 0));
}
