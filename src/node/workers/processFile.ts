import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ChunkProblem } from '#core/domain/chunk';
import type { ProcessedFile, ScannedFile } from '#core/domain/file';
import { redactSecrets } from '#core/domain/redact';
import { type ChunkTools, chunkFile } from '#core/ingest/chunk/chunkFile';
import { decodeText, textSkipReason } from '#core/ingest/chunk/classifyText';
import type { FileIdentity, FileRequest } from './fileMessages.ts';

type Options = Pick<FileRequest, 'root' | 'languages' | 'maxFileBytes'>;

/** Reads one file, decides whether it is worth indexing, redacts and chunks it. Never rejects. */
export async function processFile(file: ScannedFile, options: Options, tools: ChunkTools): Promise<ProcessedFile> {
	const { path } = file;
	const skip = (reason: Extract<ProcessedFile, { status: 'skipped' }>['reason'], sizeBytes = file.sizeBytes): ProcessedFile => ({
		status: 'skipped',
		path,
		reason,
		sizeBytes,
		mtimeMs: file.mtimeMs,
	});
	try {
		const bytes = readRegularFile(join(options.root, path), options.maxFileBytes);
		if (typeof bytes === 'string') return skip(bytes);
		const decoded = decodeText(bytes);
		if (decoded.text === null) return skip(decoded.reason, bytes.length);
		const language = languageOf(path, decoded.text, options, tools);
		const reason = textSkipReason(path, language, decoded.text);
		if (reason) return skip(reason, bytes.length);
		const { text, redactions } = redactSecrets(decoded.text);
		const chunked = await chunkFile(text, language, tools);
		const problems: ChunkProblem[] = decoded.isValid ? [...chunked.problems] : [...chunked.problems, { code: 'invalid-encoding' }];
		return {
			status: 'chunked',
			path,
			contentHash: sha256(bytes),
			sizeBytes: bytes.length,
			mtimeMs: file.mtimeMs,
			language,
			lineCount: chunked.lineCount,
			chunks: chunked.chunks,
			problems,
			imports: chunked.imports,
			redactions,
		};
	} catch (error) {
		return { status: 'failed', path, message: error instanceof Error ? error.message : String(error) };
	}
}

/** Hash and language of one file, as `processFile` would give them; null where it cannot be read. */
export async function identifyFile(file: ScannedFile, options: Options, tools: Pick<ChunkTools, 'languages'>): Promise<FileIdentity> {
	try {
		const bytes = readRegularFile(join(options.root, file.path), options.maxFileBytes);
		if (typeof bytes === 'string') return null;
		const decoded = decodeText(bytes);
		return { contentHash: sha256(bytes), language: languageOf(file.path, decoded.text ?? '', options, tools) };
	} catch {
		return null;
	}
}

function languageOf(path: string, text: string, options: Options, tools: Pick<ChunkTools, 'languages'>): string {
	return tools.languages.detect(path, text.startsWith('#!') ? (text.slice(0, 200).split(/[\r\n]/, 1)[0] ?? '') : '', options.languages);
}

/**
 * Anything but a regular file (a pipe would block for ever) and anything too large is refused before it is read. Synchronous: this thread has
 * nothing else to do, and small files take a third of the time so.
 */
function readRegularFile(path: string, maxFileBytes: number): Uint8Array | 'unreadable' | 'too-large' {
	try {
		const facts = statSync(path);
		if (!facts.isFile()) return 'unreadable';
		if (facts.size > maxFileBytes) return 'too-large';
		return readFileSync(path);
	} catch {
		return 'unreadable';
	}
}

/** Hex SHA-256. */
export function sha256(content: Uint8Array | string): string {
	return hash('sha256', content, 'hex');
}
