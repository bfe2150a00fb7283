import type { AugmentedQuestion } from '#core/domain/answer';
import type { Hit, KnowledgeHit } from '#core/domain/hit';
import type { AskQuery } from '#core/domain/requests';
import type { Settings } from '#core/settings';
import { buildPrompt } from './buildPrompt.ts';
import type { ReadAttachments } from './readAttachments.ts';
import { selectContext } from './selectContext.ts';

/** The prompt for a question: what was attached, the best of the hits that fit, and what was learned that bears on it. */
export function augmentQuestion(options: {
	readonly query: AskQuery;
	/** Best first. */
	readonly hits: readonly Hit[];
	readonly attachments: ReadAttachments;
	readonly knowledge: readonly KnowledgeHit[];
	readonly settings: Settings['search'];
	readonly countTokens: (text: string) => number;
}): AugmentedQuestion {
	const { query, attachments, knowledge, settings, countTokens } = options;
	const { texts: attached, withheld } = attachments;
	const taken = countTokens(buildPrompt(query.prompt, attached, [], knowledge));
	const limits = {
		limit: settings.codeLimit,
		threshold: settings.codeThreshold,
		tokens: Math.max(0, settings.contextTokens - (attached.length + knowledge.length > 0 ? taken : 0)),
	};
	// Beside what is to be explained, the same once more would relate to nothing.
	const hits = query.command === 'explain' ? options.hits.filter((hit) => !attachments.holds(hit)) : options.hits;
	const { chosen, omitted } = selectContext(hits, limits, ({ text }) => countTokens(text));
	return assemble({ original_query: query.prompt, attached, code: chosen, knowledge, omitted, withheld }, countTokens);
}

type Parts = Pick<AugmentedQuestion, 'original_query' | 'attached' | 'code' | 'knowledge' | 'omitted' | 'withheld'>;

function assemble(parts: Parts, countTokens: (text: string) => number): AugmentedQuestion {
	const augmented_prompt = buildPrompt(parts.original_query, parts.attached, parts.code, parts.knowledge);
	return {
		...parts,
		augmented_prompt,
		context_ids: [...parts.code.flatMap(({ ids }) => ids), ...parts.knowledge.map(({ id }) => id)],
		promptTokens: countTokens(augmented_prompt),
	};
}

/** The same question with the better half of its code, for a model that it was too long for; null where there is no code to leave out. */
export function shortened(question: AugmentedQuestion, countTokens: (text: string) => number): AugmentedQuestion | null {
	if (question.code.length === 0) return null;
	const kept = question.code.slice(0, Math.floor(question.code.length / 2));
	return assemble({ ...question, code: kept, omitted: [...question.code.slice(kept.length), ...question.omitted] }, countTokens);
}

/** The same question alone, as the control share sends it. What the user attached goes along: it is part of the question. */
export function withoutContext(question: AugmentedQuestion, countTokens: (text: string) => number): AugmentedQuestion {
	return assemble({ ...question, code: [], knowledge: [], omitted: [...question.code, ...question.omitted] }, countTokens);
}
