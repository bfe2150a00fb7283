import * as vscode from 'vscode';
import type { TeamMember, TeamOutcomes, TeamReport, TeamState } from '#protocol/messages';
import { escapeMarkdown } from '../markdown.ts';
import { effectText, pricesLine, table, unknownLine } from './costsDocument.ts';
import { formatCount, formatShare, formatUsd } from './format.ts';
import { termLabel } from './savingsWords.ts';

/** Characters of a random id that are enough to tell users apart. */
const ID_LENGTH = 8;

/** Figures of a team as a document, with the formula behind the savings, and whether one's own arrive. */
export function teamDocument(report: TeamReport, state: TeamState): string {
	const { t } = vscode.l10n;
	const { savings, members, models, weeks, sinceMs, retentionDays } = report;
	const since = sinceMs === null ? t('Everything that is kept: {0} days.', retentionDays) : t('Since {0}.', new Date(sinceMs).toLocaleDateString());
	const lines = [
		`# ${t('Team Report')}`,
		`${t('Database: {0}.', escapeMarkdown(report.database))} ${since} ${t('Figures only: no text of questions, answers or code is there.')}`,
		ownLine(
			state,
			members.some(({ isOwn, isNamed }) => isOwn && isNamed),
		),
		`## ${t('Savings')}`,
		savings.localShare === null
			? t('Nothing was answered yet.')
			: t(
					'Answered: {0}, of these without a remote model: {1} ({2}).',
					formatCount(savings.answered),
					formatCount(savings.answeredLocally),
					formatShare(savings.localShare),
				),
		table(
			['', t('US dollars')],
			[...savings.terms.map(({ code, usd }) => [termLabel(code, t), formatUsd(usd)]), [`**${t('Saved')}**`, `**${formatUsd(savings.savedUsd)}**`]],
		),
		pricesLine(savings),
		unknownLine(savings),
		`### ${t('What the code of the workspace does to the tokens')}`,
		effectText(report.effect),
		`## ${t('By user')}`,
		members.length === 0
			? t('No figures arrived yet.')
			: table(
					[t('User'), t('Calls'), t('Cost'), t('Answered'), t('Locally'), t('Saved'), t('Outcomes'), t('Successful'), t('Signals')],
					members.map((member) => [
						nameOf(member),
						formatCount(member.calls),
						costOf(member),
						formatCount(member.savings.answered),
						member.savings.localShare === null ? '–' : formatShare(member.savings.localShare),
						formatUsd(member.savings.savedUsd),
						formatCount(member.outcomes.heard),
						successOf(member.outcomes),
						formatCount(member.signals),
					]),
				),
		`## ${t('By model')}`,
		models.length === 0
			? ''
			: table(
					[t('Model'), t('Where'), t('Users'), t('Calls'), t('Failed'), t('Tokens in'), t('Tokens out'), t('Cost'), t('Outcomes'), t('Successful')],
					models.map((model) => [
						inCell(model.modelLabel),
						model.isRemote ? t('remote') : t('local'),
						formatCount(model.users),
						formatCount(model.calls),
						formatCount(model.failed),
						formatCount(model.inputTokens),
						formatCount(model.outputTokens),
						costOf(model),
						formatCount(model.outcomes.heard),
						successOf(model.outcomes),
					]),
				),
		`## ${t('Learning by week')}`,
		t('Outcomes are answers of which something was heard; successful is their share that helped.'),
		weeks.length === 0
			? ''
			: table(
					[t('Week from'), t('Answered'), t('Locally'), t('Outcomes'), t('Successful')],
					weeks.map(({ startMs, answered, answeredLocally, outcomes }) => [
						new Date(startMs).toISOString().slice(0, 10),
						formatCount(answered),
						answered === 0 ? '–' : formatShare(answeredLocally / answered),
						formatCount(outcomes.heard),
						successOf(outcomes),
					]),
				),
	];
	return `${lines.filter((line) => line !== '').join('\n\n')}\n`;
}

function ownLine({ userId, waiting, refused, problem }: TeamState, isNamed: boolean): string {
	const { t } = vscode.l10n;
	return [
		...(userId === null || isNamed ? [] : [t('Your random name is {0}.', userId.slice(0, ID_LENGTH))]),
		...(waiting > 0 ? [t('Rows of yours that wait to be sent: {0}.', waiting)] : []),
		...(problem === null ? [] : [t('The last attempt to send failed: {0}.', problem)]),
		...(refused > 0 ? [t('Rows that the database turned down: {0}.', refused)] : []),
	].join(' ');
}

/** What others wrote, in a cell of a table. */
function inCell(text: string): string {
	return escapeMarkdown(text.replace(/\s+/g, ' '));
}

function nameOf({ name, isNamed, isOwn }: TeamMember): string {
	const { t } = vscode.l10n;
	const shown = inCell(isNamed ? name : name.slice(0, ID_LENGTH));
	return isOwn ? t('{0} (you)', shown) : shown;
}

function costOf({ costUsd, unknownCostCalls }: Pick<TeamMember, 'costUsd' | 'unknownCostCalls'>): string {
	return unknownCostCalls === 0 ? formatUsd(costUsd) : vscode.l10n.t('{0}; calls of unknown price: {1}', formatUsd(costUsd), unknownCostCalls);
}

function successOf({ heard, success }: TeamOutcomes): string {
	return heard === 0 ? '–' : formatShare(success / heard);
}
