import { expect, it } from 'vitest';
import type { ProcessedFile } from '#core/domain/file';
import { chunkFile } from '#core/ingest/chunk/chunkFile';
import { packBuffers } from '#node/workers/packBuffers';
import { chunkTools } from '../../../support/chunkTools.ts';

it('packs the arrays of all files into one buffer that moves, and changes nothing', async () => {
	const file = (path: string, chunks: Extract<ProcessedFile, { status: 'chunked' }>['chunks']): ProcessedFile => ({
		...{ status: 'chunked', path, contentHash: 'h', sizeBytes: 1, mtimeMs: 1, language: 'typescript', lineCount: 1 },
		...{ chunks, problems: [], imports: [], redactions: 0 },
	});
	const { chunks } = await chunkFile('function one() {\n\treturn lighthouse;\n}\n\nfunction two() {}\n', 'typescript', await chunkTools());
	const files: ProcessedFile[] = [
		file('a.ts', chunks),
		{ status: 'failed', path: 'b.ts', message: 'no' },
		file(
			'c.ts',
			chunks.map((chunk) => ({ ...chunk, staticVector: null })),
		),
	];
	const packed = packBuffers(files);
	const moved = structuredClone(packed.files, { transfer: [packed.buffer] });
	expect(packed.buffer.byteLength).toBe(0);
	expect(moved).toEqual(files);
});
