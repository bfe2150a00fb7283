import type { AnswerSummary, AugmentedQuestion } from '#core/domain/answer';
import type { QuestionFigures } from '#core/domain/questionRow';
import type { FoundCode } from '../search/searchCode.ts';

/** What the ledger keeps of how a question went. */
export function questionFigures({ timings, route }: AnswerSummary, { code, knowledge }: AugmentedQuestion, found: Pick<FoundCode, 'timings'>): QuestionFigures {
	const relevances = [...code, ...knowledge].map(({ relevance }) => relevance);
	return {
		totalMs: timings.totalMs,
		searchMs: timings.searchMs,
		storeMs: found.timings.storeMs,
		relevance: relevances.length === 0 ? null : Math.max(...relevances),
		// Before a model has a record, the number that it is chosen by is no prediction.
		confidence: route?.alternatives.find(({ modelId }) => modelId === route.modelId)?.isKnown ? route.confidence : null,
		contexts: code.reduce((total, { ids }) => total + ids.length, knowledge.length),
	};
}
