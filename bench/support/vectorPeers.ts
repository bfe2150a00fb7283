import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPeer, timesOf } from './peers.ts';

/** Neighbours that every engine is asked for. */
const LIMIT = 100;

interface Corpus {
	readonly dimension: number;
	/** Rows one after the other, of unit length. */
	readonly vectors: Float32Array<ArrayBuffer>;
}

/** All vectors of an index database, as floats of unit length. */
export function readVectors(path: string, dimension: number): Corpus {
	const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
	const database = new DatabaseSync(path, { readOnly: true });
	const count = Number(database.prepare('SELECT count(*) AS n FROM vectors').get()?.n);
	const vectors = new Float32Array(count * dimension);
	let at = 0;
	for (const { data } of database.prepare('SELECT data FROM vectors ORDER BY row').iterate()) {
		const values = new Int8Array((data as Uint8Array).slice().buffer);
		const length = Math.hypot(...values) || 1;
		for (let i = 0; i < dimension; i++) vectors[at + i] = (values[i] ?? 0) / length;
		at += dimension;
	}
	database.close();
	return { dimension, vectors };
}

/** USearch's exact search over the same vectors, as floats and as int8, on one thread. */
export async function usearchExact({ dimension, vectors }: Corpus, queries: readonly Float32Array[]) {
	const open = openPeer('usearch');
	if (typeof open !== 'function') return open;
	try {
		const { exactSearch, MetricKind } = open('usearch');
		const small = Int8Array.from(vectors, (value) => Math.round(Math.max(-1, Math.min(1, value * 5)) * 127));
		const smallQueries = queries.map((query) => Int8Array.from(query, (value) => Math.round(Math.max(-1, Math.min(1, value * 5)) * 127)));
		return {
			float: await timesOf(queries, (query) => exactSearch(vectors, query, dimension, LIMIT, MetricKind.Cos, 1)),
			int8: await timesOf(smallQueries, (query) => exactSearch(small, query, dimension, LIMIT, MetricKind.Cos, 1)),
		};
	} catch (error) {
		return { missing: `usearch does not run here: ${String(error)}` };
	}
}

/** LanceDB without an index over the same vectors: it scans them all, on as many threads as it likes. */
export async function lanceFlat({ dimension, vectors }: Corpus, queries: readonly Float32Array[]) {
	const open = openPeer('lancedb');
	if (typeof open !== 'function') return open;
	const folder = mkdtempSync(join(tmpdir(), 'hybrid-bench-lance-'));
	try {
		const lance = open('@lancedb/lancedb');
		const { Field, FixedSizeList, Float32, Int32, makeData, makeVector, Table } = open('apache-arrow');
		const count = vectors.length / dimension;
		const type = new FixedSizeList(dimension, new Field('item', new Float32(), true));
		const child = makeData({ type: new Float32(), length: vectors.length, data: vectors });
		const table = new Table({
			id: makeVector(makeData({ type: new Int32(), length: count, data: Int32Array.from({ length: count }, (_, index) => index) })),
			vector: makeVector(makeData({ type, length: count, nullCount: 0, child })),
		});
		const database = await lance.connect(folder);
		const chunks = await database.createTable('chunks', table);
		return await timesOf(queries, (query) => chunks.vectorSearch(query).distanceType('cosine').limit(LIMIT).select(['id']).toArray());
	} catch (error) {
		return { missing: `LanceDB does not run here: ${String(error)}` };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
