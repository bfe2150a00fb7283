import type { QuestionAnswer } from '#core/domain/questionRow';
import type { LedgerRow } from './ledger.ts';

/**
 * What the calls of one question come to: its part of `localSavings` and of `augmentationEffect`, so that sums over questions are what these give
 * for all calls. The rows of one interaction, in the order of recording; null where none of them answers or compresses.
 */
export function foldQuestion(rows: readonly LedgerRow[], isRetried: boolean): QuestionAnswer | null {
	const calls = rows.filter(({ purpose }) => purpose === 'answer' || purpose === 'compression');
	const answers = calls.filter(({ purpose }) => purpose === 'answer');
	const good = answers.filter(({ result }) => result === 'ok');
	const [first] = [...calls].sort((a, b) => a.timeMs - b.timeMs);
	if (!first) return null;
	const final = isRetried ? undefined : newest(good);
	const shown = final ?? newest(answers) ?? newest(calls) ?? first;
	const isHere = final !== undefined && (!final.isRemote || final.isCacheHit);
	const tries = answers.filter((row) => !row.isRemote && row !== final);
	const compressions = calls.filter(({ purpose }) => purpose === 'compression');
	const own = isHere ? [final] : [];
	return {
		interactionId: first.interactionId,
		timeMs: first.timeMs,
		workspaceId: first.workspaceId,
		modelId: shown.modelId,
		modelLabel: shown.modelLabel,
		answeredBy: !final ? 'nobody' : final.isCacheHit ? 'stored' : final.isRemote ? 'remote' : 'local',
		isRetried,
		isControl: calls.some(({ isControl }) => isControl),
		isMeasured: good.length > 0 && !calls.some(({ isCacheHit }) => isCacheHit),
		tokens: calls.reduce((total, { inputTokens, outputTokens }) => total + inputTokens + outputTokens, 0),
		elsewhereUsd: isHere ? (final.counterfactualUsd ?? 0) : 0,
		answerUsd: costOf(own),
		triesUsd: costOf(tries),
		compressionUsd: costOf(compressions),
		isElsewhereUnknown: isHere && final.counterfactualUsd === null,
		unknownCosts: [...own, ...tries, ...compressions].filter(({ costUsd }) => costUsd === null).length,
		referenceModelId: isHere && final.counterfactualUsd !== null ? final.counterfactualModelId : null,
		referencePriceAsOf: isHere && final.counterfactualUsd !== null ? final.counterfactualPriceAsOf : null,
	};
}

function newest(rows: readonly LedgerRow[]): LedgerRow | undefined {
	return rows.reduce<LedgerRow | undefined>((last, row) => (last && last.timeMs > row.timeMs ? last : row), undefined);
}

/** The known costs, in whole nano-dollars. */
function costOf(rows: readonly LedgerRow[]): number {
	return rows.reduce((total, { costUsd }) => total + Math.round((costUsd ?? 0) * 1e9), 0) / 1e9;
}
