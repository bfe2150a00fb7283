import { CoordinatorError } from '#core/base/errors';
import type { LatencySamples } from '#core/domain/dashboard';
import type { QuestionFigures, QuestionOutcome, QuestionRow } from '#core/domain/questionRow';
import type { SqliteDatabase, SqliteRow } from '#core/store/sqlite';
import { CALL_COLUMN_NAMES, fromRow } from '../callColumns.ts';
import { conditionsOf } from '../conditions.ts';
import { foldQuestion } from '../foldQuestion.ts';
import type { LedgerRow } from '../ledger.ts';
import type { LedgerRange, QuestionFilter, QuestionLedger, QuestionPage, SumsFilter } from '../questionLedger.ts';
import { whereOf } from './conditions.ts';
import { INSERT_QUESTION, QUESTION_COLUMNS, questionColumn, questionValues, toQuestionRow } from './questionColumns.ts';
import { sumSlots } from './slotSums.ts';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

const NO_FIGURES: QuestionFigures = { totalMs: null, searchMs: null, storeMs: null, relevance: null, confidence: null, contexts: 0 };
const NO_OUTCOME: QuestionOutcome = {
	outcome: null,
	success: null,
	userFeedback: 0,
	valueScore: 0,
	isHighValue: false,
	contextsUsed: 0,
	contextsReused: 0,
};

/** Questions beside the calls, in the same database; the ledger tells it which changed. Its triggers keep the sums. */
export class SqliteQuestions implements QuestionLedger {
	readonly #database: SqliteDatabase;

	constructor(database: SqliteDatabase) {
		this.#database = database;
	}

