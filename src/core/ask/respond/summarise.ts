import type { AnswerMoney, AnswerNotice, AnswerSummary, AugmentedQuestion } from '#core/domain/answer';
import type { AskQuery } from '#core/domain/requests';
import type { RouteDecision } from '#core/domain/route';
import type { LedgerRow } from '#core/metrics/ledger';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { Response } from './respond.ts';

/** What is known by the end; empty where the question was cancelled before there was anything. */
export interface SummaryParts {
	readonly response?: Response;
	readonly question?: AugmentedQuestion;
	readonly embedding?: EmbeddingModel | null;
	readonly decision?: RouteDecision | null;
	readonly rows?: readonly LedgerRow[];
	readonly searchMs?: number;
	readonly isLocalOnly?: boolean;
	readonly notices?: readonly AnswerNotice[];
}

/** The closing line of an answer, as data. */
export function summarise({ interactionId }: AskQuery, parts: SummaryParts, totalMs: number): AnswerSummary {
	const { response, question, embedding, decision = null, rows = [], searchMs = totalMs, isLocalOnly = false, notices = [] } = parts;
	const model = response?.model ?? null;
	const code = question?.code ?? [];
	return {
		interactionId,
		sentTo: [...new Set([...(embedding?.isRemote ? [embedding.label] : []), ...(response?.sentTo ?? [])])],
		isLocalOnly,
		model: model && { id: model.id, label: model.label, destination: model.destination, isRemote: model.isRemote },
		usage: response?.usage ?? null,
		context: { chunks: code.length, files: new Set(code.map(({ filePath }) => filePath)).size, tokens: question?.promptTokens ?? 0 },
		timings: { searchMs, firstTokenMs: response?.firstTokenMs ?? null, totalMs },
		route: decision,
		money: moneyOf(rows),
		notices: [...notices, ...(response?.notices ?? [])],
		endReason: response?.endReason ?? 'cancelled',
		text: response?.text ?? '',
	};
}

function moneyOf(rows: readonly LedgerRow[]): AnswerMoney {
	const isKnown = rows.every(({ costUsd }) => costUsd !== null);
	const answer = rows.findLast(({ purpose, result, isRemote, isCacheHit }) => purpose === 'answer' && result === 'ok' && (!isRemote || isCacheHit));
	const { counterfactualModelId: modelId, counterfactualUsd: usd, counterfactualPriceAsOf: priceAsOf } = answer ?? {};
	return {
		costUsd: isKnown ? rows.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0) : null,
		isEstimate: rows.some(({ isEstimate }) => isEstimate),
		elsewhere: modelId != null && usd != null && priceAsOf != null ? { modelId, usd, priceAsOf } : null,
	};
}
