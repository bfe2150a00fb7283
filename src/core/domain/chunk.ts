import type { LexicalVector } from './lexicalVector.ts';

/** What a chunk is made of. `lines` is the fallback where no grammar says more; `section` is a heading's text. */
export type ChunkKind = 'function' | 'method' | 'class' | 'interface' | 'type' | 'enum' | 'module' | 'variable' | 'section' | 'block' | 'lines';

/** A contiguous piece of one file: the unit that is embedded, found and sent. */
export interface Chunk {
	/** Position within its file, from 0, in source order. */
	readonly ordinal: number;
	readonly kind: ChunkKind;
	/** Name of the innermost definition that the chunk is, or lies in; null where there is none. */
	readonly symbol: string | null;
	/** Names of the definitions around and including the chunk, outermost first; without the path. */
	readonly breadcrumb: readonly string[];
	/** 1-based, inclusive. */
	readonly startLine: number;
	readonly endLine: number;
	/** Source text of the lines, redacted. A line longer than the token limit is cut into several chunks of that same line. */
	readonly text: string;
	/** Key of the vector: hex SHA-256 (first 32 digits) of what is embedded (`embeddedText`), so of breadcrumb and text, not of the path. */
	readonly contentHash: string;
	/** Word pieces of `embeddedText`, without the model's special tokens. */
	readonly tokens: number;
	/** Terms of the text. */
	readonly textTerms: LexicalVector;
	/** Terms of the names defined in this chunk. */
	readonly symbolTerms: LexicalVector;
	/** Static vector of the text (see models/local/staticVectors), quantised so that its largest component is ±127; null where the table is absent. */
	readonly staticVector: Int8Array | null;
}

/** The text that is embedded for a chunk: breadcrumb on a line of its own, then the source. */
export function embeddedText(chunk: Pick<Chunk, 'breadcrumb' | 'text'>): string {
	return chunk.breadcrumb.length > 0 ? `${chunk.breadcrumb.join(' › ')}\n${chunk.text}` : chunk.text;
}

/** Something worth telling about a file that was chunked all the same. */
export interface ChunkProblem {
	readonly code: 'syntax-error' | 'grammar-unavailable' | 'parse-timeout' | 'long-line' | 'invalid-encoding';
	readonly line?: number;
}

/** Raised whenever the same content would give other chunks, so that stored outlines of older versions are not used. */
export const CHUNKER_VERSION = 1;

/** Most word pieces a chunk may hold: MiniLM was trained on 256 positions, two of which are special tokens. */
export const MAX_CHUNK_TOKENS = 254;
