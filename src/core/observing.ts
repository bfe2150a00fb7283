import type { AnswerSummary, AskPart } from './domain/answer.ts';
import type { Observation } from './domain/observation.ts';
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
