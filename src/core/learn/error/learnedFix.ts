import { redactSecrets } from '#core/domain/redact';
import { type CodeNode, leafAfter, readCodeTree } from '#core/syntax/codeTree';
import type { SyntaxParser } from '#core/syntax/syntaxParser';
import type { Diagnostic } from './errorSignature.ts';
import type { RuleFixes } from './fixBook.ts';
import { commonAncestor, type FixExample, shareEdits } from './fixExample.ts';
import type { ReadExample } from './learnTemplates.ts';
import { readTemplates } from './storedTemplates.ts';
import { tokenHunks } from './textHunks.ts';

/** A fix that was offered and did not work. */
export interface FailedFix {
	readonly diagnostic: Diagnostic;
	readonly before: string;
	/** The text that the fix made. */
	readonly failed: string;
	/** As those of an example. */
	readonly sources?: readonly string[];
}

/** What a solution's `learned_fix` holds. */
export interface LearnedFix {
	readonly version: typeof VERSION;
	readonly examples: readonly FixExample[];
	readonly failures: readonly FailedFix[];
	/** The signature's key. */
	readonly key: string;
	/** What the examples of the rule taught, those of its other messages included; the part that speaks of this message. */
	readonly fixes: RuleFixes;
}

const VERSION = 1;
/** Examples and failures kept of one kind of error; the newest stay. */
export const MAX_EXAMPLES = 10;
const MAX_CHARACTERS = 4_000;

export const NOTHING_LEARNED: LearnedFix = { version: VERSION, key: '', examples: [], failures: [], fixes: { templates: [], strictness: {}, messages: [] } };

export function writeLearnedFix(learned: Omit<LearnedFix, 'version'>): string {
	return JSON.stringify({ version: VERSION, ...learned });
}

/** Null for what is absent, damaged, or of another version: it counts as nothing learned. */
export function readLearnedFix(json: string | undefined): LearnedFix | null {
	if (!json) return null;
	try {
		const learned = JSON.parse(json) as LearnedFix;
		const isWhole = learned.version === VERSION && Array.isArray(learned.examples) && Array.isArray(learned.failures) && Array.isArray(learned.fixes?.templates);
		return isWhole ? { ...learned, fixes: { ...learned.fixes, templates: readTemplates(learned.fixes.templates) } } : null;
	} catch {
		return null;
	}
}

/**
 * Cuts an example to the piece of code that the edit stands in, so that no more of the workspace is kept than is needed. Null when it is too large,
 * does not parse by itself although the whole did, or holds a secret.
 */
export async function cropExample(parser: SyntaxParser, example: FixExample): Promise<FixExample | null> {
	const { before, after, diagnostics } = example;
	const [first] = diagnostics;
	if (!first || before === after) return null;
	const range = await cropRange(parser, before, after, first);
	if (!range) return null;
	const { start, end } = range;
	const cropped: FixExample = {
		before: before.slice(start, end),
		after: after.slice(start, end + after.length - before.length),
		diagnostics: diagnostics.map((diagnostic) => moved(diagnostic, before, start)),
	};
	const messages = diagnostics.map(({ message }) => message);
	return [cropped.before, cropped.after, ...messages].some((text) => redactSecrets(text).redactions > 0) ? null : cropped;
}

/** Null where a text cannot be read. */
export async function readExample(parser: SyntaxParser, { before, after, diagnostics }: FixExample): Promise<ReadExample | null> {
	const languageId = diagnostics[0]?.languageId ?? '';
	const tree = await readCodeTree(parser, before, languageId);
	const other = await readCodeTree(parser, after, languageId);
	return tree && other ? { before: tree, edits: shareEdits(diagnostics, tree, other) } : null;
}

async function cropRange(
	parser: SyntaxParser,
	before: string,
	after: string,
	{ languageId, offset }: Diagnostic,
): Promise<{ readonly start: number; readonly end: number } | null> {
	const tree = await readCodeTree(parser, before, languageId);
	const other = await readCodeTree(parser, after, languageId);
	if (!tree || !other) return null;
	if (before.length <= MAX_CHARACTERS && after.length <= MAX_CHARACTERS) return { start: 0, end: before.length };
	const hunks = tokenHunks(tree, other);
	const offsets = [...hunks.flatMap(({ start, end }) => [Math.max(0, start - 1), end]), ...(offset === undefined ? [] : [offset])];
	const at = (value: number) => tree.leaves[Math.min(leafAfter(tree, value), tree.leaves.length - 1)];
	const first = at(Math.min(...offsets));
	const last = at(Math.max(...offsets));
	if (hunks.length === 0 || !first || !last) return null;
	let node: CodeNode = commonAncestor(first, last);
	while (node.parent && lines(before, node.parent).length <= MAX_CHARACTERS) node = node.parent;
	const range = lines(before, node);
	if (range.length > MAX_CHARACTERS) return null;
	const piece = await readCodeTree(parser, before.slice(range.start, range.end), languageId);
	return piece && (tree.hasError || !piece.hasError) ? range : null;
}

/** The whole lines that a node stands on. */
function lines(text: string, { start, end }: CodeNode): { readonly start: number; readonly end: number; readonly length: number } {
	const from = text.lastIndexOf('\n', start - 1) + 1;
	const lineEnd = text.indexOf('\n', end);
	const to = lineEnd < 0 ? text.length : lineEnd + 1;
	return { start: from, end: to, length: to - from };
}

function moved(diagnostic: Diagnostic, text: string, start: number): Diagnostic {
	const { offset, line } = diagnostic;
	const skipped = text.slice(0, start).split('\n').length - 1;
	return { ...diagnostic, ...(offset === undefined ? {} : { offset: offset - start }), ...(line === undefined ? {} : { line: line - skipped }) };
}
