import { describe, expect, it } from 'vitest';
import type { Observation } from '#core/domain/observation';
import { METRICS, type MetricDefinition, seriesOf } from '#core/metrics/monitor/metricTable';
import { type MetricSink, recordObservation } from '#core/metrics/monitor/recordObservation';

const CALL: Extract<Observation, { kind: 'call' }> = {
	kind: 'call',
	purpose: 'answer',
	isRemote: false,
	result: 'ok',
	isCacheHit: false,
	inputTokens: 100,
	outputTokens: 20,
	costUsd: 0,
	counterfactualUsd: 0.5,
	firstTokenMs: 250,
	totalMs: 2_000,
};

function recorded(...observations: readonly Observation[]): Readonly<Record<string, number | readonly number[]>> {
	const found: Record<string, number | number[]> = {};
	const keyOf = (name: string, labels: Readonly<Record<string, string>> = {}) => [name, ...Object.values(labels)].join(' ');
	const sink: MetricSink = {
		add: (name, amount, labels) => {
			found[keyOf(name, labels)] = ((found[keyOf(name, labels)] as number) ?? 0) + amount;
		},
		set: (name, value, labels) => {
			found[keyOf(name, labels)] = value;
		},
		observe: (name, value, labels) => {
			found[keyOf(name, labels)] = [...((found[keyOf(name, labels)] as number[]) ?? []), value];
		},
	};
	for (const observation of observations) recordObservation(sink, observation);
	return found;
}

describe('what is counted', () => {
	it('counts a local answer as a remote call avoided, with the tokens and the price it would have had', () => {
		expect(recorded(CALL)).toEqual({
			'hybrid_model_calls_total local answer ok': 1,
			'hybrid_model_tokens_total local in': 100,
			'hybrid_model_tokens_total local out': 20,
			'hybrid_model_cost_usd_total local': 0,
			'hybrid_model_seconds local': [2],
			'hybrid_model_first_token_seconds local': [0.25],
			'hybrid_remote_calls_avoided_total model': 1,
			'hybrid_remote_tokens_avoided_total model': 120,
			'hybrid_remote_cost_avoided_usd_total model': 0.5,
		});
	});

	it('counts a stored answer as no call of a model, and a remote or failed one as nothing avoided', () => {
		expect(recorded({ ...CALL, isRemote: true, isCacheHit: true })).toEqual({
			'hybrid_remote_calls_avoided_total cache': 1,
			'hybrid_remote_tokens_avoided_total cache': 120,
			'hybrid_remote_cost_avoided_usd_total cache': 0.5,
		});
		for (const call of [
			{ ...CALL, isRemote: true },
			{ ...CALL, result: 'failed' as const },
			{ ...CALL, purpose: 'compression' as const },
		]) {
			expect(Object.keys(recorded(call)).filter((name) => name.includes('avoided'))).toEqual([]);
		}
	});

	it('counts a request for vectors, without its moment among the times of answers', () => {
		expect(recorded({ ...CALL, purpose: 'embedding', outputTokens: 0, firstTokenMs: null, totalMs: 30 })).toEqual({
			'hybrid_model_calls_total local embedding ok': 1,
			'hybrid_model_tokens_total local in': 100,
			'hybrid_model_tokens_total local out': 0,
			'hybrid_model_cost_usd_total local': 0,
		});
	});

	it('knows an unknown price from none', () => {
		const found = recorded({ ...CALL, isRemote: true, costUsd: null });
		expect(found['hybrid_model_calls_unpriced_total remote']).toBe(1);
		expect(found['hybrid_model_cost_usd_total remote']).toBeUndefined();
	});

	it('takes no time of an answer that was cancelled', () => {
		const answer: Observation = {
			kind: 'answer',
			target: 'local',
			endReason: 'cancelled',
			isCacheHit: false,
			totalMs: 3,
			contextTokens: 10,
			relevances: [0.9],
			confidence: 0.5,
		};
		expect(recorded(answer)).toEqual({ 'hybrid_answers_total local cancelled': 1 });
		expect(recorded({ ...answer, endReason: 'stop' })).toMatchObject({ 'hybrid_answer_seconds local': [0.003], 'hybrid_context_relevance': [0.9] });
	});

	it('gives every observation only labels that the table lists', () => {
		const table = new Map<string, MetricDefinition>(METRICS.map((metric) => [metric.name, metric]));
		const sink =
			(type: MetricDefinition['type']) =>
			(name: string, _value: number, labels: Readonly<Record<string, string>> = {}) => {
				const metric = table.get(name);
				expect(metric?.type).toBe(type);
				expect(Object.keys(labels).sort()).toEqual(Object.keys(metric?.labels ?? {}).sort());
				for (const [label, value] of Object.entries(labels)) expect(metric?.labels[label]).toContain(value);
			};
		const checking = { add: sink('counter'), set: sink('gauge'), observe: sink('histogram') } as unknown as MetricSink;
		const purposes = ['answer', 'compression', 'pattern', 'embedding'] as const;
		for (const purpose of purposes) for (const isRemote of [true, false]) recordObservation(checking, { ...CALL, purpose, isRemote });
		for (const value of [-1, 0, 1]) recordObservation(checking, { kind: 'signal', signal: 'thumbs', value });
		for (const label of ['success', 'partial', 'failure', null] as const) recordObservation(checking, { kind: 'outcome', label, valueScore: 0.8, isHighValue: true });
		recordObservation(checking, { kind: 'search', totalMs: 1, embedMs: 1, storeMs: 1 });
	});
});

describe('the table of metrics', () => {
	it('follows the conventions for names, and cannot have more than a few hundred series', () => {
		for (const { name, type, help } of METRICS) {
			expect(name).toMatch(/^hybrid_[a-z_]+$/);
			expect(name.endsWith('_total')).toBe(type === 'counter');
			expect(help.endsWith('.')).toBe(true);
		}
		expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length);
		expect(METRICS.reduce((sum, metric) => sum + seriesOf(metric), 0)).toBeLessThan(400);
	});
});
