import type { AugmentedQuestion } from '#core/domain/answer';
import type { AskQuery, ModelDescription } from '#core/domain/requests';
import type { RoutableModel, RouteAlternative, RouteDecision, RouteRequest } from '#core/domain/route';
import type { BudgetState } from '#core/domain/spending';
import type { Settings } from '#core/settings';
import type { ReferenceModel } from '../respond/callRecord.ts';
import { utilityOf } from './utility.ts';

/** What routing asks of the router. */
export interface QuestionRouter {
	decide(request: RouteRequest): RouteDecision | Promise<RouteDecision>;
}

export interface RoutePlan {
	/** Its alternatives stand in order: what promises most for its price and time first, what may not be chosen last. */
	readonly decision: RouteDecision;
	/** True: the model of the user's choice is not there any more. */
	readonly isGone: boolean;
	/** Ids of the models that may answer where the chosen one fails, in order. */
	readonly fallbacks: readonly string[];
	/** What answers are compared with; null where no remote model has a known price. */
	readonly reference: ReferenceModel | null;
}

/** Models that are tried after the chosen one. */
const FALLBACKS = 2;
/** Tokens of an answer whose latency is predicted. */
const USUAL_ANSWER_TOKENS = 400;

/**
 * Which model answers, and who steps in. The user's own choice stands; where it fails or is gone, only models of this machine step
 * in, since nobody chose the others. Models of the editor are the user's choice, or the setting's: they are not configured here.
 */
export async function routeQuestion(options: {
	readonly query: AskQuery;
	readonly question: AugmentedQuestion;
	readonly embedding: { readonly model: string; readonly vector: Float32Array } | null;
	readonly mustStayLocal: boolean;
	readonly models: readonly ModelDescription[];
	readonly budget: Pick<BudgetState, 'remainingUsd' | 'atLimit'>;
	readonly settings: Settings;
	readonly router: QuestionRouter;
	readonly timeMs: number;
}): Promise<RoutePlan> {
	const { query, question, embedding, models, settings } = options;
	const chosenModelId = query.model ?? settings.models.preferred;
	const known = models.filter(({ id, roles }) => !roles.includes('embedding') && (id === chosenModelId || !id.startsWith('host:') || settings.routing.useEditorModels));
	const isGone = chosenModelId !== null && !known.some(({ id }) => id === chosenModelId);
	const { code } = question;
	const decided = await options.router.decide({
		interactionId: query.interactionId,
		timeMs: options.timeMs,
		text: query.prompt,
		vector: embedding && { modelId: embedding.model, values: embedding.vector },
		context: {
			count: code.length,
			tokens: question.promptTokens,
			bestRelevance: Math.max(0, ...code.map(({ relevance }) => relevance)),
			meanRelevance: code.reduce((sum, { relevance }) => sum + relevance, 0) / Math.max(code.length, 1),
		},
		promptTokens: question.promptTokens,
		models: known.map(toRoutable),
		chosenModelId: isGone ? null : chosenModelId,
		isLocalOnly: options.mustStayLocal || isGone,
		isTrusted: settings.isTrusted,
		budget: options.budget,
	});
	const decision = { ...decided, alternatives: byPromise(decided.alternatives, settings.routing) };
	const isChosen = chosenModelId !== null && decision.modelId === chosenModelId;
	const { remainingUsd } = options.budget;
	const isAffordable = ({ isRemote, costUsd }: RouteAlternative) => !isRemote || remainingUsd === null || (costUsd !== null && costUsd <= remainingUsd);
	const fallbacks = decision.alternatives.filter(
		(alternative) => alternative.modelId !== decision.modelId && alternative.excludedBy === null && !(isChosen && alternative.isRemote) && isAffordable(alternative),
	);
	return { decision, isGone, fallbacks: withLocal(fallbacks).map(({ modelId }) => modelId), reference: referenceOf(known, decision) };
}

function byPromise(alternatives: readonly RouteAlternative[], settings: Settings['routing']): readonly RouteAlternative[] {
	const ranked = alternatives.map((alternative) => ({ alternative, utility: utilityOf({ ...alternative, model: alternative }, settings) }));
	ranked.sort((a, b) => Number(a.alternative.excludedBy !== null) - Number(b.alternative.excludedBy !== null) || b.utility - a.utility);
	return ranked.map(({ alternative }) => alternative);
}

function toRoutable({ id, label, isRemote, contextTokens, sizeBillions, roles, price, health }: ModelDescription): RoutableModel {
	const { firstTokenMs, tokensPerSecond } = health;
	return {
		id,
		label,
		isRemote,
		contextTokens,
		sizeBillions,
		roles,
		price,
		isHealthy: health.state !== 'down',
		latencyMs: firstTokenMs === null || !tokensPerSecond ? null : firstTokenMs + (USUAL_ANSWER_TOKENS / tokensPerSecond) * 1_000,
	};
}

/** The first few; where there is one of this machine, one of them is: what stops the others, money or the line, seldom stops it. */
function withLocal(alternatives: readonly RouteAlternative[]): readonly RouteAlternative[] {
	const first = alternatives.slice(0, FALLBACKS);
	const local = alternatives.find(({ isRemote }) => !isRemote);
	return local === undefined || first.includes(local) ? first : [...first.slice(0, FALLBACKS - 1), local];
}

/** The remote model that would have been asked: the best alternative of known price. */
function referenceOf(models: readonly ModelDescription[], { alternatives }: RouteDecision): ReferenceModel | null {
	for (const { modelId, isRemote } of alternatives) {
		const price = isRemote ? models.find(({ id }) => id === modelId)?.price : null;
		if (price) return { id: modelId, price };
	}
	return null;
}
