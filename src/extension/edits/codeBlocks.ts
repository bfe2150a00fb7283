import { pathOfBlock } from './blockPath.ts';

/** A fenced block of an answer. */
export interface CodeBlock {
	/** From 1, in the order of the answer. */
	readonly number: number;
	/** As the fence names it, in lower case; empty where it does not. */
	readonly language: string;
	/** The file that the answer names for it; null where it names none. */
	readonly path: string | null;
	/** Without the fences, and without a first line that does nothing but name the file. */
	readonly text: string;
}

/** The longest block that is kept. */
const MAX_CHARACTERS = 200_000;
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/;
/** Blocks of these are typed into a terminal, or shown by one. */
const NOT_FOR_FILES = /^(?:console|shell-?session|terminal|output|text|txt|plain(?:text)?|diff|mermaid)$/;

/** Whether a block can be code of a file. */
export function isForFiles({ language }: Pick<CodeBlock, 'language'>): boolean {
	return !NOT_FOR_FILES.test(language);
}

/** The fence of a block that a text opens and does not close; null where there is none. What follows such a text would be part of the block. */
export function openFence(text: string): string | null {
	let open: string | null = null;
	for (const line of text.split(/\r?\n/)) {
		const [, fence = '', info = ''] = FENCE.exec(line) ?? [];
		if (open === null) open = fence || null;
		else if (fence.startsWith(open) && info.trim() === '') open = null;
	}
	return open;
}

/** Finds the blocks of an answer while it streams. The result does not depend on how the text is cut into pieces. */
export class BlockReader {
	#line = '';
	#open: { readonly fence: string; readonly info: string; readonly before: string } | null = null;
	#lines: string[] = [];
	#size = 0;
	#before = '';
	#count = 0;

	/** The blocks that the text closes. */
	push(text: string): CodeBlock[] {
		const blocks: CodeBlock[] = [];
		for (const part of text.split(/(?<=\n)/)) {
			this.#line += part;
			if (!part.endsWith('\n')) continue;
			const block = this.#take(this.#line.replace(/\r?\n$/, ''));
			this.#line = '';
			if (block) blocks.push(block);
		}
		return blocks;
	}

	/** The last block where the answer ends with its fence. A block that was never closed may be half of one: it is none. */
	end(): CodeBlock | null {
		const block = this.#take(this.#line);
		this.#line = '';
		return block;
	}

	#take(line: string): CodeBlock | null {
		const [, fence = '', info = ''] = FENCE.exec(line) ?? [];
		if (this.#open === null) {
			if (fence !== '') {
				this.#open = { fence, info: info.trim(), before: this.#before };
				this.#lines = [];
				this.#size = 0;
			} else if (line.trim() !== '') this.#before = line;
			return null;
		}
		const isEnd = fence.startsWith(this.#open.fence) && info.trim() === '';
		if (!isEnd) {
			this.#size += line.length + 1;
			if (this.#size <= MAX_CHARACTERS) this.#lines.push(line);
			return null;
		}
		const { info: opened, before } = this.#open;
		this.#open = null;
		this.#before = '';
		if (this.#size > MAX_CHARACTERS || this.#lines.every((content) => content.trim() === '')) return null;
		const { path, firstLine } = pathOfBlock(opened, before, this.#lines[0] ?? '');
		const language = (/^[\w+#.-]+/.exec(opened.replace(/:.*/s, ''))?.[0] ?? '').toLowerCase();
		return { number: ++this.#count, language: language === path?.toLowerCase() ? '' : language, path, text: this.#lines.slice(firstLine).join('\n') };
	}
}
