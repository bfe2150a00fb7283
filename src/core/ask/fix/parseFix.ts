import type { FixEdit } from '#core/domain/fix';
import { editPath } from './editPath.ts';

/** An edit as the answer gives it. */
export interface ParsedEdit extends FixEdit {
	/** The file that the answer names for it; null: that of the question. */
	readonly path: string | null;
}

export interface ParsedFix {
	readonly edits: readonly ParsedEdit[];
	/** The text around them. */
	readonly explanation: string;
}

interface LineAround {
	readonly text: string;
	readonly isInCode: boolean;
}

const SEARCH = /^<{5,9} ?SEARCH\s*$/;
const MIDDLE = /^={5,9}\s*$/;
const REPLACE = /^>{5,9} ?REPLACE\s*$/;
const FENCE = /^\s*(?:`{3,}|~{3,})/;
/** What the sanitiser puts into text outside of fences. */
const BREAK = /\u200b/g;

/**
 * Reads the edits of an answer. A line before an edit that is nothing but a path names its file, and that of those that follow. Null where there is
 * no edit, or one is not closed, holds another, or has nothing to search for: only where it names a file can that be meant to make one.
 */
export function parseFix(answer: string): ParsedFix | null {
	const edits: ParsedEdit[] = [];
	const around: LineAround[] = [];
	let part: 'around' | 'search' | 'replace' = 'around';
	let path: string | null = null;
	let isInCode = false;
	let sinceEdit = 0;
	let search: string[] = [];
	let replace: string[] = [];
	for (const raw of answer.split(/\r?\n/)) {
		const line = raw.replace(BREAK, '');
		if (SEARCH.test(line)) {
			if (part !== 'around') return null;
			path = takePath(around, sinceEdit) ?? path;
			part = 'search';
			search = [];
			replace = [];
		} else if (MIDDLE.test(line) && part === 'search') part = 'replace';
		else if (REPLACE.test(line)) {
			const isEmpty = search.every((content) => content.trim() === '');
			if (part !== 'replace' || (isEmpty && path === null)) return null;
			edits.push({ path, search: isEmpty ? [] : search, replace });
			part = 'around';
			sinceEdit = around.length;
		} else if (part === 'search') search.push(line);
		else if (part === 'replace') replace.push(line);
		else if (FENCE.test(line)) isInCode = !isInCode;
		else around.push({ text: line, isInCode });
	}
	if (part !== 'around' || edits.length === 0) return null;
	const explanation = around.map(({ text }) => text).join('\n');
	return { edits, explanation: explanation.replace(/\n{3,}/g, '\n\n').trim() };
}

/** The path that the last line says, which is then no part of the explanation. Looks no further back than the edit before. */
function takePath(around: LineAround[], start: number): string | null {
	const index = around.findLastIndex(({ text }, at) => at >= start && text.trim() !== '');
	const line = around[index];
	const path = line ? editPath(line.text, line) : null;
	if (path !== null) around.splice(index);
	return path;
}
