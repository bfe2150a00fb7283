import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChunkTools } from '#core/ingest/chunk/chunkFile';
import { LanguageTable } from '#core/ingest/chunk/languages';
import type { AssetReader } from '#core/syntax/syntaxParser';
import { loadFileTools } from '#node/workers/fileTools';
import { repositoryRoot } from './assets.ts';

/** Real grammars and the real vocabulary straight from the packages, so that these tests need no build. */
export const readSourceAsset: AssetReader = async (path) => {
	if (path.startsWith('syntaxes/')) return readFile(join(repositoryRoot, path));
	if (path === 'web-tree-sitter.wasm') return readFile(join(repositoryRoot, 'node_modules/web-tree-sitter', path));
	if (path === 'minilm/vocab.txt') {
		const { model } = JSON.parse(await readFile(join(repositoryRoot, 'models/minilm/tokenizer.json'), 'utf8')) as { model: { vocab: Record<string, number> } };
		const pieces: string[] = [];
		for (const [piece, id] of Object.entries(model.vocab)) pieces[id] = piece;
		return new TextEncoder().encode(pieces.join('\n'));
	}
	if (path === 'staticVectors.bin') return readFile(join(repositoryRoot, 'models/static', path));
	const table = new LanguageTable(await readFile(join(repositoryRoot, 'syntaxes/languages.json'), 'utf8'));
	const language = table.get(path.replace(/^grammars\/|\.wasm$/g, ''));
	if (!language) throw new Error(`There is no asset ${path}.`);
	return readFile(join(repositoryRoot, 'node_modules', language.grammar));
};

/** What a worker would have. */
export function chunkTools(): Promise<ChunkTools> {
	return loadFileTools(repositoryRoot, readSourceAsset);
}
