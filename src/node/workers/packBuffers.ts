import type { ProcessedFile } from '#core/domain/file';

/**
 * The files with all their typed arrays as views of one new buffer, which moves to another thread at once: a first index has a quarter of a
 * million small arrays, and each that is moved by itself costs as much as what it holds.
 */
export function packBuffers(files: readonly ProcessedFile[]): { readonly files: readonly ProcessedFile[]; readonly buffer: ArrayBuffer } {
	let terms = 0;
	let bytes = 0;
	for (const file of files) {
		if (file.status !== 'chunked') continue;
		for (const { textTerms, symbolTerms, staticVector } of file.chunks) {
			terms += textTerms.hashes.length + symbolTerms.hashes.length;
			bytes += staticVector?.length ?? 0;
		}
	}
	const buffer = new ArrayBuffer(6 * terms + bytes);
	const hashes = new Uint32Array(buffer, 0, terms);
	const counts = new Uint16Array(buffer, 4 * terms, terms);
	const vectors = new Int8Array(buffer, 6 * terms);
	let term = 0;
	let byte = 0;
	const packTerms = (vector: { readonly hashes: Uint32Array; readonly counts: Uint16Array }) => {
		const start = term;
		term += vector.hashes.length;
		hashes.set(vector.hashes, start);
		counts.set(vector.counts, start);
		return { hashes: hashes.subarray(start, term), counts: counts.subarray(start, term) };
	};
	const packVector = (vector: Int8Array) => {
		const start = byte;
		byte += vector.length;
		vectors.set(vector, start);
		return vectors.subarray(start, byte);
	};
	const packed = files.map((file): ProcessedFile => {
		if (file.status !== 'chunked') return file;
		const chunks = file.chunks.map((chunk) => ({
			...chunk,
			textTerms: packTerms(chunk.textTerms),
			symbolTerms: packTerms(chunk.symbolTerms),
			staticVector: chunk.staticVector && packVector(chunk.staticVector),
		}));
		return { ...file, chunks };
	});
	return { files: packed, buffer };
}
