import { isCancellation, raceAbort } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { AnswerNotice } from '#core/domain/answer';
import type { EndpointDescription } from '#core/domain/modelInfo';
import type { ModelDescription } from '#core/domain/requests';
import type { RouteDecision } from '#core/domain/route';
import type { BudgetState } from '#core/domain/spending';
import type { Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { Audience } from '../augment/audiences.ts';
import { failedLookup, silentServers } from '../respond/notices.ts';
import type { FoundCode } from '../search/searchCode.ts';
import { routeLine } from './routeLine.ts';
import { type QuestionRouter, type RoutePlan, routeQuestion } from './routeQuestion.ts';

export interface RoutePlannerOptions {
	readonly catalogue: {
		describe(): Promise<readonly ModelDescription[]>;
		endpoints(): Promise<readonly EndpointDescription[]>;
	};
	readonly router: QuestionRouter;
	readonly budget: () => Promise<BudgetState>;
	readonly settings: () => Settings;
	readonly ports: Pick<Ports, 'clock' | 'log'>;
}

/** `notices` gets what the user should know of the route. Null where no model is to be asked, or the models cannot be looked up. */
export type RoutePlanner = (
	audience: Audience,
	mustStayLocal: boolean,
	embedding: FoundCode['embedding'],
	notices: AnswerNotice[],
	signal?: AbortSignal,
) => Promise<RoutePlan | null>;

/** Looks up models and money, and has the router decide. A lookup of models that fails costs the model, not the answer: the code found is there already. */
export function createRoutePlanner({ catalogue, router, budget: readBudget, settings, ports }: RoutePlannerOptions): RoutePlanner {
	return async ({ query, question }, mustStayLocal, embedding, notices, signal) => {
		if (query.command === 'search' || query.model === null) return null;
		try {
			const [models, budget] = await raceAbort(Promise.all([catalogue.describe(), readBudget()]), signal);
			const timeMs = ports.clock.nowMs();
			const plan = await routeQuestion({ query, question, embedding, mustStayLocal, models, budget, settings: settings(), router, timeMs });
			ports.log.info(routeLine(query.interactionId, plan.decision));
			if (models.length === 0) notices.push(...silentServers(await raceAbort(catalogue.endpoints(), signal)));
			// What a remote model is asked for because the user's own server is away is said: it leaves the machine, and may cost.
			else if (isRemoteUnasked(plan.decision)) notices.push(...silentServers((await raceAbort(catalogue.endpoints(), signal)).filter(({ isRemote }) => !isRemote)));
			if (plan.isGone) {
				const id = query.model ?? settings().models.preferred ?? '';
				const failure = new CoordinatorError('not-found', `The model “${id}” is not there any more.`, { details: { model: id } });
				if (query.otherChat) throw failure;
				notices.push(failedLookup(id, failure));
			}
			for (const { isReached, period, limitUsd } of [budget.day, budget.month])
				if (isReached && limitUsd !== null) notices.push({ code: 'budget-reached', period, limitUsd });
			return plan;
		} catch (error) {
			if (isCancellation(error) || query.otherChat) throw error;
			notices.push(failedLookup(query.model ?? settings().models.preferred ?? '', error));
			return null;
		}
	};
}

/** Whether the router chose a model elsewhere that the user did not pick. */
function isRemoteUnasked({ modelId, alternatives, reasons }: RouteDecision): boolean {
	return alternatives.some((alternative) => alternative.modelId === modelId && alternative.isRemote) && reasons.every(({ code }) => code !== 'user-choice');
}
