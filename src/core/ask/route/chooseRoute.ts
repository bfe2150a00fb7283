import type { RouteDecision, RouteReason, RouteRequest, RouteTarget, WorkKind } from '#core/domain/route';
import type { Settings } from '#core/settings';
import { isKnown, isOverBudget, type RouteCandidate, toAlternative } from './candidates.ts';
import { complexityOf } from './difficulty.ts';
import type { Exploration } from './exploration.ts';
import type { SharePacer } from './sharePacer.ts';
import { decideByTree } from './treePolicy.ts';
import { bestOf, utilityOf } from './utility.ts';

export interface RouteTools {
	readonly settings: Settings['routing'];
	readonly exploration: Exploration;
	readonly pacer: SharePacer;
	readonly workKind: WorkKind;
}

/** A choice before the budget is asked. */
interface Choice {
	readonly policy: RouteDecision['policy'];
	readonly candidate: RouteCandidate | undefined;
	/** Hybrid was asked for; it needs a local model to compress. */
	readonly wantsHybrid: boolean;
	readonly isExploration: boolean;
	readonly reasons: readonly RouteReason[];
}

const isLocal = ({ model }: RouteCandidate) => !model.isRemote;
const isRemote = ({ model }: RouteCandidate) => model.isRemote;

/** Hard rules, then the user's choice, then the policy, then the budget. A model that a hard rule excludes is in no way part of the decision. */
export function chooseRoute(request: RouteRequest, candidates: readonly RouteCandidate[], tools: RouteTools): RouteDecision {
	const complexity = complexityOf(request.text);
	const allowed = candidates.filter(({ excludedBy }) => excludedBy === null);
	const choice = withinBudget(byUser(request, candidates) ?? byPolicy(request, allowed, tools), request, allowed, tools);
	const { candidate } = choice;
	const compressor = choice.wantsHybrid && candidate?.model.isRemote ? bestOf(allowed.filter(isLocal), tools.settings) : undefined;
	const target: RouteTarget = candidate?.model.isRemote ? (compressor ? 'hybrid' : 'remote') : 'local';
	return {
		target,
		modelId: candidate?.model.id ?? null,
		compressorId: compressor?.model.id ?? null,
		confidence: candidate?.successProbability ?? 0,
		policy: choice.policy,
		isExploration: choice.isExploration,
		complexity,
		workKind: tools.workKind,
		reasons: choice.reasons,
		alternatives: candidates.map(toAlternative),
	};
}

/** The user's explicit choice; undefined: there is none, or it may not be honoured. */
function byUser({ chosenModelId }: RouteRequest, candidates: readonly RouteCandidate[]): Choice | undefined {
	const candidate = candidates.find(({ model }) => model.id === chosenModelId);
	if (!candidate || candidate.excludedBy) return undefined;
	return { policy: 'rule', candidate, wantsHybrid: false, isExploration: false, reasons: [{ code: 'user-choice' }] };
}

function byPolicy(request: RouteRequest, allowed: readonly RouteCandidate[], tools: RouteTools): Choice {
	const broken = brokenChoice(request);
	const rules = [...broken, ...(request.isLocalOnly ? [{ code: 'local-only-content' as const }] : [])];
	if (!request.isTrusted) rules.push({ code: 'untrusted-workspace' });
	if (allowed.length === 0) return { policy: 'rule', candidate: undefined, wantsHybrid: false, isExploration: false, reasons: [...rules, { code: 'no-model' }] };
	const choice = tools.settings.policy === 'tree' ? byTree(request, allowed, tools) : byLearning(request, allowed, tools);
	return { ...choice, reasons: [...rules, ...choice.reasons] };
}

const brokenChoice = ({ chosenModelId }: RouteRequest): RouteReason[] =>
	chosenModelId === null ? [] : [{ code: 'choice-excluded', details: { modelId: chosenModelId } }];

