import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodebaseContextPayload } from '#core/domain/collection';
import { toLexicalVector } from '#core/domain/lexicalVector';
import { extractTerms } from '#core/domain/terms';
import type { ChunkedFile } from '#core/store/manifestStore';
import type { VectorPoint } from '#core/store/vectorStore';
import { assetsPath } from './assets.ts';

/** The engines that every suite of stores runs on. */
export const ENGINES = ['node:sqlite', 'sql.js'] as const;

/** The compiled kernel of the build. */
export function kernelModule(): Promise<WebAssembly.Module> {
	return WebAssembly.compile(readFileSync(join(assetsPath(), 'kernel.wasm')));
}

/** A UUID made of a small number. */
export function uuid(number: number): string {
	return `${number.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

/** A unit vector made of a few components. */
export function unit(...components: readonly number[]): Float32Array {
	const length = Math.hypot(...components) || 1;
	return Float32Array.from(components, (component) => component / length);
}

/** A point of code. `number` becomes its id and, unless `payload` says otherwise, its content. */
export function codePoint(
	number: number,
	text: string,
	payload: Partial<CodebaseContextPayload> = {},
	vectors: Pick<VectorPoint, 'vector' | 'staticVector'> & {
		readonly symbols?: string;
	} = {},
): VectorPoint<'codebase-context'> {
	const filePath = payload.file_path ?? 'src/a.ts';
	const { symbols = '', ...named } = vectors;
	const terms = (words: string) => toLexicalVector(extractTerms(words));
	return {
		id: uuid(number),
		...named,
		lexical: {
			text: terms(text),
			path: terms(filePath),
			symbol: terms(symbols),
		},
		payload: {
			file_path: filePath,
			code_snippet: text,
			language: 'typescript',
			framework: '',
			purpose: '',
			last_accessed: null,
			access_count: 0,
			success_rate: 0.5,
			symbol: null,
			breadcrumb: [],
			kind: 'function',
			start_line: number,
			end_line: number,
			tokens: 5,
			workspace_id: 'w1',
			repository_id: 'r',
			scope: 'workspace',
			status: 'active',
			provenance: ['ingest'],
			embedding_model: null,
			content_hash: `hash${number}`,
			...payload,
		},
	};
}

/** A processed file with a chunk for each text, one line each from `firstLine` on. A chunk's content hash is made of its text. */
export function chunkedFile(
	path: string,
	texts: readonly string[],
	options: {
		readonly firstLine?: number;
		readonly imports?: readonly string[];
		readonly hash?: string;
	} = {},
): ChunkedFile {
	const { firstLine = 1, imports = [], hash = `${texts.join('\n')}@${firstLine}` } = options;
	return {
		status: 'chunked',
		path,
		contentHash: hash,
		sizeBytes: texts.join('\n').length,
		mtimeMs: 1,
		language: 'typescript',
		lineCount: texts.length,
		chunks: texts.map((text, ordinal) => ({
			ordinal,
			kind: 'function',
			symbol: null,
			breadcrumb: [],
			startLine: firstLine + ordinal,
			endLine: firstLine + ordinal,
			text,
			contentHash: Buffer.from(text.padEnd(16)).toString('hex').slice(0, 32),
			tokens: 3,
			textTerms: toLexicalVector(extractTerms(text)),
			symbolTerms: toLexicalVector([]),
			staticVector: null,
		})),
		problems: [],
		imports,
		redactions: 0,
	};
}
