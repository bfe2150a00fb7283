import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBundledEmbeddingModel } from '#core/models/local/bundledEmbeddingModel';
import type { Ports } from '#core/ports';

/** Texts embedded between two writes of the cache. */
const BATCH = 64;

/**
 * The bundled model's vectors of texts, as the product embeds a question. Kept in a file of the temp folder, keyed by a hash of the text,
 * because a run embeds thousands.
 */
export async function promptVectors(texts: readonly string[], ports: Ports): Promise<Float32Array[]> {
	const model = await openBundledEmbeddingModel(ports.bundledModel, 'auto');
	const cache = new VectorCache(join(tmpdir(), `hybrid-bench-prompts-${model.id}.bin`), model.dimension);
	const missing = [...new Set(texts)].filter((text) => !cache.get(text));
	for (let start = 0; start < missing.length; start += BATCH) {
		const batch = missing.slice(start, start + BATCH);
		cache.add(batch, await model.embed(batch, { purpose: 'query' }));
		process.stderr.write(`\rvectors of ${Math.min(start + BATCH, missing.length)} of ${missing.length} prompts   `);
	}
	if (missing.length > 0) process.stderr.write('\n');
	await model.close();
	return texts.map((text) => cache.get(text) ?? new Float32Array(model.dimension));
}

/** A file of records: 16 bytes of hash, then the vector. A record that was cut off is left out. */
class VectorCache {
	readonly #path: string;
	readonly #vectors = new Map<string, Float32Array>();

	constructor(path: string, dimension: number) {
		this.#path = path;
		const record = 16 + 4 * dimension;
		const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
		for (let at = 0; at + record <= bytes.length; at += record) {
			const vector = new Float32Array(new Uint8Array(bytes.subarray(at + 16, at + record)).buffer);
			this.#vectors.set(bytes.toString('hex', at, at + 16), vector);
		}
		if (bytes.length % record !== 0) writeFileSync(path, bytes.subarray(0, bytes.length - (bytes.length % record)));
	}

	get(text: string): Float32Array | undefined {
		return this.#vectors.get(keyOf(text).toString('hex'));
	}

	add(texts: readonly string[], vectors: readonly Float32Array[]): void {
		const parts: Buffer[] = [];
		for (const [index, text] of texts.entries()) {
			const vector = vectors[index];
			if (!vector) continue;
			this.#vectors.set(keyOf(text).toString('hex'), vector);
			parts.push(keyOf(text), Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength));
		}
		writeFileSync(this.#path, Buffer.concat(parts), { flag: 'a' });
	}
}

const keyOf = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16);
