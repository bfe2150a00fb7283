import type { AugmentedQuestion } from '#core/domain/answer';
import type { Hit } from '#core/domain/hit';
import type { LocalOnlyCheck } from '#core/domain/localOnly';
import type { AskQuery } from '#core/domain/requests';
import type { Augment } from './createAugmenter.ts';
import type { LocalOnlyMemory } from './localOnlyMemory.ts';
import type { ReadAttachments } from './readAttachments.ts';
import { type LocalOnlySplit, splitLocalOnly } from './splitLocalOnly.ts';

/** A question as somebody may see it. */
export interface Audience {
	readonly question: AugmentedQuestion;
	readonly query: AskQuery;
}

export interface Audiences {
	/** For models of this machine. */
	readonly local: Audience;
	/** For all others; the same object where nothing is kept back. */
	readonly remote: Audience;
	readonly split: LocalOnlySplit;
}

/** The question as a model of this machine may see it, and as one elsewhere may. What is kept back is remembered, to be known again in later turns. */
export async function audiencesOf(options: {
	readonly query: AskQuery;
	readonly hits: readonly Hit[];
	readonly attachments: ReadAttachments;
	readonly augment: Augment;
	readonly readAttachments: (query: AskQuery) => Promise<ReadAttachments>;
	readonly pathOf: (hit: Hit) => string | null;
	readonly check: LocalOnlyCheck;
	readonly memory: LocalOnlyMemory;
}): Promise<Audiences> {
	const { query, attachments, augment, memory } = options;
	const local: Audience = { query, question: await augment(options.hits, attachments, query, false) };
	const { code, knowledge } = local.question;
	const learned = knowledge.filter(({ isLocalOnly }) => isLocalOnly);
	const split = await splitLocalOnly({ query, hits: code, pathOf: options.pathOf, check: options.check, memory });
	if (split.withheld.length + split.withheldTurns + learned.length === 0) return { local, remote: local, split };
	for (const hit of code) if (!split.remoteHits.includes(hit)) memory.remember(hit.text);
	for (const { text } of learned) memory.remember(text);
	const open = await options.readAttachments(split.remoteQuery);
	const openTexts = new Set(open.texts.map(({ text }) => text));
	for (const { text } of attachments.texts) if (!openTexts.has(text)) memory.remember(text);
	return { local, remote: { query: split.remoteQuery, question: await augment(split.remoteHits, open, split.remoteQuery, true) }, split };
}
