import { type Chunk, type ChunkKind, type ChunkProblem, embeddedText, MAX_CHUNK_TOKENS } from '#core/domain/chunk';
import { termVector } from '#core/domain/terms';
import { cutLines, type LineSegment } from './cutLines.ts';
import type { LanguageTable } from './languages.ts';
import { buildOutline } from './outlineTree.ts';
import { splitLongLine } from './splitLongLine.ts';
import type { SyntaxReader } from './syntaxReader.ts';
import { splitLines } from './textLines.ts';

/** What chunking needs from its thread. */
export interface ChunkTools {
	readonly languages: LanguageTable;
	readonly syntax: SyntaxReader;
	/** Word pieces of a text without special tokens; lines add up. */
	readonly countTokens: (text: string) => number;
	/** Hex SHA-256 of the UTF-8 bytes. */
	readonly sha256: (text: string) => string;
	/** Writes the word piece ids of a part of a text, as `WordPiece.encodeInto`. Null where there is no vocabulary. */
	readonly encodeInto: EncodeInto | null;
	/** Quantised static vector of word piece ids; null where there is no table. */
	readonly staticVector: ((ids: ArrayLike<number>) => Int8Array) | null;
}

export type EncodeInto = (text: string, start: number, end: number, target: Int32Array, at: number) => number;

export interface ChunkedText {
	readonly chunks: readonly Chunk[];
	readonly problems: readonly ChunkProblem[];
	readonly imports: readonly string[];
	readonly lineCount: number;
}

/** A word of BERT is one token however long it is; this many characters count as a token at least, so that no chunk is a page of base64. */
const MAX_CHARACTERS_PER_TOKEN = 16;
/** Most tokens of the breadcrumb; outer names go first where it is longer. */
const MAX_BREADCRUMB_TOKENS = 64;

/** Cuts a text into chunks. Every non-blank line is in exactly one chunk, or, where it alone is too long, in several that make it up. Never rejects. */
export async function chunkFile(text: string, languageId: string, tools: ChunkTools): Promise<ChunkedText> {
	const lines = splitLines(text);
	const outlined = await tools.syntax.read(text, languageId);
	const problems: ChunkProblem[] = [...outlined.problems];
	const { children, names } = buildOutline(lines, outlined.definitions, tools.languages.get(languageId));
	const ids = tools.encodeInto && tools.staticVector ? new IdBuffer(tools.encodeInto) : null;
	const crumbIds = tools.encodeInto && tools.staticVector ? new IdBuffer(tools.encodeInto) : null;
	const tokens = new Float64Array(lines.count + 1);
	const weights = new Float64Array(lines.count + 1);
	for (let line = 0; line < lines.count; line++) {
		const [start = 0, end = 0] = [lines.starts[line], lines.ends[line]];
		const count = ids ? ids.add(text, start, end) : tools.countTokens(text.slice(start, end));
		tokens[line + 1] = (tokens[line] ?? 0) + count;
		weights[line + 1] = (weights[line] ?? 0) + Math.max(count, Math.ceil((end - start) / MAX_CHARACTERS_PER_TOKEN));
	}
	const crumbs = new BreadcrumbCosts(tools.countTokens);
	const limit = (breadcrumb: readonly string[]) => MAX_CHUNK_TOKENS - crumbs.shorten(breadcrumb).tokens;
	const rootKind: ChunkKind = outlined.isParsed ? 'block' : 'lines';
	const segments = cutLines(lines, children, { weights, limit, rootKind });
	const chunks: Chunk[] = [];
	let nameAt = 0;
	const add = (segment: LineSegment, source: string, sourceTokens: number, defined: string, sourceIds: Int32Array | undefined) => {
		const { breadcrumb, tokens: crumbTokens } = crumbs.shorten(segment.breadcrumb);
		const embedded = embeddedText({ breadcrumb, text: source });
		chunks.push({
			ordinal: chunks.length,
			kind: segment.kind,
			symbol: segment.symbol,
			breadcrumb,
			startLine: segment.start + 1,
			endLine: segment.end + 1,
			text: source,
			contentHash: tools.sha256(embedded).slice(0, 32),
			tokens: crumbTokens + sourceTokens,
			textTerms: termVector(source),
			symbolTerms: termVector(defined),
			staticVector: sourceIds && crumbIds && tools.staticVector ? tools.staticVector(joined(crumbIds.only(breadcrumb.join('\n')), sourceIds)) : null,
		});
	};
	for (const segment of segments) {
		let defined = '';
		for (let entry = names[nameAt]; entry && entry.line <= segment.end; entry = names[++nameAt]) if (entry.line >= segment.start) defined += `${entry.name}\n`;
		const source = text.slice(lines.starts[segment.start], lines.ends[segment.end]);
		const room = limit(segment.breadcrumb);
		if ((weights[segment.end + 1] ?? 0) - (weights[segment.start] ?? 0) <= room) {
			const [from = 0, to = 0] = [tokens[segment.start], tokens[segment.end + 1]];
			add(segment, source, to - from, defined, ids?.range(from, to));
			continue;
		}
		problems.push({ code: 'long-line', line: segment.start + 1 });
		const maxCharacters = room * MAX_CHARACTERS_PER_TOKEN;
		for (const piece of splitLongLine(source, room, maxCharacters, tools.countTokens)) {
			add(segment, piece.text, piece.tokens, defined, ids?.only(piece.text));
			defined = '';
		}
	}
	return { chunks, problems, imports: outlined.imports, lineCount: lines.count };
}

