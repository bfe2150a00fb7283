import type { RouteDecision, RouteExperience, RouteOutcome, RouteRequest, RouterOverview } from '#core/domain/route';
import type { Settings } from '#core/settings';
import type { RouterStateStore, StoredRoute } from '#core/store/routerStateStore';
import { costOf, exclusionOf, type RouteCandidate } from './candidates.ts';
import { chooseRoute } from './chooseRoute.ts';
import { ExperienceMemory } from './experienceMemory.ts';
import { Exploration } from './exploration.ts';
import { featuresOf } from './features.ts';
import { ModelRecords } from './modelRecords.ts';
import { predictSuccess } from './predictSuccess.ts';
import { capabilityOf, priorSuccess } from './priorSuccess.ts';
import { overviewOf } from './routerOverview.ts';
import { type ExportedRouterState, exportExperiences, importExperiences } from './routerState.ts';
import { SharePacer } from './sharePacer.ts';

/** Outcomes that are looked through at a decision: the newest. */
const REMEMBERED = 8192;
/** Decisions kept where there is no store, until their outcome comes. */
const WAITING = 2000;

/** Says which model answers a question, and learns from how that went. All calls are synchronous and take a few milliseconds. */
export interface Router {
	/** Never throws: a store that fails costs the memory, not the answer. */
	decide(request: RouteRequest): RouteDecision;
	/** False: the interaction is unknown, or the outcome has no weight. A later outcome of the same interaction and model replaces it. */
	observe(outcome: RouteOutcome): boolean;
	/** The decision of an interaction; null: unknown. */
	explain(interactionId: string): RouteDecision | null;
	/** Forgets interactions that were deleted, in all processes. */
	forget(interactionIds: readonly string[]): void;
	/** Forgets everything, in all processes. */
	reset(): void;
	overview(): RouterOverview;
	exportState(): ExportedRouterState;
	/** Adds what another router exported; returns how many outcomes. Throws `invalid-argument` when it is not that. */
	importState(state: unknown): number;
	/** Number of outcomes remembered. */
	readonly experienceCount: number;
}

export interface RouterOptions {
	readonly settings: () => Settings['routing'];
	/** Null: what is learned lives as long as the router. */
	readonly store: RouterStateStore | null;
	/** 0 to 1, for exploration and for ties. */
	readonly random: () => number;
	/** Told of an error of the store. */
	readonly onProblem?: (error: unknown) => void;
}

export function createRouter({ settings, store, random, onProblem }: RouterOptions): Router {
	const memory = new ExperienceMemory(REMEMBERED);
	const records = new ModelRecords();
	const exploration = new Exploration(random);
	const pacer = new SharePacer(random);
	const waiting = new Map<string, StoredRoute>();
	let seen = { generation: -1, last: 0 };

	function guard<T>(work: () => T, otherwise: T): T {
		try {
			return work();
		} catch (error) {
			onProblem?.(error);
			return otherwise;
		}
	}

	function learn(experience: RouteExperience): void {
		if (!memory.add(experience)) records.add(experience);
		else {
			records.clear();
			for (const entry of memory.entries()) records.add(entry);
		}
	}

	/** Takes over what this and other processes have stored since. */
	function follow(): void {
		if (!store) return;
		guard(() => {
			let news = store.read(seen.last, REMEMBERED);
			if (news.generation !== seen.generation) {
				forget();
				news = store.read(0, REMEMBERED);
			}
			for (const experience of news.experiences) learn(experience);
			seen = { generation: news.generation, last: news.last };
		}, undefined);
	}

	function forget(): void {
		memory.clear();
		records.clear();
		exploration.reset();
		pacer.reset();
	}

	function keep(route: StoredRoute): void {
		waiting.delete(route.interactionId);
		waiting.set(route.interactionId, route);
		const [oldest] = waiting.keys();
		if (waiting.size > WAITING && oldest !== undefined) waiting.delete(oldest);
		guard(() => store?.saveRoute(route), undefined);
	}

	const routeOf = (interactionId: string) => waiting.get(interactionId) ?? guard(() => store?.route(interactionId) ?? null, null);

	function remember(experience: RouteExperience): void {
		if (!store) learn(experience);
		else {
			const isStored = guard(() => {
				store.append(experience);
				return true;
			}, false);
			if (isStored) follow();
			else learn(experience);
		}
	}

	return {
		decide(request) {
			follow();
			const features = featuresOf(request);
			const presumptions = request.models.map((model) => ({ modelId: model.id, prior: priorSuccess(capabilityOf(model), features.difficulty) }));
			const predictions = predictSuccess(features, presumptions, { memory, records, nowMs: request.timeMs });
			const candidates = request.models.map((model, index): RouteCandidate => {
				const { successProbability = 0, uncertainty = 0 } = predictions[index] ?? {};
				return {
					model,
					successProbability,
					uncertainty,
					outcomes: memory.countOf(model.id),
					costUsd: costOf(model, request.promptTokens),
					excludedBy: exclusionOf(model, request),
				};
			});
			const decision = chooseRoute(request, candidates, { settings: settings(), exploration, pacer, workKind: features.workKind });
			const priors = Object.fromEntries(presumptions.map(({ modelId, prior }) => [modelId, prior]));
			keep({ interactionId: request.interactionId, timeMs: request.timeMs, features, priors, decision });
			return decision;
		},
		observe({ interactionId, modelId, success, weight, timeMs }) {
			const route = routeOf(interactionId);
			const prior = route?.priors[modelId];
			if (!route || prior === undefined || !(weight > 0) || !Number.isFinite(success)) return false;
			remember({ interactionId, modelId, timeMs, success: Math.min(1, Math.max(0, success)), weight: Math.min(1, weight), prior, features: route.features });
			return true;
		},
		explain: (interactionId) => routeOf(interactionId)?.decision ?? null,
		forget(interactionIds) {
			for (const id of interactionIds) waiting.delete(id);
			guard(() => store?.forget(interactionIds), undefined);
			if (store) return follow();
			const kept = [...memory.entries()].filter(({ interactionId }) => !interactionIds.includes(interactionId));
			forget();
			for (const experience of kept) learn(experience);
		},
		reset() {
			waiting.clear();
			guard(() => store?.clear(), undefined);
			forget();
			follow();
		},
		overview() {
			follow();
			return overviewOf(memory.entries());
		},
		exportState() {
			follow();
			return exportExperiences(memory.entries());
		},
		importState(state) {
			const experiences = importExperiences(state);
			for (const experience of experiences) remember(experience);
			return experiences.length;
		},
		get experienceCount() {
			return memory.size;
		},
	};
}
