/** A metric as Prometheus knows it. Every value that a label may take is listed, so that there are never more series than `seriesOf` says. */
export interface MetricDefinition {
	readonly name: string;
	readonly type: 'counter' | 'gauge' | 'histogram';
	/** What it counts, in a sentence. */
	readonly help: string;
	/** The group of the dashboard in which it is shown. */
	readonly group: 'savings' | 'learning' | 'performance' | 'quality' | 'state';
	readonly labels: Readonly<Record<string, readonly string[]>>;
	/** Upper bounds of a histogram, ascending. */
	readonly buckets?: readonly number[];
}

const TARGETS = ['local', 'remote', 'hybrid', 'none'];
const PLACES = ['local', 'remote'];
const PERIODS = ['day', 'month'];
const OUTCOMES = ['success', 'partial', 'failure', 'unknown'];

/** A search takes 5 to 50 ms at 100,000 pieces of code; beyond that something is wrong, and wants to be told apart. */
const STORE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1];
const SEARCH_SECONDS = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
/** A small model on two cores takes its first word in half a second, a whole answer in ten; the time limits end at one and ten minutes. */
const FIRST_TOKEN_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60];
const ANSWER_SECONDS = [0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 600];
const PROBABILITIES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Every metric: the code records by it, the dashboard and the alert rules are generated from it. */
export const METRICS = [
	{
		name: 'hybrid_model_calls_total',
		type: 'counter',
		group: 'savings',
		help: 'Calls of models, by place, purpose and result.',
		labels: { place: PLACES, purpose: ['answer', 'compression', 'pattern', 'embedding', 'test'], result: ['ok', 'failed', 'cancelled'] },
	},
	{
		name: 'hybrid_model_tokens_total',
		type: 'counter',
		group: 'savings',
		help: 'Tokens of models, by place and direction; a stored answer takes none.',
		labels: { place: PLACES, direction: ['in', 'out'] },
	},
	{ name: 'hybrid_model_cost_usd_total', type: 'counter', group: 'savings', help: 'Known cost of calls in US dollars.', labels: { place: PLACES } },
	{
		name: 'hybrid_model_calls_unpriced_total',
		type: 'counter',
		group: 'savings',
		help: 'Calls whose price is unknown; no cost is counted for them.',
		labels: { place: PLACES },
	},
	{
		name: 'hybrid_remote_calls_avoided_total',
		type: 'counter',
		group: 'savings',
		help: 'Answers that a local model gave, or that were stored: no remote model was called for them.',
		labels: { by: ['model', 'cache'] },
	},
	{
		name: 'hybrid_remote_tokens_avoided_total',
		type: 'counter',
		group: 'savings',
		help: 'Tokens, in and out, of answers that a local model gave or that were stored.',
		labels: { by: ['model', 'cache'] },
	},
	{
		name: 'hybrid_remote_cost_avoided_usd_total',
		type: 'counter',
		group: 'savings',
		help: 'What the tokens of those answers would have cost at the default remote model, in US dollars; retried answers are not taken off here.',
		labels: { by: ['model', 'cache'] },
	},
	{ name: 'hybrid_context_tokens_total', type: 'counter', group: 'savings', help: 'Tokens of augmented prompts.', labels: { target: TARGETS } },
	{
		name: 'hybrid_outcomes_settled_total',
		type: 'counter',
		group: 'learning',
		help: 'Outcomes that were settled, or settled anew by later evidence.',
		labels: { outcome: OUTCOMES },
	},
	{
		name: 'hybrid_outcomes_high_value_total',
		type: 'counter',
		group: 'learning',
		help: 'Settled outcomes whose value score reached the threshold for learning a pattern.',
		labels: {},
	},
	{
		name: 'hybrid_knowledge_items',
		type: 'gauge',
		group: 'learning',
		help: 'Learned items that are kept, by collection.',
		labels: { collection: ['interaction-history', 'skills-patterns', 'error-solutions', 'best-practices'] },
	},
	{
		name: 'hybrid_patterns',
		type: 'gauge',
		group: 'learning',
		help: 'Interactions in the queue of pattern extraction, by state.',
		labels: { state: ['waiting', 'done', 'dropped'] },
	},
	{ name: 'hybrid_store_seconds', type: 'histogram', group: 'performance', help: 'Time of a search in the vector store.', labels: {}, buckets: STORE_SECONDS },
	{
		name: 'hybrid_search_seconds',
		type: 'histogram',
		group: 'performance',
		help: 'Time of a whole search, with the embedding of the question.',
		labels: {},
		buckets: SEARCH_SECONDS,
	},
	{
		name: 'hybrid_model_seconds',
		type: 'histogram',
		group: 'performance',
		help: 'Time of a call of a language model that succeeded.',
		labels: { place: PLACES },
		buckets: ANSWER_SECONDS,
	},
	{
		name: 'hybrid_model_first_token_seconds',
		type: 'histogram',
		group: 'performance',
		help: 'Time to the first token of a call of a language model.',
		labels: { place: PLACES },
		buckets: FIRST_TOKEN_SECONDS,
	},
	{
		name: 'hybrid_answer_seconds',
		type: 'histogram',
		group: 'performance',
		help: 'Time of a whole answer, from the question on.',
		labels: { target: TARGETS },
		buckets: ANSWER_SECONDS,
	},
	{
		name: 'hybrid_answers_total',
		type: 'counter',
		group: 'performance',
		help: 'Answers, by who gave them and how they ended.',
		labels: { target: TARGETS, end: ['stop', 'length', 'filter', 'other', 'cancelled', 'failed'] },
	},
	{ name: 'hybrid_answer_cache_hits_total', type: 'counter', group: 'performance', help: 'Answers that were stored ones.', labels: {} },
	{
		name: 'hybrid_signals_total',
		type: 'counter',
		group: 'quality',
		help: 'Evidence of what became of answers, by kind and direction.',
		labels: {
			signal: ['thumbs', 'edit-applied', 'edit-survived', 'edit-reverted', 'diagnostics', 'rephrased', 'retried', 'follow-up', 'task', 'edited-after', 'agent-report'],
			direction: ['good', 'bad', 'none'],
		},
	},
	{
		name: 'hybrid_context_relevance',
		type: 'histogram',
		group: 'quality',
		help: 'Calibrated relevance of each piece of code that was sent.',
		labels: {},
		buckets: PROBABILITIES,
	},
	{
		name: 'hybrid_route_confidence',
		type: 'histogram',
		group: 'quality',
		help: 'Predicted success of the model that was chosen.',
		labels: { target: TARGETS },
		buckets: PROBABILITIES,
	},
	{ name: 'hybrid_value_score', type: 'histogram', group: 'quality', help: 'Value score of settled outcomes.', labels: {}, buckets: PROBABILITIES },
	{ name: 'hybrid_index_chunks', type: 'gauge', group: 'state', help: 'Pieces of code in the indexes of the open folders.', labels: {} },
	{ name: 'hybrid_index_vectors_waiting', type: 'gauge', group: 'state', help: 'Pieces of code that have no vector yet.', labels: {} },
	{ name: 'hybrid_index_problems', type: 'gauge', group: 'state', help: 'Problems that the index reports.', labels: {} },
	{
		name: 'hybrid_budget_limit_usd',
		type: 'gauge',
		group: 'state',
		help: 'What may be spent in a period, in US dollars; absent without a limit.',
		labels: { period: PERIODS },
	},
	{
		name: 'hybrid_budget_remaining_usd',
		type: 'gauge',
		group: 'state',
		help: 'What may still be spent in the period that runs, in US dollars; absent without a limit.',
		labels: { period: PERIODS },
	},
	{ name: 'hybrid_model_servers', type: 'gauge', group: 'state', help: 'Model servers, by whether they answer.', labels: { health: ['up', 'down', 'unknown'] } },
] as const satisfies readonly MetricDefinition[];

export type MetricName = (typeof METRICS)[number]['name'];

/** Most series that a metric can have: the product of its labels' values, and for a histogram its buckets, sum and count. */
export function seriesOf({ labels, buckets }: MetricDefinition): number {
	const combinations = Object.values(labels).reduce((product, values) => product * values.length, 1);
	return combinations * (buckets ? buckets.length + 3 : 1);
}
