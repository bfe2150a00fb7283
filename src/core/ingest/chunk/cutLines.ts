import type { ChunkKind } from '#core/domain/chunk';
import type { OutlineNode } from './outlineTree.ts';
import { isBlank, type TextLines } from './textLines.ts';

/** A run of whole lines that becomes one chunk, or several where one line alone is too long. Lines count from 0, inclusive. */
export interface LineSegment {
	readonly start: number;
	readonly end: number;
	readonly kind: ChunkKind;
	readonly symbol: string | null;
	readonly breadcrumb: readonly string[];
}

export interface CutOptions {
	/** `weights[i]`: sum over the lines before line i of what each takes of a chunk's budget; one entry more than lines. */
	readonly weights: Float64Array;
	/** Most a segment may weigh under this breadcrumb. */
	readonly limit: (breadcrumb: readonly string[]) => number;
	readonly rootKind: ChunkKind;
}

/** Pieces of something too large aim at this weight. 128 to 200 word pieces cost no recall with MiniLM and halve the number of vectors. */
const TARGET = 160;
/** Small neighbours are joined up to this weight. */
const JOINED = 128;
/** What weighs no more beside a definition does not take its name away. */
const INSIGNIFICANT = 16;

interface Piece extends LineSegment {
	/** Whether it is a whole definition or lines between definitions of this very parent, so that neighbours may join. */
	readonly isDirect: boolean;
	readonly isDefinition: boolean;
}

/**
 * Cuts a file's lines into segments, in order, without overlap, leaving out nothing but blank lines: a definition that fits stays whole, a larger
 * one is cut at its children, then at blank lines and statements of low indentation; small neighbours under the same parent are joined.
 */
export function cutLines(lines: TextLines, children: readonly OutlineNode[], options: CutOptions): LineSegment[] {
	const cutter = new Cutter(lines, options);
	return cutter.cutParent({ start: 0, end: lines.count - 1, children, kind: options.rootKind, symbol: null, breadcrumb: [] });
}

interface Parent extends LineSegment {
	readonly children: readonly OutlineNode[];
}

class Cutter {
	readonly #lines: TextLines;
	readonly #options: CutOptions;

	constructor(lines: TextLines, options: CutOptions) {
		this.#lines = lines;
		this.#options = options;
	}

	cutParent(parent: Parent): LineSegment[] {
		const pieces: Piece[] = [];
		let line = parent.start;
		for (const child of parent.children) {
			this.#cutGap(line, child.start - 1, parent, pieces);
			this.#cutChild(child, parent, pieces);
			line = child.end + 1;
		}
		this.#cutGap(line, parent.end, parent, pieces);
		return this.#join(pieces, parent);
	}

	#weigh(start: number, end: number): number {
		return (this.#options.weights[end + 1] ?? 0) - (this.#options.weights[start] ?? 0);
	}

	#cutChild(child: OutlineNode, parent: Parent, pieces: Piece[]): void {
		const breadcrumb = child.name === '' ? parent.breadcrumb : [...parent.breadcrumb, child.name];
		const whole = { start: child.start, end: child.end, kind: child.kind, symbol: child.name === '' ? parent.symbol : child.name, breadcrumb };
		if (this.#weigh(child.start, child.end) <= this.#options.limit(breadcrumb)) pieces.push({ ...whole, isDirect: true, isDefinition: true });
		else for (const segment of this.cutParent({ ...whole, children: child.children })) pieces.push({ ...segment, isDirect: false, isDefinition: true });
	}

	/** Cuts lines without structure at the best borders near the target. */
	#cutGap(from: number, to: number, parent: Parent, pieces: Piece[]): void {
		const limit = this.#options.limit(parent.breadcrumb);
		const { kind, symbol, breadcrumb } = parent;
		let start = from;
		while (start <= to) {
			if (isBlank(this.#lines, start)) {
				start++;
				continue;
			}
			let end = to;
			if (this.#weigh(start, to) > limit) end = this.#bestEnd(start, to, limit);
			let last = end;
			while (last > start && isBlank(this.#lines, last)) last--;
			pieces.push({ start, end: last, kind, symbol, breadcrumb, isDirect: true, isDefinition: false });
			start = end + 1;
		}
	}

	/** Last line of the piece that starts at `start`. A line that is too heavy alone stays alone. */
	#bestEnd(start: number, to: number, limit: number): number {
		let best = start;
		let bestScore = Number.NEGATIVE_INFINITY;
		const target = Math.min(TARGET, limit);
		for (let end = start; end < to; end++) {
			const weight = this.#weigh(start, end);
			if (weight > limit) break;
			if (weight < target * 0.4 && this.#weigh(start, end + 1) <= limit) continue;
			const score = this.#borderScore(end + 1) - (4 * Math.abs(weight - target)) / target;
			if (score >= bestScore) {
				best = end;
				bestScore = score;
			}
		}
		return best;
	}

	/** How good it is to begin a new piece at this line: after a blank line, at low indentation, not at a closing bracket. */
	#borderScore(line: number): number {
		const { text, starts, ends } = this.#lines;
		const start = starts[line] ?? 0;
		let at = start;
		let indentation = 0;
		for (; at < (ends[line] ?? 0); at++) {
			const unit = text.charCodeAt(at);
			if (unit === 9) indentation += 4;
			else if (unit === 32) indentation++;
			else break;
		}
		const unit = text.charCodeAt(at);
		const isClosing = unit === 0x7d || unit === 0x29 || unit === 0x5d;
		return (isBlank(this.#lines, line - 1) ? 3 : 0) - Math.min(indentation, 24) / 4 - (isClosing ? 2 : 0);
	}

	#join(pieces: readonly Piece[], parent: Parent): LineSegment[] {
		const joined: Piece[] = [];
		for (const piece of pieces) {
			const last = joined.at(-1);
			const weight = last ? this.#weigh(last.start, piece.end) : 0;
			// Closing brackets and the like go to what they close.
			if (last && !piece.isDefinition && this.#isPunctuation(piece) && weight <= this.#options.limit(last.breadcrumb)) {
				joined[joined.length - 1] = { ...last, end: piece.end };
			} else if (last?.isDirect && piece.isDirect && weight <= JOINED && piece.kind !== 'section') {
				joined[joined.length - 1] = this.#merge(last, piece, parent);
			} else joined.push(piece);
		}
		return joined;
	}

	#merge(a: Piece, b: Piece, parent: Parent): Piece {
		const range = { start: a.start, end: b.end, isDirect: true };
		if (a.isDefinition && !b.isDefinition && this.#weigh(b.start, b.end) <= INSIGNIFICANT) return { ...a, ...range };
		if (b.isDefinition && !a.isDefinition && this.#weigh(a.start, a.end) <= INSIGNIFICANT) return { ...b, ...range };
		const kind = a.kind === b.kind ? a.kind : parent.kind;
		return { ...range, kind, symbol: parent.symbol, breadcrumb: parent.breadcrumb, isDefinition: a.isDefinition || b.isDefinition };
	}

	#isPunctuation({ start, end }: Piece): boolean {
		if (end - start > 4) return false;
		const { text, starts, ends } = this.#lines;
		return !/[\p{L}\p{N}]/u.test(text.slice(starts[start], Math.min(ends[end] ?? 0, (starts[start] ?? 0) + 200)).replace(/\bend\b/g, ''));
	}
}
