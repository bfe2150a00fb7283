import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WordPiece } from '#core/domain/wordPiece';
import type { ChunkTools } from '#core/ingest/chunk/chunkFile';
import { LanguageTable } from '#core/ingest/chunk/languages';
import { SyntaxReader } from '#core/ingest/chunk/syntaxReader';
import { TableStaticVectors } from '#core/models/local/tableStaticVectors';
import type { AssetReader } from '#core/syntax/syntaxParser';
import { sha256 } from './processFile.ts';

/**
 * Loads what chunking needs. Without the vocabulary tokens are estimated, without the table there are no static vectors: words stay searchable.
 * Rejects only when `syntaxes/languages.json` is missing, for then the installation is broken.
 */
export async function loadFileTools(assetsPath: string, readAsset: AssetReader = (path) => readFile(join(assetsPath, path))): Promise<ChunkTools> {
	const languages = new LanguageTable(new TextDecoder().decode(await readAsset('syntaxes/languages.json')));
	const [vocabulary, table, kernel] = await Promise.all(['minilm/vocab.txt', 'staticVectors.bin', 'kernel.wasm'].map((name) => optional(readAsset(name))));
	const wordPiece = vocabulary ? new WordPiece(new TextDecoder().decode(vocabulary)) : null;
	const vectors = table ? tryTable(table, kernel ? await WebAssembly.compile(new Uint8Array(kernel)) : undefined) : null;
	return {
		languages,
		syntax: new SyntaxReader(readAsset, languages, { nowMs: () => performance.now() }),
		countTokens: wordPiece ? (text) => wordPiece.count(text) : estimateTokens,
		sha256,
		encodeInto: wordPiece ? (text, start, end, target, at) => wordPiece.encodeInto(text, start, end, target, at) : null,
		staticVector: vectors ? (ids) => quantise(vectors.vector(ids)) : null,
	};
}

/** A damaged table is treated as an absent one; the model catalogue reports it. */
function tryTable(bytes: Uint8Array, kernel?: WebAssembly.Module): TableStaticVectors | null {
	try {
		return new TableStaticVectors(bytes, kernel);
	} catch {
		return null;
	}
}

/** Scales so that the largest component is ±127; zeros stay zeros. */
export function quantise(vector: Float32Array): Int8Array {
	let largest = 0;
	for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i] as number));
	const result = new Int8Array(vector.length);
	const scale = largest > 0 ? 127 / largest : 0;
	for (let i = 0; i < vector.length; i++) result[i] = Math.floor((vector[i] as number) * scale + 0.5);
	return result;
}

/** Word pieces of a text without its vocabulary: one for every three characters of a word and every sign. On the safe side for code. */
function estimateTokens(text: string): number {
	let tokens = 0;
	for (const [word] of text.matchAll(/[A-Za-z0-9]+|[^\sA-Za-z0-9]/g)) tokens += Math.ceil(word.length / 3);
	return tokens;
}

async function optional<T>(promise: Promise<T>): Promise<T | null> {
	try {
		return await promise;
	} catch {
		return null;
	}
}
