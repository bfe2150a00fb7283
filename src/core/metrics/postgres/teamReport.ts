import type { TeamMember, TeamOutcomes, TeamReport } from '#core/domain/teamReport';
import { POSTGRES_SCHEMA } from '#core/store/migratePostgres';
import type { PostgresDatabase, PostgresRow } from '#core/store/postgres';
import { toTotals, toUsd } from '../callColumns.ts';
import { effectOf, type TokenSample } from '../controlShare.ts';
import { addSavings, localSavings, savingsOf } from '../savings.ts';
import { REPORT, type ReportPart } from './teamQueries.ts';

const TIMEOUT_MS = 180_000;

/** What the users of a database did since a time, added up there, of one state of it. `ownId` is who asks. */
export async function readTeamReport(database: PostgresDatabase, options: { readonly sinceMs: number | null; readonly ownId: string | null }): Promise<TeamReport> {
	const { sinceMs, ownId } = options;
	return database.transaction(
		async ({ query }) => {
			// Sorting some hundred thousand rows in memory takes a fraction of the time that it takes on disk.
			await query("SET LOCAL work_mem = '64MB'");
			const { rows: parts } = await query(REPORT, [sinceMs ?? 0, ownId ?? '']);
			const found = (part: ReportPart): readonly PostgresRow[] => JSON.parse(String(parts.find((row) => row.part === part)?.found ?? '[]'));
			const by = (rows: readonly PostgresRow[], column: string) => new Map(rows.map((row) => [String(row[column]), row]));
			const [answers, signals] = [by(found('answers'), 'person'), by(found('signals'), 'person')];
			// One model may run here for one user and elsewhere for another.
			const keyOf = ({ model_id, is_remote }: PostgresRow) => `${is_remote} ${model_id}`;
			const modelOutcomes = new Map(found('modelOutcomes').map((row) => [keyOf(row), row]));
			const [prices, samples] = [found('prices'), found('samples')];
			const members = found('members').map((row) => toMember(row, answers.get(String(row.person)), signals.get(String(row.person)), prices));
			const policy = await query(`SELECT retention_days FROM ${POSTGRES_SCHEMA}.policy`);
			return {
				database: database.label,
				sinceMs,
				retentionDays: Number(policy.rows[0]?.retention_days ?? 0),
				savings: members.reduce((total, { savings }) => addSavings(total, savings), localSavings([])),
				effect: effectOf(sampleOf(samples, true), sampleOf(samples, false)),
				members,
				models: found('models').map((row) => ({
					...toTotals(row),
					modelId: String(row.model_id),
					modelLabel: String(row.model_label),
					isRemote: row.is_remote === true,
					users: Number(row.users),
					outcomes: toOutcomes(modelOutcomes.get(keyOf(row))),
				})),
				weeks: found('weeks').map((row) => ({
					startMs: Number(row.start_ms),
					answered: Number(row.answered),
					answeredLocally: Number(row.answered_locally),
					outcomes: toOutcomes(row),
				})),
			};
		},
		{ isReadOnly: true, statementTimeoutMs: TIMEOUT_MS },
	);
}

function toMember(row: PostgresRow, answers: PostgresRow | undefined, signals: PostgresRow | undefined, prices: readonly PostgresRow[]): TeamMember {
	const { calls, failed, inputTokens, outputTokens, costUsd, unknownCostCalls } = toTotals(row);
	const usd = (column: string) => toUsd(row[column]) ?? 0;
	return {
		name: String(row.person),
		isNamed: row.is_named === true,
		isOwn: row.is_own === true,
		calls,
		failed,
		inputTokens,
		outputTokens,
		costUsd,
		unknownCostCalls,
		savings: savingsOf({
			terms: [
				{ code: 'local-answers', usd: usd('local_answers') },
				{ code: 'repeated-answers', usd: usd('repeated_answers') },
				{ code: 'cost-of-answers', usd: 0 - usd('cost_of_answers') },
				{ code: 'failed-local-tries', usd: 0 - usd('failed_local_tries') },
				{ code: 'compression', usd: 0 - usd('compression') },
			],
			unknownAnswers: Number(row.unknown_answers),
			unknownCosts: Number(row.unknown_costs),
			prices: prices
				.filter(({ person }) => person === row.person)
				.map(({ model_id, as_of, answers: count }) => ({
					modelId: model_id === null ? null : String(model_id),
					asOf: as_of === null ? null : String(as_of),
					answers: Number(count),
				})),
			answered: Number(answers?.answered ?? 0),
			answeredLocally: Number(row.answered_locally),
		}),
		outcomes: toOutcomes(answers),
		signals: Number(signals?.signals ?? 0),
		lastMs: Number(row.last_ms),
	};
}

function toOutcomes(row: PostgresRow | undefined): TeamOutcomes {
	const count = (column: string) => Number(row?.[column] ?? 0);
	return { heard: count('heard'), success: count('success'), partial: count('partial'), failure: count('failure') };
}

function sampleOf(rows: readonly PostgresRow[], isControl: boolean): TokenSample {
	const found = rows.find((row) => row.is_control === isControl);
	return { count: Number(found?.count ?? 0), mean: Number(found?.mean ?? 0), error: Number(found?.error ?? 0) };
}