	/** Makes the rows of these questions anew from their calls, keeping what else is known. Within the transaction that changed the calls. */
	refresh(interactionIds: Iterable<string>): void {
		const retry = this.#database.prepare('SELECT 1 AS found FROM calls WHERE retry_of = ? LIMIT 1');
		for (const id of interactionIds) {
			const answer = foldQuestion(this.#callsOf(id), retry.get(id) !== undefined);
			if (answer) this.#put({ ...NO_FIGURES, ...NO_OUTCOME, ...this.#find(id), ...answer });
		}
	}

	/** Within the transaction in which calls older than this went: their questions go too, unless calls of theirs remain to make a question of. */
	forget(beforeMs: number): void {
		const old = this.#database.prepare('SELECT interaction_id FROM questions WHERE time_ms < ?').all(beforeMs);
		for (const id of old.map(({ interaction_id }) => String(interaction_id))) {
			if (foldQuestion(this.#callsOf(id), false)) this.refresh([id]);
			else this.#remove(id);
		}
	}

	async recordFigures(
		{ interactionId, timeMs, workspaceId }: { interactionId: string; timeMs: number; workspaceId: string | null },
		figures: QuestionFigures,
	): Promise<void> {
		this.#database.transaction(() => this.#put({ ...unanswered(interactionId, timeMs, workspaceId), ...NO_OUTCOME, ...this.#find(interactionId), ...figures }));
	}

	async recordOutcome(interactionId: string, outcome: QuestionOutcome): Promise<void> {
		this.#database.transaction(() => {
			const known = this.#find(interactionId);
			if (known) this.#put({ ...known, ...outcome });
		});
	}

	async questions(
		options: { readonly range?: LedgerRange; readonly filter?: QuestionFilter; readonly limit?: number; readonly after?: string } = {},
	): Promise<QuestionPage> {
		const limit = Math.max(1, Math.min(MAX_PAGE, options.limit ?? DEFAULT_PAGE));
		const conditions = conditionsOf(options.range ?? {}, options.filter ?? {}, questionColumn, 'IS');
		if (options.after !== undefined) {
			const [, timeMs, id] = /^(\d+):(.+)$/s.exec(options.after) ?? [];
			if (timeMs === undefined || id === undefined) throw new CoordinatorError('invalid-argument', 'This is not the next page of questions.');
			conditions.push({ term: '(time_ms, interaction_id) < (?, ?)', values: [Number(timeMs), id] });
		}
		const { where, values } = whereOf(conditions);
		const found = this.#database
			.prepare(`SELECT ${QUESTION_COLUMNS} FROM questions ${where} ORDER BY time_ms DESC, interaction_id DESC LIMIT ?`)
			.all(...values, limit + 1);
		const page = found.slice(0, limit);
		const last = page.at(-1);
		return { rows: page.map(toQuestionRow), next: found.length > limit && last ? `${last.time_ms}:${last.interaction_id}` : null };
	}

	async sums(bounds: readonly number[], filter: SumsFilter = {}) {
		return this.#database.transaction(() => sumSlots(this.#database, bounds, filter));
	}

	async samples(range: LedgerRange, filter: SumsFilter, limit: number): Promise<LatencySamples> {
		const newest = (table: string, columns: string, more: readonly string[]): SqliteRow[] => {
			const { where, values } = whereOf([...conditionsOf(range, filter, questionColumn, 'IS'), ...more.map((term) => ({ term, values: [] }))]);
			return this.#database.prepare(`SELECT ${columns} FROM ${table} ${where} ORDER BY time_ms DESC LIMIT ?`).all(...values, limit);
		};
		const calls = newest('calls', 'is_remote, first_token_ms, total_ms', ["result = 'ok'", 'is_cache_hit = 0', "purpose = 'answer'"]);
		const asked = newest('questions', 'total_us, search_us, store_us', ['total_us IS NOT NULL']);
		const judged = newest('questions', 'confidence_ppm, success_ppm', ['confidence_ppm IS NOT NULL', 'success_ppm IS NOT NULL']);
		const numbers = (rows: readonly SqliteRow[], column: string, units = 1) => rows.flatMap((row) => (typeof row[column] === 'number' ? [row[column] / units] : []));
		const local = calls.filter(({ is_remote }) => is_remote === 0);
		return {
			localMs: numbers(local, 'total_ms'),
			remoteMs: numbers(
				calls.filter(({ is_remote }) => is_remote === 1),
				'total_ms',
			),
			firstTokenMs: numbers(local, 'first_token_ms'),
			totalMs: numbers(asked, 'total_us', 1e3),
			searchMs: numbers(asked, 'search_us', 1e3),
			storeMs: numbers(asked, 'store_us', 1e3),
			judged: judged.map(({ confidence_ppm, success_ppm }) => ({ confidence: Number(confidence_ppm) / 1e6, success: Number(success_ppm) / 1e6 })),
		};
	}

	async choices() {
		return this.#database.transaction(() => {
			const workspaceIds = this.#distinct('questions', 'workspace_id');
			const modelIds = this.#distinct('calls', 'model_id');
			const newest = this.#database.prepare('SELECT model_label, is_remote FROM calls WHERE model_id = ? ORDER BY time_ms DESC, row DESC LIMIT 1');
			const since = this.#database
				.prepare('SELECT min(first) AS since FROM (SELECT min(time_ms) AS first FROM calls UNION ALL SELECT min(time_ms) FROM questions)')
				.get()?.since;
			return {
				workspaceIds,
				models: modelIds.map((modelId) => {
					const last = newest.get(modelId);
					return { modelId, modelLabel: String(last?.model_label ?? modelId), isRemote: last?.is_remote === 1 };
				}),
				sinceMs: typeof since === 'number' ? since : null,
			};
		});
	}

	#callsOf(interactionId: string): LedgerRow[] {
		return this.#database
			.prepare(`SELECT ${CALL_COLUMN_NAMES.join(', ')} FROM calls WHERE interaction_id = ? ORDER BY row`)
			.all(interactionId)
			.map(fromRow);
	}

	/** The values of a column that an index begins with, by a step of the index each, however many rows there are. */
	#distinct(table: string, column: string): string[] {
		return this.#database
			.prepare(
				`WITH RECURSIVE found(value) AS (SELECT min(${column}) FROM ${table}
				UNION ALL SELECT (SELECT min(${column}) FROM ${table} WHERE ${column} > value) FROM found WHERE value IS NOT NULL)
				SELECT value FROM found WHERE value IS NOT NULL`,
			)
			.all()
			.map(({ value }) => String(value));
	}

	#find(interactionId: string): QuestionRow | undefined {
		const row = this.#database.prepare(`SELECT ${QUESTION_COLUMNS} FROM questions WHERE interaction_id = ?`).get(interactionId);
		return row && toQuestionRow(row);
	}

	/** Removed and inserted, since that is what the triggers of the sums hear. */
	#put(row: QuestionRow): void {
		const values = questionValues(row);
		this.#remove(row.interactionId);
		this.#database.prepare(INSERT_QUESTION).run(...values);
	}

	#remove(interactionId: string): void {
		this.#database.prepare('DELETE FROM questions WHERE interaction_id = ?').run(interactionId);
	}
}

/** A question that no model was called for. */
function unanswered(interactionId: string, timeMs: number, workspaceId: string | null): QuestionRow {
	return {
		interactionId,
		timeMs,
		workspaceId,
		modelId: null,
		modelLabel: null,
		answeredBy: 'nobody',
		isRetried: false,
		isControl: false,
		isMeasured: false,
		tokens: 0,
		elsewhereUsd: 0,
		answerUsd: 0,
		triesUsd: 0,
		compressionUsd: 0,
		isElsewhereUnknown: false,
		unknownCosts: 0,
		referenceModelId: null,
		referencePriceAsOf: null,
		...NO_FIGURES,
		...NO_OUTCOME,
	};
}