function byTree(request: RouteRequest, allowed: readonly RouteCandidate[], { settings }: RouteTools): Choice {
	const local = bestOf(allowed.filter(isLocal), settings);
	const remote = bestOf(allowed.filter(isRemote), settings);
	const { target, reason } = decideByTree(
		{
			complexity: complexityOf(request.text),
			hasContext: request.context.count > 0,
			localConfidence: local?.successProbability ?? 0,
			tokens: request.promptTokens,
		},
		settings,
	);
	const isPresumed = reason.code === 'local-is-confident' && local !== undefined && !isKnown(local);
	const reasons: RouteReason[] = [isPresumed ? { code: reason.code, details: { isPresumed: 1 } } : reason];
	// Hybrid takes both.
	if (target !== 'remote' && !local) reasons.push({ code: 'no-local-model' });
	if (target !== 'local' && !remote) reasons.push({ code: 'no-remote-model' });
	const candidate = target === 'local' ? (local ?? remote) : (remote ?? local);
	return { policy: 'tree', candidate, wantsHybrid: target === 'hybrid', isExploration: false, reasons };
}

function byLearning(request: RouteRequest, allowed: readonly RouteCandidate[], tools: RouteTools): Choice {
	const { settings, exploration, pacer } = tools;
	const affordable = allowed.filter((candidate) => !isOverBudget(candidate, request.budget));
	const local = bestOf(allowed.filter(isLocal), settings);
	const remote = bestOf(allowed.filter(isRemote), settings);
	const reasons: RouteReason[] = [];
	let chosen = bestOf(allowed, settings);
	if (settings.remoteShare !== null && local && remote) {
		const isWorthIt = pacer.isWorthIt(remote.successProbability - local.successProbability, settings.remoteShare);
		chosen = isWorthIt ? remote : local;
		reasons.push({ code: isWorthIt ? 'within-remote-share' : 'over-remote-share', details: { share: settings.remoteShare } });
	} else if (chosen) reasons.push(bestReason(chosen, request, settings));
	// A share that is paced is not to be overspent by curiosity: it then stays on its side.
	const others = affordable.filter(({ model }) => settings.remoteShare === null || model.isRemote === chosen?.model.isRemote);
	const tried = chosen && others.length > 1 ? exploration.instead(chosen, others, settings.explorationShare, settings) : null;
	if (tried) reasons.push({ code: 'exploration', details: { share: settings.explorationShare } });
	const candidate = tried ?? chosen;
	const wantsHybrid = request.promptTokens > settings.hybridTokenThreshold && local !== undefined;
	if (wantsHybrid && candidate?.model.isRemote) reasons.push(heavy(request, settings));
	return { policy: 'learned', candidate, wantsHybrid, isExploration: tried !== null, reasons };
}

/** Why the best is the best: by its record, or by what is presumed of its size, which is no number to show. */
function bestReason(chosen: RouteCandidate, { text }: RouteRequest, settings: Settings['routing']): RouteReason {
	if (!isKnown(chosen)) return { code: 'best-utility', details: { isPresumed: 1, complexity: complexityOf(text) } };
	return { code: 'best-utility', details: { utility: utilityOf(chosen, settings), successProbability: chosen.successProbability } };
}

const heavy = ({ promptTokens }: RouteRequest, { hybridTokenThreshold }: RouteTools['settings']): RouteReason => ({
	code: 'heavy-context',
	details: { tokens: promptTokens, threshold: hybridTokenThreshold },
});

/** At the limit a remote choice becomes a local one, or none. */
function withinBudget(choice: Choice, { budget }: RouteRequest, allowed: readonly RouteCandidate[], { settings }: RouteTools): Choice {
	if (!choice.candidate || !isOverBudget(choice.candidate, budget)) return choice;
	const free = bestOf(
		allowed.filter((candidate) => !isOverBudget(candidate, budget)),
		settings,
	);
	const goesOn = budget.atLimit === 'local' && free !== undefined;
	const details = { remainingUsd: budget.remainingUsd ?? 0 };
	return {
		policy: 'rule',
		candidate: goesOn ? free : undefined,
		wantsHybrid: choice.wantsHybrid,
		isExploration: false,
		reasons: [...choice.reasons, { code: goesOn ? 'budget-local' : 'budget-stop', details }],
	};
}
