import * as vscode from 'vscode';
import type { DatasetOmission, DatasetReport, KnowledgeDetail, KnowledgeSource, RouterOverview } from '#protocol/messages';
import { workLabel } from '../chat/routeWords.ts';
import { escapeMarkdown } from '../markdown.ts';
import { formatCount, formatShare } from '../status/format.ts';
import { collectionLabel, outcomeLabel, sharedByLabel, statusLabel } from './learnedWords.ts';
import { omissionLabels } from './omissionLabels.ts';

/** Characters of a field below which it has no heading. */
const SHORT = 80;

/** A learned item with everything that is known of it and where it comes from, as markdown. Its texts are data: they are fenced. */
export function learnedDocument({ item, fields, sources, signals, derived }: KnowledgeDetail): string {
	const { t } = vscode.l10n;
	const when = (timeMs: number) => new Date(timeMs).toLocaleString();
	const facts = [
		`${collectionLabel(item.collection)} · ${statusLabel(item.status)}`,
		...(item.owner === null ? [] : [t('{0}, who alone can change it', sharedByLabel(item.owner))]),
		item.scope === 'global' ? t('Shared with all workspaces') : t('Of one workspace'),
		...(item.isPinned ? [t('Pinned: it is not forgotten by itself')] : []),
		...(item.isLocalOnly ? [t('Stays on this machine: it stems from local-only text')] : []),
		...(item.value === null ? [] : [t('Value {0}', formatShare(item.value))]),
		...(item.successRate === null ? [] : [t('Worked in {0} of {1} uses, older ones counting less', formatShare(item.successRate), formatCount(item.timesUsed))]),
		...(item.outcome === null ? [] : [t('Outcome: {0}', outcomeLabel(item.outcome))]),
		t('Last changed {0}', when(item.updatedMs)),
	];
	const parts = [
		`# ${escapeMarkdown(item.title)}`,
		facts.map((fact) => `- ${escapeMarkdown(fact)}`).join('\n'),
		...fields
			.filter((field) => !isShort(field))
			.map(({ name, value, isEditable }) => `## ${escapeMarkdown(isEditable ? t('{0} (can be edited)', nameOf(name)) : nameOf(name))}\n\n${valueText(value)}`),
		fields
			.filter(isShort)
			.map(({ name, value }) => `- ${escapeMarkdown(`${nameOf(name)}: ${value}`)}`)
			.join('\n'),
		`## ${t('Where it comes from')}`,
		sources.length === 0 && signals.length === 0 ? t('Nothing is known of it.') : sources.map(sourceLine).join('\n'),
		...(signals.length > 0 ? [`## ${t('What was heard of it')}`, signals.map(signalLine).join('\n')] : []),
		...(derived.length > 0 ? [`## ${t('What was learned from it')}`, derived.map(({ title }) => `- ${escapeMarkdown(title)}`).join('\n')] : []),
	];
	return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function signalLine({ kind, value, subject, source, timeMs }: KnowledgeDetail['signals'][number]): string {
	// A file is named by its workspace, its path, and nothing.
	const file = kind === 'edited-after' ? [subject?.split('\n')[1] ?? ''] : [];
	const parts = [new Date(timeMs).toLocaleString(), `${kind} ${value > 0 ? '+' : ''}${value}`, ...file, source];
	return `- ${escapeMarkdown(parts.join(' · '))}`;
}

const nameOf = (field: string) => field.replaceAll('_', ' ');

/** Fields that have a line each, and no heading. */
function isShort({ value, isEditable }: KnowledgeDetail['fields'][number]): boolean {
	return !isEditable && typeof value !== 'object' && String(value).length < SHORT && !String(value).includes('\n');
}

function valueText(value: KnowledgeDetail['fields'][number]['value']): string {
	if (typeof value === 'object') return value.map((entry) => fenced(entry)).join('\n\n') || '–';
	return typeof value === 'string' ? fenced(value) : String(value);
}

function fenced(text: string): string {
	if (!text.includes('\n') && text.length < 200) return escapeMarkdown(text) || '–';
	const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
	return `${fence}\n${text}\n${fence}`;
}

function sourceLine({ interactionId, role, query, timeMs, agent, modelId, outcome }: KnowledgeSource): string {
	const { t } = vscode.l10n;
	const how = role === 'learned-from' ? t('learned from') : t('used in');
	const what = query === null ? t('a question that was forgotten ({0})', interactionId) : `“${query.replace(/\s+/g, ' ').slice(0, 200)}”`;
	const more = [
		...(timeMs === null ? [] : [new Date(timeMs).toLocaleString()]),
		...(modelId ? [modelId] : []),
		...(agent ? [agent] : []),
		...(outcome ? [outcomeLabel(outcome)] : []),
	];
	return `- ${escapeMarkdown([`${how} ${what}`, ...more].join(' · '))}`;
}

/** What the router learned, model by model. */
export function routerDocument({ outcomes, records }: RouterOverview): string {
	const { t } = vscode.l10n;
	const head = [t('Model'), t('Kind of work'), t('Outcomes'), t('Success'), t('Presumed before'), t('Last')];
	const cells = (values: readonly string[]) => `| ${values.join(' | ')} |`;
	const rows = records.map(({ modelId, workKind, outcomes: count, success, presumed, lastMs }) =>
		cells([escapeMarkdown(modelId), workLabel(workKind), formatCount(count), formatShare(success), formatShare(presumed), new Date(lastMs).toLocaleDateString()]),
	);
	const table = rows.length === 0 ? [] : [[cells(head), cells(head.map(() => '---')), ...rows].join('\n')];
	return [
		`# ${t('What the router learned')}`,
		t(
			'Outcomes that are remembered: {0}. Each is a set of numbers about a question, never its text. Where there are none, a model is presumed to do as its size suggests.',
			formatCount(outcomes),
		),
		...table,
		'',
	].join('\n\n');
}

/** What training data would be written, what is left out and why, and its first lines. */
export function datasetDocument({ train, validation, preferencePairs, omitted, splitMs, examples }: DatasetReport): string {
	const { t } = vscode.l10n;
	const labels = omissionLabels(t);
	const left = (Object.keys(labels) as DatasetOmission[]).filter((reason) => omitted[reason]);
	return [
		`# ${t('Training data')}`,
		[
			`- ${t('For training: {0} examples', formatCount(train))}`,
			`- ${t('For validation: {0} examples', formatCount(validation))}${splitMs === null ? '' : ` ${t('(all newer than {0})', new Date(splitMs).toLocaleString())}`}`,
			`- ${t('Pairs of a better and a worse answer: {0}', formatCount(preferencePairs))}`,
		].join('\n'),
		`## ${t('Left out')}`,
		left.length === 0 ? t('Nothing.') : left.map((reason) => `- ${escapeMarkdown(`${labels[reason]}: ${formatCount(omitted[reason] ?? 0)}`)}`).join('\n'),
		`## ${t('First lines')}`,
		examples.length === 0 ? t('None.') : examples.map((line) => `\`\`\`\`\`\`json\n${line.slice(0, 2_000)}\n\`\`\`\`\`\``).join('\n\n'),
		'',
	].join('\n\n');
}
