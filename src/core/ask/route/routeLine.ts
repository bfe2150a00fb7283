import type { RouteAlternative, RouteDecision, RouteReason } from '#core/domain/route';

/** A decision as a line of the log: codes and figures, no text of the question. */
export function routeLine(interactionId: string, { target, modelId, compressorId, policy, reasons, workKind, complexity, alternatives }: RouteDecision): string {
	const chosen = modelId === null ? 'no model' : `${target} ${modelId}${compressorId === null ? '' : `, shortened by ${compressorId}`}`;
	const others = alternatives.map(alternativeWords).join('; ');
	return `Route of ${interactionId}: ${chosen}, by ${policy}: ${reasons.map(reasonWords).join(', ')}. A ${complexity} question, ${workKind}. Models: ${others || 'none'}`;
}

function reasonWords({ code, details = {} }: RouteReason): string {
	const facts = Object.entries(details).map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(3)) : value}`);
	return facts.length === 0 ? code : `${code} (${facts.join(', ')})`;
}

function alternativeWords({ modelId, excludedBy, isKnown, successProbability, outcomes, costUsd, latencyMs }: RouteAlternative): string {
	if (excludedBy) return `${modelId} not: ${reasonWords(excludedBy)}`;
	const success = `${isKnown ? 'predicted' : 'presumed'} ${successProbability.toFixed(2)} of ${outcomes} outcomes`;
	const latency = latencyMs === null ? 'unknown time' : `${Math.round(latencyMs)} ms`;
	return `${modelId} ${success}, ${costUsd === null ? 'unknown price' : `${Number(costUsd.toPrecision(3))} $`}, ${latency}`;
}
