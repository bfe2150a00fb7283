import type { AnswerSummary, AskPart } from './domain/answer.ts';
import type { Observation } from './domain/observation.ts';
import type { QuestionOutcome } from './domain/questionRow.ts';
import type { SettledInteraction } from './learn/learningLoop.ts';
import type { LedgerRow } from './metrics/ledger.ts';

/** Watches the parts of an answer go by, and says at its end what is worth counting. */
export function observeAnswer(onPart: (part: AskPart) => void): { readonly onPart: (part: AskPart) => void; readonly end: (summary: AnswerSummary) => Observation } {
	let relevances: readonly number[] = [];
	return {
		onPart(part) {
			if (part.type === 'references') relevances = part.hits.map(({ relevance }) => relevance);
			onPart(part);
		},
		end: ({ model, route, endReason, notices, timings, context }) => ({
			kind: 'answer',
			target: model === null ? 'none' : route?.target === 'hybrid' ? 'hybrid' : model.isRemote ? 'remote' : 'local',
			endReason,
			isCacheHit: notices.some(({ code }) => code === 'from-cache'),
			totalMs: timings.totalMs,
			contextTokens: context.tokens,
			relevances,
			confidence: route !== null && route.modelId !== null ? route.confidence : null,
		}),
	};
}

/** A row of the ledger without what tells whose and which it was. */
export function observeCall(row: LedgerRow): Observation {
	const { purpose, isRemote, result, isCacheHit, inputTokens, outputTokens, costUsd, counterfactualUsd, firstTokenMs, totalMs } = row;
	return { kind: 'call', purpose, isRemote, result, isCacheHit, inputTokens, outputTokens, costUsd, counterfactualUsd, firstTokenMs, totalMs };
}

/** What the ledger keeps of a settled interaction. High is above the threshold, as the value's formula says. */
export function outcomeOf({ estimate, valueScore, contexts }: SettledInteraction, highValueThreshold: number): QuestionOutcome {
	const { label, probability, userFeedback } = estimate;
	return {
		outcome: label,
		success: label === null ? null : probability,
		userFeedback,
		valueScore,
		isHighValue: valueScore > highValueThreshold,
		contextsUsed: contexts.used,
		contextsReused: contexts.reused,
	};
}
