import type { DashboardData } from '#core/domain/dashboard';
import { addCalls, addQuestions } from '#core/metrics/addSums';

const calls = addCalls([]);
const questions = addQuestions([]);

/** Figures of a day on which nothing happened; `more` replaces any part. */
export function dashboardData(more: Partial<DashboardData> = {}): DashboardData {
	const [fromMs, toMs] = [Date.UTC(2026, 10, 25), Date.UTC(2026, 10, 26)];
	return {
		nowMs: fromMs + 36_000_000,
		fromMs,
		sinceMs: fromMs,
		step: 'day',
		periods: [{ fromMs, toMs, local: calls, remote: calls, questions }],
		local: calls,
		remote: calls,
		questions,
		models: [],
		savings: {
			formula: 'counterfactual-minus-costs',
			terms: [],
			savedUsd: 0,
			unknownAnswers: 0,
			unknownCosts: 0,
			prices: [],
			answered: 0,
			answeredLocally: 0,
			localShare: null,
		},
		effect: { formula: 'mean-tokens-of-controls-minus-mean-tokens-of-augmented', controls: 0, augmented: 0, status: 'not-enough-yet', minimum: 30 },
		controlShare: 0.02,
		sampleLimit: 5_000,
		latency: { local: null, remote: null, firstToken: null, total: null, search: null, store: null },
		calibration: null,
		knowledge: {
			items: { 'skills-patterns': 0, 'error-solutions': 0, 'best-practices': 0, 'interaction-history': 0 },
			extractions: { waiting: 0, done: 0, dropped: {} },
		},
		highValueThreshold: 0.7,
		choices: { workspaceIds: [], models: [] },
		...more,
	};
}

export const NO_CALLS = calls;
export const NO_QUESTIONS = questions;
