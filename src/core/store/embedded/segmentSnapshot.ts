import type { SnapshotFilePort } from '#core/ports';
import { Segment, type SegmentShape } from './segment.ts';

/** "HCS2" as a little-endian number; a machine of the other byte order reads something else, and builds the segment from the rows. */
const MAGIC = 0x32534348;
/** Bytes copied at once while writing: what is written must not change under the write. */
const BLOCK = 4 * 2 ** 20;

/** Up to where the database is in a snapshot, and which state of the database it was made from. */
export interface SnapshotMark {
	/** Written into the database as well: a database that was restored or lost its last commits does not know it. */
	readonly token: string;
	readonly seq: number;
	/** Model whose vectors the matrix holds; null: none. */
	readonly model: string | null;
	readonly vectorRow: number;
}

/**
 * Writes a segment so that it can be read back without the rows: magic and length of the header, the header as JSON, the arrays one after
 * the other, and a checksum of all from the header on. Resolves when the file is in place; rejects as the port does.
 */
export async function writeSnapshot(files: SnapshotFilePort, path: string, segment: Segment, mark: SnapshotMark): Promise<void> {
	const { shape, arrays } = segment.freeze();
	const header = new TextEncoder().encode(JSON.stringify({ ...mark, shape }));
	function* parts(): Generator<Uint8Array> {
		const checksum = new Checksum();
		checksum.add(header);
		yield bytesOf(Uint32Array.of(MAGIC, header.length));
		yield header;
		for (const array of arrays) {
			const { byteLength } = array();
			for (let start = 0; start < byteLength; start += BLOCK) {
				// Asked for anew each time: memory of WebAssembly that has grown leaves older views empty.
				const block = bytesOf(array()).slice(start, Math.min(start + BLOCK, byteLength));
				checksum.add(block);
				yield block;
			}
		}
		yield bytesOf(Uint32Array.of(checksum.value));
	}
	await files.write(path, parts());
}

/**
 * Reads a snapshot whose mark `isCurrent` accepts. Null where there is none, where it is of another state, and where it is damaged:
 * the rows are always there to build the segment from.
 */
export function readSnapshot(
	files: SnapshotFilePort,
	path: string,
	kernel: WebAssembly.Module,
	isCurrent: (mark: SnapshotMark) => boolean,
): { readonly segment: Segment; readonly mark: SnapshotMark } | null {
	const file = files.open(path);
	if (!file) return null;
	try {
		const start = new Uint32Array(2);
		file.read(bytesOf(start));
		const headerLength = start[1] as number;
		if (start[0] !== MAGIC || headerLength > file.sizeBytes) return null;
		const header = new Uint8Array(headerLength);
		file.read(header);
		const { shape, ...mark } = JSON.parse(new TextDecoder().decode(header)) as SnapshotMark & { readonly shape: SegmentShape };
		if (!isCurrent(mark) || sizeOf(shape) + headerLength + 12 !== file.sizeBytes) return null;
		const checksum = new Checksum();
		checksum.add(header);
		const segment = Segment.restore(kernel, shape, (into) => {
			const bytes = bytesOf(into);
			file.read(bytes);
			checksum.add(bytes);
		});
		const expected = new Uint32Array(1);
		file.read(bytesOf(expected));
		return expected[0] === checksum.value ? { segment, mark } : null;
	} catch {
		return null;
	} finally {
		file.close();
	}
}

function bytesOf(view: ArrayBufferView): Uint8Array {
	return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Bytes of the arrays of a shape. Asked before anything is allocated, so that a damaged header cannot ask for too much. */
function sizeOf({ table: { count, fileNames }, postings, matrix, staticMatrix }: SegmentShape): number {
	const perDocument = 8 + 4 + 1 + 8 + 12;
	const ofPostings = postings.reduce((sum, { terms, built, recent }) => sum + 4 * (2 * terms + 1) + 5 * built + 9 * recent, 0);
	const ofMatrices = [matrix, staticMatrix].reduce((sum, saved) => sum + (saved ? saved.slots * (4 + Math.ceil(saved.dimension / 16) * 16) : 0), 0);
	return count * perDocument + fileNames.length * 8 + ofPostings + ofMatrices;
}

/** FNV-1a over 32-bit words, bytes at the end of a part one by one: enough to see a torn or rotten file. */
class Checksum {
	value = 0x811c9dc5;

	add(bytes: Uint8Array): void {
		let sum = this.value;
		const { buffer, byteOffset, byteLength } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
		const words = new Uint32Array(buffer, byteOffset, byteLength >>> 2);
		for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ (words[i] as number), 0x01000193);
		for (let i = words.length * 4; i < bytes.length; i++) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193);
		this.value = sum >>> 0;
	}
}
