import type { Observation } from '#core/domain/observation';
import type { MetricName } from './metricTable.ts';

export type MetricLabels = Readonly<Record<string, string>>;

/** Where figures go: counters are added to, gauges are set, histograms get a value. */
export interface MetricSink {
	add(name: MetricName, amount: number, labels?: MetricLabels): void;
	set(name: MetricName, value: number, labels?: MetricLabels): void;
	observe(name: MetricName, value: number, labels?: MetricLabels): void;
}

const seconds = (ms: number) => ms / 1_000;

/** Counts one observation by the table of metrics. Times become seconds, as Prometheus wants them. */
export function recordObservation(sink: MetricSink, observation: Observation): void {
	switch (observation.kind) {
		case 'search':
			sink.observe('hybrid_search_seconds', seconds(observation.totalMs));
			sink.observe('hybrid_store_seconds', seconds(observation.storeMs));
			return;
		case 'answer':
			recordAnswer(sink, observation);
			return;
		case 'call':
			recordCall(sink, observation);
			return;
		case 'signal': {
			const direction = observation.value > 0 ? 'good' : observation.value < 0 ? 'bad' : 'none';
			sink.add('hybrid_signals_total', 1, { signal: observation.signal, direction });
			return;
		}
		case 'outcome':
			sink.add('hybrid_outcomes_settled_total', 1, { outcome: observation.label ?? 'unknown' });
			if (observation.isHighValue) sink.add('hybrid_outcomes_high_value_total', 1);
			sink.observe('hybrid_value_score', observation.valueScore);
	}
}

function recordAnswer(sink: MetricSink, answer: Extract<Observation, { kind: 'answer' }>): void {
	const { target } = answer;
	sink.add('hybrid_answers_total', 1, { target, end: answer.endReason });
	// Who cancels or fails says nothing of how long an answer takes.
	if (answer.endReason === 'cancelled' || answer.endReason === 'failed') return;
	sink.observe('hybrid_answer_seconds', seconds(answer.totalMs), { target });
	sink.add('hybrid_context_tokens_total', answer.contextTokens, { target });
	if (answer.isCacheHit) sink.add('hybrid_answer_cache_hits_total', 1);
	for (const relevance of answer.relevances) sink.observe('hybrid_context_relevance', relevance);
	if (answer.confidence !== null) sink.observe('hybrid_route_confidence', answer.confidence, { target });
}

function recordCall(sink: MetricSink, call: Extract<Observation, { kind: 'call' }>): void {
	const place = call.isRemote ? 'remote' : 'local';
	if (!call.isCacheHit) {
		sink.add('hybrid_model_calls_total', 1, { place, purpose: call.purpose, result: call.result });
		sink.add('hybrid_model_tokens_total', call.inputTokens, { place, direction: 'in' });
		sink.add('hybrid_model_tokens_total', call.outputTokens, { place, direction: 'out' });
		if (call.costUsd === null) sink.add('hybrid_model_calls_unpriced_total', 1, { place });
		else sink.add('hybrid_model_cost_usd_total', call.costUsd, { place });
		// Vectors are made in batches of a moment each, which would hide how long an answer takes.
		if (call.result === 'ok' && call.purpose !== 'embedding') sink.observe('hybrid_model_seconds', seconds(call.totalMs), { place });
		if (call.firstTokenMs !== null) sink.observe('hybrid_model_first_token_seconds', seconds(call.firstTokenMs), { place });
	}
	if (call.purpose !== 'answer' || call.result !== 'ok' || (call.isRemote && !call.isCacheHit)) return;
	const by = call.isCacheHit ? 'cache' : 'model';
	sink.add('hybrid_remote_calls_avoided_total', 1, { by });
	sink.add('hybrid_remote_tokens_avoided_total', call.inputTokens + call.outputTokens, { by });
	if (call.counterfactualUsd !== null) sink.add('hybrid_remote_cost_avoided_usd_total', call.counterfactualUsd, { by });
}
