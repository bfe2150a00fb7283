import type { RouteDecision, RouteExperience, RouteFeatures, WorkKind } from '#core/domain/route';
import type { RouterStateStore, StoredRoute } from '../routerStateStore.ts';
import type { SqliteDatabase, SqliteRow, SqliteValue } from '../sqlite.ts';

/** Decisions kept for explanations and late outcomes, and outcomes kept at all: the newest. */
const MOST_ROUTES = 5_000;
const MOST_OUTCOMES = 100_000;
/** Between two looks whether there are too many. */
const SWEEP_EVERY = 500;

/** The router's state in the same database as the learned collections. Vectors are kept as int8: a unit vector loses less than it matters. */
export class EmbeddedRouterStateStore implements RouterStateStore {
	readonly #database: SqliteDatabase;
	#writes = 0;

	constructor(database: SqliteDatabase) {
		this.#database = database;
	}

	saveRoute({ interactionId, timeMs, features, priors, decision }: StoredRoute): void {
		this.#database
			.prepare('INSERT OR REPLACE INTO routes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
			.run(interactionId, timeMs, ...featureColumns(features), JSON.stringify(priors), JSON.stringify(decision));
		this.#sweep();
	}

	route(interactionId: string): StoredRoute | null {
		const row = this.#database.prepare('SELECT * FROM routes WHERE interaction_id = ?').get(interactionId);
		if (!row) return null;
		const decision = JSON.parse(String(row.decision)) as RouteDecision;
		return { interactionId, timeMs: Number(row.time_ms), features: featuresOf(row), priors: JSON.parse(String(row.priors)) as Record<string, number>, decision };
	}

	append({ interactionId, modelId, timeMs, success, weight, prior, features }: RouteExperience): void {
		const columns = 'interaction_id, model_id, time_ms, success, weight, prior, work_kind, difficulty, plain, vector_model, vector';
		this.#database
			.prepare(`INSERT INTO route_outcomes (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
			.run(interactionId, modelId, timeMs, success, weight, prior, ...featureColumns(features));
		this.#sweep();
	}

	read(after: number, limit: number): { readonly generation: number; readonly last: number; readonly experiences: readonly RouteExperience[] } {
		const generation = Number(this.#database.prepare('SELECT generation FROM route_generation').get()?.generation ?? 0);
		const rows = this.#database.prepare('SELECT * FROM route_outcomes WHERE seq > ? ORDER BY seq DESC LIMIT ?').all(after, limit).reverse();
		return { generation, last: Number(rows.at(-1)?.seq ?? after), experiences: rows.map(experienceOf) };
	}

	clear(): void {
		this.#database.transaction(() => {
			this.#database.exec('DELETE FROM routes');
			this.#database.exec('DELETE FROM route_outcomes');
			this.#database.exec('UPDATE route_generation SET generation = generation + 1');
		});
	}

	forget(interactionIds: readonly string[]): void {
		this.#database.transaction(() => {
			let removed = 0;
			for (const table of ['routes', 'route_outcomes']) {
				const remove = this.#database.prepare(`DELETE FROM ${table} WHERE interaction_id = ?`);
				for (const id of interactionIds) removed += remove.run(id).changes;
			}
			if (removed > 0) this.#database.exec('UPDATE route_generation SET generation = generation + 1');
		});
	}

	#sweep(): void {
		this.#writes++;
		if (this.#writes % SWEEP_EVERY !== 0) return;
		this.#database.prepare('DELETE FROM routes WHERE time_ms < (SELECT time_ms FROM routes ORDER BY time_ms DESC LIMIT 1 OFFSET ?)').run(MOST_ROUTES);
		this.#database.prepare('DELETE FROM route_outcomes WHERE seq <= (SELECT max(seq) FROM route_outcomes) - ?').run(MOST_OUTCOMES);
	}
}

/** work_kind, difficulty, plain, vector_model, vector. */
function featureColumns({ workKind, difficulty, plain, vector }: RouteFeatures): SqliteValue[] {
	const bytes = (values: Float32Array) => new Uint8Array(Int8Array.from(values, (value) => Math.round(Math.min(1, Math.max(-1, value)) * 127)).buffer);
	return [workKind, difficulty, bytes(plain), vector?.modelId ?? null, vector ? scaled(vector.values) : null];
}

function featuresOf(row: SqliteRow): RouteFeatures {
	const plain = Float32Array.from(int8(row.plain), (value) => value / 127);
	const vector = row.vector_model === null ? null : { modelId: String(row.vector_model), values: unitOf(int8(row.vector)) };
	return { workKind: String(row.work_kind) as WorkKind, difficulty: Number(row.difficulty), plain, vector };
}

function experienceOf(row: SqliteRow): RouteExperience {
	return {
		interactionId: String(row.interaction_id),
		modelId: String(row.model_id),
		timeMs: Number(row.time_ms),
		success: Number(row.success),
		weight: Number(row.weight),
		prior: Number(row.prior),
		features: featuresOf(row),
	};
}

const int8 = (value: SqliteValue | undefined) => (value instanceof Uint8Array ? new Int8Array(value.buffer, value.byteOffset, value.byteLength) : new Int8Array(0));

/** The direction of a vector: its largest component becomes 127. */
function scaled(values: Float32Array): Uint8Array {
	const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
	return new Uint8Array(Int8Array.from(values, (value) => Math.round((value / largest) * 127)).buffer);
}

function unitOf(bytes: Int8Array): Float32Array {
	const values = new Float32Array(bytes);
	let squares = 0;
	for (const value of bytes) squares += value * value;
	const scale = 1 / (Math.sqrt(squares) || 1);
	for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * scale;
	return values;
}
