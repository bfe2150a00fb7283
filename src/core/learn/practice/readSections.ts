/** One rule, or a few that stand together. */
export interface PracticeSection {
	/** The headings it stands under, or what it configures. */
	readonly title: string;
	readonly text: string;
	/** 1-based, inclusive. */
	readonly startLine: number;
	readonly endLine: number;
}

/** Longer sections are cut where a paragraph ends: a prompt has room for a rule, not for a chapter. */
const LONGEST = 1_200;
const MOST_SECTIONS = 120;
const FEWEST_WORDS = 4;

interface Block {
	readonly headings: readonly string[];
	readonly startLine: number;
	readonly lines: string[];
}

/** The sections of a document with `#` headings, in order. Headings inside code fences are none; lists of links into the document are left out. */
export function readSections(document: string, name: string): readonly PracticeSection[] {
	return blocksOf(document)
		.flatMap(({ headings, startLine, lines }) => {
			const title = headings.filter(Boolean).slice(-2).join(' › ') || name;
			return partsOf(lines, startLine).map((part) => ({ title, ...part }));
		})
		.filter(({ text }) => text.split(/\s+/).length >= FEWEST_WORDS && !isContents(text))
		.slice(0, MOST_SECTIONS);
}

function blocksOf(document: string): readonly Block[] {
	const lines = document.split(/\r?\n/);
	let headings: string[] = [];
	const blocks: Block[] = [];
	let block: Block = { headings, startLine: 1, lines: [] };
	let fence: string | null = null;
	const isFrontMatter = lines[0]?.trim() === '---';
	const first = isFrontMatter ? lines.findIndex((line, index) => index > 0 && line.trim() === '---') + 1 : 0;
	for (let index = first; index < lines.length; index++) {
		const line = lines[index] ?? '';
		const mark = /^\s*(```+|~~~+)/.exec(line)?.[1];
		if (mark && (fence === null || mark.startsWith(fence))) fence = fence === null ? mark : null;
		const heading = fence === null ? /^(#{1,6})\s+(.+?)\s*#*$/.exec(line) : null;
		if (heading) {
			blocks.push(block);
			headings = [...headings.slice(0, (heading[1] ?? '').length - 1)];
			headings[(heading[1] ?? '').length - 1] = heading[2] ?? '';
			block = { headings: [...headings].map((text) => text ?? ''), startLine: index + 2, lines: [] };
		} else {
			if (block.lines.length === 0 && blocks.length === 0) block = { ...block, startLine: index + 1, lines: [] };
			block.lines.push(line);
		}
	}
	return [...blocks, block];
}

/** Cuts at empty lines, and where a list goes on; blank lines around are dropped. */
function partsOf(lines: readonly string[], startLine: number): readonly Omit<PracticeSection, 'title'>[] {
	const parts: Omit<PracticeSection, 'title'>[] = [];
	let from = 0;
	let length = 0;
	const close = (end: number) => {
		let start = from;
		let last = end;
		while (start < last && lines[start]?.trim() === '') start++;
		while (last > start && lines[last - 1]?.trim() === '') last--;
		if (last > start) parts.push({ text: lines.slice(start, last).join('\n').slice(0, LONGEST), startLine: startLine + start, endLine: startLine + last - 1 });
		from = end;
		length = 0;
	};
	for (const [index, line] of lines.entries()) {
		const mayCut = line.trim() === '' || /^\s{0,3}(?:[-*+]|\d+[.)])\s/.test(line);
		if (length > 0 && mayCut && length + lengthUntilCut(lines, index) > LONGEST) close(index);
		length += line.length + 1;
	}
	close(lines.length);
	return parts;
}

/** Characters from a line to the next place where a cut may be. */
function lengthUntilCut(lines: readonly string[], start: number): number {
	let length = 0;
	for (let index = start; index < lines.length; index++) {
		const line = lines[index] ?? '';
		if (index > start && (line.trim() === '' || /^\s{0,3}(?:[-*+]|\d+[.)])\s/.test(line))) break;
		length += line.length + 1;
	}
	return length;
}

function isContents(text: string): boolean {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	return lines.every((line) => /^\s*(?:[-*+]|\d+[.)])\s*\[[^\]]*\]\(#[^)]*\)\s*$/.test(line));
}
