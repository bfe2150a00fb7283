import type { LexicalVector } from '#core/domain/lexicalVector';

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const EMPTY: LexicalVector = {
	hashes: new Uint32Array(0),
	counts: new Uint16Array(0),
};

/** Little-endian u32 hashes, then u16 counts: six bytes a term. */
export function lexicalToBlob({ hashes, counts }: LexicalVector): Uint8Array {
	const bytes = new Uint8Array(hashes.length * 6);
	if (IS_LITTLE_ENDIAN) {
		bytes.set(new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength));
		bytes.set(new Uint8Array(counts.buffer, counts.byteOffset, counts.byteLength), hashes.byteLength);
		return bytes;
	}
	const view = new DataView(bytes.buffer);
	for (let i = 0; i < hashes.length; i++) view.setUint32(4 * i, hashes[i] as number, true);
	for (let i = 0; i < counts.length; i++) view.setUint16(4 * hashes.length + 2 * i, counts[i] as number, true);
	return bytes;
}

/** Null and empty blobs are the empty vector. */
export function blobToLexical(blob: Uint8Array | null): LexicalVector {
	if (!blob || blob.length === 0) return EMPTY;
	const length = Math.floor(blob.length / 6);
	if (!IS_LITTLE_ENDIAN) return readLexical(blob, length);
	// A copy is aligned, which the blob need not be.
	const bytes = blob.slice(0, length * 6).buffer as ArrayBuffer;
	return {
		hashes: new Uint32Array(bytes, 0, length),
		counts: new Uint16Array(bytes, length * 4, length),
	};
}

function readLexical(blob: Uint8Array, length: number): LexicalVector {
	const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
	const hashes = new Uint32Array(length);
	const counts = new Uint16Array(length);
	for (let i = 0; i < length; i++) hashes[i] = view.getUint32(4 * i, true);
	for (let i = 0; i < length; i++) counts[i] = view.getUint16(4 * length + 2 * i, true);
	return { hashes, counts };
}

export function int8ToBlob(values: Int8Array): Uint8Array {
	return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

export function blobToInt8(blob: Uint8Array): Int8Array {
	return new Int8Array(blob.buffer, blob.byteOffset, blob.byteLength);
}
