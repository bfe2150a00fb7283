import { hashTerm } from '#core/domain/lexicalVector';
import { extractTerms } from '#core/domain/terms';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { LanguageModel, ModelMessage } from '#core/models/languageModel';
import { EmbeddedEraser } from '#core/store/embedded/embeddedEraser';
import { EmbeddedExtractionStore } from '#core/store/embedded/embeddedExtractionStore';
import { EmbeddedOutcomeStore } from '#core/store/embedded/embeddedOutcomeStore';
import { EmbeddedRankingStore } from '#core/store/embedded/embeddedRankingStore';
import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { KNOWLEDGE_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import type { SqliteDatabase } from '#core/store/sqlite';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from './assets.ts';
import { PLAIN_INFO } from './modelInfo.ts';
import { kernelModule } from './stores.ts';

/** What is learned, in a real database. */
export interface TestKnowledge {
	readonly database: SqliteDatabase;
	readonly store: EmbeddedVectorStore;
	readonly outcomes: EmbeddedOutcomeStore;
	readonly rankings: EmbeddedRankingStore;
	readonly extractions: EmbeddedExtractionStore;
	readonly eraser: EmbeddedEraser;
}

export async function openTestKnowledge(path: string, prefer: 'node:sqlite' | 'sql.js' = 'node:sqlite'): Promise<TestKnowledge> {
	const database = await createSqliteEngine({ assetsPath: assetsPath(), prefer }).open(path);
	migrate(database, KNOWLEDGE_MIGRATIONS, { path, backup: () => undefined });
	return {
		database,
		store: new EmbeddedVectorStore(database, await kernelModule()),
		outcomes: new EmbeddedOutcomeStore(database),
		rankings: new EmbeddedRankingStore(database),
		extractions: new EmbeddedExtractionStore(database),
		eraser: new EmbeddedEraser(database, async () => undefined),
	};
}

/** Whether a text is in any column of any table. */
export function isInDatabase(database: SqliteDatabase, text: string): boolean {
	const tables = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all();
	return tables.some(({ name }) => {
		const columns = database.prepare(`PRAGMA table_info("${name}")`).all();
		return columns.some((column) => database.prepare(`SELECT 1 AS n FROM "${name}" WHERE instr(CAST("${column.name}" AS TEXT), ?) > 0 LIMIT 1`).get(text) !== undefined);
	});
}

const DIMENSION = 64;

/** An embedding that counts words: equal texts are equal, and texts that share most words are near. */
export function wordEmbedding(): EmbeddingModel {
	return {
		id: 'words-64',
		label: 'words',
		dimension: DIMENSION,
		maxTokens: 1_000,
		isRemote: false,
		embed: async (texts) => texts.map(wordVector),
		calibrate: (cosine) => Math.max(0, Math.min(1, cosine)),
		close: async () => undefined,
	};
}

export function wordVector(text: string): Float32Array {
	const vector = new Float32Array(DIMENSION);
	for (const term of extractTerms(text)) vector[hashTerm(term) % DIMENSION] = (vector[hashTerm(term) % DIMENSION] ?? 0) + 1;
	const length = Math.hypot(...vector) || 1;
	return vector.map((component) => component / length);
}

/** What a scripted model does with one request: answers, fails, or waits for its signal (or, being `deaf`, for ever). */
export type Script = string | Error | 'hang' | 'deaf' | 'endless';

export interface ScriptedModel extends LanguageModel {
	readonly asked: (readonly ModelMessage[])[];
}

/** A model that follows its scripts one after the other, the last one for ever. */
export function scriptedModel(scripts: readonly Script[], more: Partial<LanguageModel> = {}): ScriptedModel {
	const asked: (readonly ModelMessage[])[] = [];
	return {
		id: 'ollama:scripted',
		label: 'scripted',
		destination: 'this machine',
		isRemote: false,
		contextTokens: null,
		info: PLAIN_INFO,
		...more,
		asked,
		async *stream(messages, { signal }) {
			const script = scripts[Math.min(asked.length, scripts.length - 1)] ?? '';
			asked.push(messages);
			if (script instanceof Error) throw script;
			if (script === 'deaf') await new Promise(() => undefined);
			if (script === 'hang') {
				await new Promise((_, reject) => {
					const end = () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' }));
					if (signal?.aborted) end();
					signal?.addEventListener('abort', end, { once: true });
				});
			}
			for (let part = 0; script === 'endless'; part++) yield { type: 'delta', text: `nothing ${part} ` };
			yield { type: 'delta', text: script };
			yield { type: 'end', reason: 'stop', usage: { inputTokens: 1, outputTokens: 1, isEstimate: true } };
		},
	};
}