/** The ids of a whole file, so that nothing is tokenized twice. */
class IdBuffer {
	readonly #encodeInto: EncodeInto;
	#ids = new Int32Array(4_096);
	#size = 0;

	constructor(encodeInto: EncodeInto) {
		this.#encodeInto = encodeInto;
	}

	/** Appends the ids of a part of a text and returns how many they are. */
	add(text: string, start: number, end: number): number {
		const needed = this.#size + 4 * (end - start);
		if (needed > this.#ids.length) {
			const larger = new Int32Array(2 * needed);
			larger.set(this.#ids);
			this.#ids = larger;
		}
		const before = this.#size;
		this.#size = this.#encodeInto(text, start, end, this.#ids, before);
		return this.#size - before;
	}

	range(from: number, to: number): Int32Array {
		return this.#ids.subarray(from, to);
	}

	/** The ids of one text, valid until the next call; they take no place. */
	only(text: string): Int32Array {
		const before = this.#size;
		const count = this.add(text, 0, text.length);
		this.#size = before;
		return this.range(before, before + count);
	}
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
	if (first.length === 0) return second;
	const ids = new Int32Array(first.length + second.length);
	ids.set(first);
	ids.set(second, first.length);
	return ids;
}

/** Breadcrumbs that fit, and what each costs; there are few of them and many questions. */
class BreadcrumbCosts {
	readonly #countTokens: (text: string) => number;
	readonly #known = new Map<string, { readonly breadcrumb: readonly string[]; readonly tokens: number }>();

	constructor(countTokens: (text: string) => number) {
		this.#countTokens = countTokens;
	}

	shorten(breadcrumb: readonly string[]): { readonly breadcrumb: readonly string[]; readonly tokens: number } {
		if (breadcrumb.length === 0) return { breadcrumb, tokens: 0 };
		const key = breadcrumb.join('\n');
		const known = this.#known.get(key);
		if (known) return known;
		let short = breadcrumb;
		let tokens = this.#countTokens(short.join(' › '));
		while (tokens > MAX_BREADCRUMB_TOKENS && short.length > 1) {
			short = short.slice(1);
			tokens = this.#countTokens(short.join(' › '));
		}
		for (let name = short[0] ?? ''; tokens > MAX_BREADCRUMB_TOKENS; tokens = this.#countTokens(name)) {
			name = name.slice(0, Math.floor(name.length / 2));
			short = [`${name}…`];
			if (name.length < 2) {
				short = [];
				tokens = 0;
				break;
			}
			tokens = this.#countTokens(`${name}…`);
			if (tokens <= MAX_BREADCRUMB_TOKENS) break;
		}
		const result = { breadcrumb: short, tokens };
		this.#known.set(key, result);
		return result;
	}
}
