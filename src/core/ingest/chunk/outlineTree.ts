import type { ChunkKind } from '#core/domain/chunk';
import type { Language } from './languages.ts';
import type { SyntaxDefinition } from './syntaxReader.ts';
import { isBlank, lineAt, type TextLines } from './textLines.ts';

/** A definition as whole lines, with those nested in it in source order; siblings never share a line. */
export interface OutlineNode {
	readonly kind: ChunkKind;
	readonly name: string;
	/** Line of its name. */
	readonly nameLine: number;
	/** First line, with the doc comment and attributes above it. Lines count from 0, `end` is inclusive. */
	start: number;
	end: number;
	readonly children: OutlineNode[];
}

export interface Outline {
	readonly children: readonly OutlineNode[];
	/** Every name with its line, also of definitions that lie within one line or too deep to be nodes. Ascending by line. */
	readonly names: readonly { readonly line: number; readonly name: string }[];
}

/** Definitions nested deeper are part of the one that holds them: no stack can overflow, and no breadcrumb grows without end. */
const DEEPEST_NODE = 24;
const CONTAINERS: ReadonlySet<ChunkKind> = new Set(['class', 'interface', 'enum']);

/** Arranges definitions by their lines. */
export function buildOutline(lines: TextLines, definitions: readonly SyntaxDefinition[], language: Language | null): Outline {
	const ranges = widest(definitions).map((definition) => {
		let end = Math.min(definition.end, lines.text.length);
		while (end > definition.start && lines.text.charCodeAt(end - 1) <= 32) end--;
		return {
			...definition,
			startLine: lineAt(lines, definition.start),
			endLine: lineAt(lines, Math.max(definition.start, end - 1)),
			nameLine: lineAt(lines, definition.nameIndex),
		};
	});
	ranges.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine || a.start - b.start || b.end - a.end);
	const names = ranges.filter(({ name }) => name !== '').map(({ nameLine, name }) => ({ line: nameLine, name }));
	names.sort((a, b) => a.line - b.line);
	const children: OutlineNode[] = [];
	const stack: { readonly node: OutlineNode; readonly firstLine: number }[] = [];
	for (const range of ranges) {
		while (stack.length > 0 && (stack.at(-1)?.node.end ?? 0) < range.startLine) stack.pop();
		const top = stack.at(-1);
		const parent = top?.node;
		const siblings = parent ? parent.children : children;
		const floor = Math.max(top ? top.firstLine : 0, (siblings.at(-1)?.end ?? -1) + 1);
		const start = Math.max(range.startLine, floor);
		const end = Math.min(range.endLine, parent ? parent.end : lines.count - 1);
		const isWhole = top !== undefined && start === top.firstLine && end === top.node.end;
		if (start > end || isWhole || stack.length >= DEEPEST_NODE) continue;
		const kind = range.kind === 'function' && parent && CONTAINERS.has(parent.kind) ? 'method' : range.kind;
		const node = { kind, name: range.name, nameLine: range.nameLine, start: withLeading(lines, start, floor, language), end, children: [] };
		siblings.push(node);
		stack.push({ node, firstLine: start });
	}
	return { children, names };
}

/** Of several matches for one name the widest stays (a decorated function), with the more telling kind. */
function widest(definitions: readonly SyntaxDefinition[]): SyntaxDefinition[] {
	const byName = new Map<number, SyntaxDefinition>();
	for (const definition of definitions) {
		const known = byName.get(definition.nameIndex);
		if (!known) {
			byName.set(definition.nameIndex, definition);
			continue;
		}
		const [wide, narrow] = definition.end - definition.start > known.end - known.start ? [definition, known] : [known, definition];
		const kind = wide.kind === 'variable' || (wide.kind === 'type' && narrow.kind !== 'variable') ? narrow.kind : wide.kind;
		byName.set(definition.nameIndex, { ...wide, kind });
	}
	return [...byName.values()];
}

/** Moves a start up over the comments and attributes that stand directly above, down to `floor` at most. */
function withLeading(lines: TextLines, start: number, floor: number, language: Language | null): number {
	if (!language) return start;
	let first = start;
	while (first > floor && !isBlank(lines, first - 1)) {
		const line = lines.text.slice(lines.starts[first - 1], lines.ends[first - 1]).trim();
		const block = language.blockComments.find(([, close]) => line.endsWith(close));
		if (block) {
			let open = first - 1;
			while (open > floor && !lines.text.slice(lines.starts[open], lines.ends[open]).includes(block[0])) open--;
			const text = lines.text.slice(lines.starts[open], lines.ends[open]).trim();
			if (!text.startsWith(block[0])) break;
			first = open;
		} else if (language.lineComments.some((mark) => line.startsWith(mark)) || language.attributes.some((mark) => line.startsWith(mark))) first--;
		else break;
	}
	return first;
}
