import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ChunkTools, chunkFile } from '#core/ingest/chunk/chunkFile';
import { SyntaxReader } from '#core/ingest/chunk/syntaxReader';
import { splitLines } from '#core/ingest/chunk/textLines';
import { repositoryRoot } from '../../support/assets.ts';
import { chunkTools, readSourceAsset } from '../../support/chunkTools.ts';

const fixtures = join(repositoryRoot, 'test/fixtures/chunks');
let tools: ChunkTools;
beforeAll(async () => {
	tools = await chunkTools();
});

/** The outline and the chunks of a source, drawn into it. A small budget (every token counts five) shows how a small source is cut. */
async function draw(path: string, text: string): Promise<string> {
	const language = tools.languages.detect(path, '', {});
	const small: ChunkTools = {
		...tools,
		encodeInto: null,
		countTokens: (source) => 5 * tools.countTokens(source),
		syntax: new SyntaxReader(readSourceAsset, tools.languages, { nowMs: () => 0 }),
	};
	const { chunks, imports, problems } = await chunkFile(text, language, small);
	const lines = splitLines(text);
	const drawn = [`language ${language}`, `imports ${JSON.stringify(imports)}`, `problems ${JSON.stringify(problems)}`];
	let line = 1;
	for (const chunk of chunks) {
		for (; line < chunk.startLine; line++) drawn.push('');
		drawn.push(`┌ ${chunk.kind} ${chunk.breadcrumb.join(' › ')} (${chunk.symbol ?? '–'}; ${chunk.tokens / 5} tokens)`);
		for (; line <= chunk.endLine; line++) drawn.push(`│ ${lines.text.slice(lines.starts[line - 1], lines.ends[line - 1])}`.trimEnd());
	}
	return `${drawn.join('\n')}\n`;
}

describe('chunks drawn into the source', () => {
	for (const name of readdirSync(fixtures)) {
		it(name, async () => {
			const golden = join(import.meta.dirname, `${name}.txt`);
			const drawing = await draw(name, readFileSync(join(fixtures, name), 'utf8'));
			if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, drawing);
			expect(drawing).toBe(readFileSync(golden, 'utf8'));
		});
	}

	it('has a source for every language', () => {
		const drawn = new Set(readdirSync(fixtures).map((name) => tools.languages.detect(name, '', {})));
		expect(tools.languages.all.map(({ id }) => id).filter((id) => !drawn.has(id))).toEqual([]);
	});
});
