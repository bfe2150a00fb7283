import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Chunk, embeddedText, MAX_CHUNK_TOKENS } from '#core/domain/chunk';
import { type ChunkTools, chunkFile } from '#core/ingest/chunk/chunkFile';
import { SyntaxReader } from '#core/ingest/chunk/syntaxReader';
import { isBlank, splitLines } from '#core/ingest/chunk/textLines';
import { repositoryRoot } from '../../../../support/assets.ts';
import { chunkTools, readSourceAsset } from '../../../../support/chunkTools.ts';

let tools: ChunkTools;
beforeAll(async () => {
	tools = await chunkTools();
});

/** Fails unless the chunks hold every non-blank line exactly once, in order, within the limit. */
function expectCovered(text: string, chunks: readonly Chunk[]): void {
	const lines = splitLines(text);
	const pieces = new Map<number, string>();
	let last = 0;
	for (const [at, chunk] of chunks.entries()) {
		expect(chunk.ordinal).toBe(at);
		expect(chunk.tokens).toBe(tools.countTokens(embeddedText(chunk)));
		expect(chunk.tokens).toBeLessThanOrEqual(MAX_CHUNK_TOKENS);
		const isPiece = chunk.startLine === chunk.endLine && pieces.has(chunk.startLine);
		expect(chunk.startLine).toBeGreaterThan(isPiece ? last - 1 : last);
		if (chunk.startLine === chunk.endLine) pieces.set(chunk.startLine, (pieces.get(chunk.startLine) ?? '') + chunk.text);
		else {
			expect(chunk.text).toBe(text.slice(lines.starts[chunk.startLine - 1], lines.ends[chunk.endLine - 1]));
			for (let line = chunk.startLine; line <= chunk.endLine; line++) pieces.set(line, text.slice(lines.starts[line - 1], lines.ends[line - 1]));
		}
		last = chunk.endLine;
	}
	for (let line = 0; line < lines.count; line++) {
		if (!isBlank(lines, line)) expect(pieces.get(line + 1)).toBe(text.slice(lines.starts[line], lines.ends[line]));
	}
}

async function chunksOf(text: string, language: string) {
	const result = await chunkFile(text, language, tools);
	expectCovered(text, result.chunks);
	return result;
}

const LANGUAGES = ['typescript', 'python', 'c', 'markdown', 'json', 'yaml', 'html', 'css', 'ruby', 'haskell', 'elixir', 'nix', 'text'];
const fixtures = readdirSync(join(repositoryRoot, 'test/fixtures/chunks')).map((name) => readFileSync(join(repositoryRoot, 'test/fixtures/chunks', name), 'utf8'));

describe('chunkFile', () => {
	it('covers every non-blank line once, within the limit, whatever the text and its line ends', async () => {
		const line = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 60 }),
			fc.constantFrom(
				'',
				'   ',
				'\t',
				'}',
				'def f():',
				'class A {',
				'# Title',
				'\f',
				'\ufeff',
				'中文字符'.repeat(30),
				'x'.repeat(6000),
				'a, '.repeat(900),
				'😀'.repeat(400),
			),
			fc.constantFrom(...fixtures),
		);
		const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n\n')), { maxLength: 25 }).map((parts) => parts.flat().join(''));
		await fc.assert(
			fc.asyncProperty(text, fc.constantFrom(...LANGUAGES), async (source, language) => {
				const { chunks } = await chunksOf(source, language);
				expect((await chunkFile(source, language, tools)).chunks).toEqual(chunks);
			}),
			{ numRuns: 120 },
		);
	}, 60_000);

	it('chunks an unknown language by lines', async () => {
		const { chunks, problems } = await chunksOf('one\n\ntwo\n', 'foo');
		expect(chunks.map(({ kind }) => kind)).toEqual(['lines']);
		expect(problems).toEqual([]);
	});

	it.each([
		['typescript', `${'if (a) {\n'.repeat(2_000)}${'}\n'.repeat(2_000)}`],
		['typescript', `${'namespace a {\n'.repeat(2_000)}${'}\n'.repeat(2_000)}`],
		['json', '['.repeat(5_000) + ']'.repeat(5_000)],
		['html', '<div>'.repeat(3_000)],
		['python', `x = ${'('.repeat(3_000)}1${')'.repeat(3_000)}`],
	])('survives deep nesting in %s', async (language, text) => {
		expect((await chunksOf(text, language)).chunks.length).toBeGreaterThan(0);
	});

	it('cuts a line of a megabyte', async () => {
		const { chunks, problems } = await chunksOf('some words, '.repeat(80_000), 'text');
		expect(chunks.length).toBeGreaterThan(500);
		expect(problems).toEqual([{ code: 'long-line', line: 1 }]);
	});

	it('tells where the syntax is broken and chunks all the same', async () => {
		const { chunks, problems } = await chunksOf('def good():\n    return 1\n\n\ndef bad(:\n    retur 1\n', 'python');
		expect(problems[0]?.code).toBe('syntax-error');
		expect(problems[0]?.line).toBeGreaterThanOrEqual(4);
		expect(chunks.length).toBeGreaterThan(0);
	});

	it('falls back to lines when a grammar is missing or a parse takes too long', async () => {
		const text = 'def f():\n    return 1\n'.repeat(2_000);
		const missing = new SyntaxReader((path) => (path.startsWith('grammars') ? Promise.reject(new Error('gone')) : readSourceAsset(path)), tools.languages, {
			nowMs: () => 0,
		});
		expect((await chunkFile(text, 'python', { ...tools, syntax: missing })).problems).toEqual([{ code: 'grammar-unavailable' }]);
		let now = 0;
		const slow = new SyntaxReader(readSourceAsset, tools.languages, { nowMs: () => (now += 1_500) });
		const cut = await chunkFile(text, 'python', { ...tools, syntax: slow });
		expect(cut.problems).toEqual([{ code: 'parse-timeout' }]);
		expectCovered(text, cut.chunks);
	});
});
