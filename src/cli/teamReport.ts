import type { LocalSavings } from '#core/domain/spending';
import type { TeamMember, TeamOutcomes, TeamReport, TeamState } from '#core/domain/teamReport';

/** Characters of a random id that are enough to tell users apart. */
const ID_LENGTH = 8;
const TERMS: Readonly<Record<LocalSavings['terms'][number]['code'], string>> = {
	'local-answers': 'tokens of local answers at the price of the remote model',
	'repeated-answers': 'tokens of stored answers at that price',
	'cost-of-answers': 'less what these answers cost',
	'failed-local-tries': 'less what failed local tries cost',
	'compression': 'less what shortening code for remote models cost',
};

/** The figures of a team as text for a terminal: what was saved and against what, then users, models and weeks. */
export function formatTeamReport(report: TeamReport, state: TeamState): string {
	const { savings, effect, members, models, weeks } = report;
	const lines = [
		`Team report of ${report.database}, ${report.sinceMs === null ? `all that is kept (${report.retentionDays} days)` : `since ${day(report.sinceMs)}`}`,
		...(state.waiting > 0 ? [`${state.waiting} rows of this machine are yet to be sent${state.problem === null ? '' : ` (${state.problem})`}.`] : []),
		...(state.refused > 0 ? [`${state.refused} rows of this machine were turned down by the database.`] : []),
		'',
		`Answered: ${savings.answered}, without a remote model: ${savings.answeredLocally}${savings.localShare === null ? '' : ` (${percent(savings.localShare)})`}`,
		...savings.terms.map(({ code, usd }) => `${dollars(usd).padStart(12)}  ${TERMS[code]}`),
		`${dollars(savings.savedUsd).padStart(12)}  saved`,
		...savings.prices.map(({ modelId, asOf, answers }) => `Compared with ${oneLine(modelId ?? 'unknown')}, price of ${asOf ?? 'unknown'}: ${answers} answers`),
		...(savings.unknownAnswers > 0 ? [`Local answers that count as saving nothing, since no remote price was known: ${savings.unknownAnswers}`] : []),
		...(savings.unknownCosts > 0 ? [`Calls of unknown cost, not taken off: ${savings.unknownCosts}`] : []),
		effect.status === 'measured'
			? `With code a question takes ${Math.round(effect.savedTokensPerQuestion)} tokens less (95% interval ${Math.round(effect.interval.low)} to ${Math.round(effect.interval.high)})${effect.isClear ? '' : '; this may be chance'}`
			: `What code does to the tokens is not known yet: ${effect.controls} questions without and ${effect.augmented} with it, ${effect.minimum} of each are needed`,
		'',
		...table(
			['User', 'Calls', 'Failed', 'Cost', 'Answered', 'Locally', 'Saved', 'Outcomes', 'Success', 'Signals'],
			members.map((member) => [
				nameOf(member),
				String(member.calls),
				String(member.failed),
				costOf(member),
				String(member.savings.answered),
				member.savings.localShare === null ? '-' : percent(member.savings.localShare),
				dollars(member.savings.savedUsd),
				String(member.outcomes.heard),
				successOf(member.outcomes),
				String(member.signals),
			]),
		),
		'',
		...table(
			['Model', 'Where', 'Users', 'Calls', 'Failed', 'Tokens in', 'Tokens out', 'Cost', 'Outcomes', 'Success'],
			models.map((model) => [
				oneLine(model.modelLabel),
				model.isRemote ? 'remote' : 'local',
				...[model.users, model.calls, model.failed, model.inputTokens, model.outputTokens].map(String),
				costOf(model),
				String(model.outcomes.heard),
				successOf(model.outcomes),
			]),
		),
		'',
		...table(
			['Week from', 'Answered', 'Locally', 'Outcomes', 'Success'],
			weeks.map(({ startMs, answered, answeredLocally, outcomes }) => [
				day(startMs),
				String(answered),
				answered === 0 ? '-' : percent(answeredLocally / answered),
				String(outcomes.heard),
				successOf(outcomes),
			]),
		),
	];
	return `${lines.join('\n')}\n`;
}

function nameOf({ name, isNamed, isOwn }: TeamMember): string {
	return `${oneLine(isNamed ? name : name.slice(0, ID_LENGTH))}${isOwn ? ' (you)' : ''}`;
}

function costOf({ costUsd, unknownCostCalls }: Pick<TeamMember, 'costUsd' | 'unknownCostCalls'>): string {
	return unknownCostCalls === 0 ? dollars(costUsd) : `${dollars(costUsd)} + ${unknownCostCalls} unknown`;
}

function successOf({ heard, success }: TeamOutcomes): string {
	return heard === 0 ? '-' : percent(success / heard);
}

const dollars = (usd: number) => `$${usd.toFixed(4)}`;
const percent = (share: number) => `${Math.round(100 * share)}%`;
const day = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);
/** What others wrote, without what a terminal would act on. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ');

/** Columns of equal width, the first to the left, the others to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
	if (rows.length === 0) return [];
	const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
	const cell = (text: string, column: number) => (column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0));
	return [head, ...rows].map((row) => row.map(cell).join('  ').trimEnd());
}
