import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chunk } from '#core/domain/chunk';
import type { Worktree } from '#core/domain/file';
import { termVector } from '#core/domain/terms';
import type { Ports } from '#core/ports';
import { openStores } from '#core/store/openStores';

export const SYNTHETIC_WORKTREE: Worktree = {
	id: 'bench0000worktree',
	repositoryId: 'bench0000synthet',
	path: '/bench',
	name: 'bench',
};

const CHUNKS_PER_FILE = 10;
const VERBS = ['get', 'set', 'load', 'parse', 'write', 'find', 'make', 'update', 'merge', 'send', 'check', 'open', 'close', 'render', 'sort', 'encode'];
const SYLLABLES = ['ba', 'con', 'der', 'fil', 'gra', 'hex', 'in', 'ker', 'lo', 'mat', 'nor', 'pal', 'qui', 'ren', 'sol', 'tra', 'ul', 'ver', 'wid', 'zen'];

/** The same numbers in every run: mulberry32. */
export function seededRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Words whose frequency falls with their rank, as in code: rank = size^u. */
export function wordSource(random: () => number): () => string {
	const words = Array.from({ length: 20_000 }, () =>
		Array.from({ length: 2 + Math.floor(random() * 3) }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join(''),
	);
	return () => words[Math.floor(words.length ** random()) - 1] ?? 'value';
}

/** An index of `count` chunks of invented functions, with vectors of random direction, made once for each folder. */
export async function makeSyntheticIndex(
	ports: Ports,
	dataDirectory: string,
	options: {
		readonly chunks: number;
		readonly model: string;
		readonly dimension: number;
		readonly staticDimension: number;
	},
): Promise<void> {
	const marker = join(dataDirectory, 'complete');
	if (existsSync(marker)) return;
	rmSync(dataDirectory, { recursive: true, force: true });
	mkdirSync(dataDirectory, { recursive: true });
	const { vectors, manifest } = await openStores({
		ports,
		dataDirectory,
		repositoryId: SYNTHETIC_WORKTREE.repositoryId,
	});
	await vectors.useEmbeddingModel(options.model, options.dimension);
	const random = seededRandom(7);
	const word = wordSource(random);
	const vector = (dimension: number) => Float32Array.from({ length: dimension }, () => random() - 0.5);
	for (let first = 0; first < options.chunks; first += 50 * CHUNKS_PER_FILE) {
		const files = Array.from({ length: 50 }, (_, f) => {
			const number = first / CHUNKS_PER_FILE + f;
			const chunks = Array.from({ length: CHUNKS_PER_FILE }, (_, ordinal) => chunkOf(number, ordinal, random, word, vector(options.staticDimension)));
			return {
				status: 'chunked' as const,
				path: `src/${word()}/${word()}${number}.ts`,
				contentHash: `file${number}`,
				sizeBytes: 8_000,
				mtimeMs: 1,
				language: 'typescript',
				lineCount: 160,
				chunks,
				problems: [],
				imports: [],
				redactions: 0,
			};
		});
		await manifest.record(SYNTHETIC_WORKTREE, files);
		await vectors.putVectors(
			files.flatMap((file) =>
				file.chunks.map(({ contentHash }) => ({
					contentHash,
					vector: vector(options.dimension),
				})),
			),
		);
	}
	await manifest.markComplete(SYNTHETIC_WORKTREE.id);
	await vectors.close();
	writeFileSync(marker, '');
}

function chunkOf(file: number, ordinal: number, random: () => number, word: () => string, direction: Float32Array): Chunk {
	const name = `${VERBS[Math.floor(random() * VERBS.length)]}${capital(word())}`;
	const lines = Array.from({ length: 6 + Math.floor(random() * 12) }, () => `\tconst ${word()} = ${word()}.${word()}(${word()}, ${word()}${capital(word())});`);
	const text = [`/** ${Array.from({ length: 8 }, word).join(' ')}. */`, `export function ${name}(${word()}: ${capital(word())}) {`, ...lines, '}'].join('\n');
	return {
		ordinal,
		kind: 'function',
		symbol: name,
		breadcrumb: [name],
		startLine: ordinal * 16 + 1,
		endLine: ordinal * 16 + 16,
		text,
		contentHash: `${file.toString(16).padStart(12, '0')}${ordinal.toString(16).padStart(4, '0')}`.split('').reverse().join('').padEnd(32, '0'),
		tokens: 150,
		textTerms: termVector(text),
		symbolTerms: termVector(name),
		staticVector: Int8Array.from(direction, (value) => Math.round(value * 254)),
	};
}

function capital(word: string): string {
	return word.charAt(0).toUpperCase() + word.slice(1);
}
