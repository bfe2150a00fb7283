// Writes deploy/grafana/dashboards/hybrid-coordinator.json and deploy/prometheus/rules.yml from the table of metrics.
// `node scripts/setup.mjs scripts/monitoring.mjs`; a test compares the files with what this makes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { METRICS } from '../src/core/metrics/monitor/metricTable.ts';

const GROUPS = { savings: 'Cost savings', learning: 'Learning progress', performance: 'Performance', quality: 'Quality', state: 'State' };
const JOB = 'hybrid-coordinator';

/** What is worth telling somebody, with what to do. */
const ALERTS = [
	{
		name: 'HybridCoordinatorDown',
		expr: `up{job="${JOB}"} == 0`,
		for: '5m',
		severity: 'page',
		summary: 'The coordinator does not answer.',
		description: 'Nobody gets answers from it. Look at the log of its container; /healthz says whether the process lives.',
	},
	{
		name: 'HybridModelServerDown',
		expr: 'hybrid_model_servers{health="down"} > 0',
		for: '15m',
		severity: 'ticket',
		summary: 'A model server does not answer.',
		description: 'Questions fall back to other models, which may cost more. Start the server, or take it out of the settings.',
	},
	{
		name: 'HybridModelCallsFailing',
		expr: 'sum(rate(hybrid_model_calls_total{result="failed"}[15m])) / sum(rate(hybrid_model_calls_total[15m])) > 0.2 and sum(increase(hybrid_model_calls_total[15m])) > 10',
		for: '10m',
		severity: 'page',
		summary: 'More than a fifth of the calls of models fail.',
		description: 'The log names the error of each: a key, a limit, a model that is gone.',
	},
	{
		name: 'HybridStoreSlow',
		expr: 'histogram_quantile(0.95, sum by (le) (rate(hybrid_store_seconds_bucket[15m]))) > 0.25',
		for: '15m',
		severity: 'ticket',
		summary: 'One search in twenty takes the store more than a quarter of a second.',
		description: 'Look for a machine short of processors or memory, or a Qdrant server far away.',
	},
	{
		name: 'HybridBudgetNearlySpent',
		expr: 'min by (period) (hybrid_budget_remaining_usd / hybrid_budget_limit_usd) < 0.1',
		for: '5m',
		severity: 'ticket',
		summary: 'Less than a tenth of the spending limit is left.',
		description: 'At the limit questions go to local models, or are not answered, as the settings say.',
	},
	{
		name: 'HybridIndexProblem',
		expr: 'hybrid_index_problems > 0',
		for: '30m',
		severity: 'ticket',
		summary: 'The index reports a problem.',
		description: 'The tool index_status of the server says which, with the next step.',
	},
	{
		name: 'HybridAnswersGetWorse',
		expr: 'sum(increase(hybrid_outcomes_settled_total{outcome="failure"}[1d])) / sum(increase(hybrid_outcomes_settled_total[1d])) > 0.5 and sum(increase(hybrid_outcomes_settled_total[1d])) > 20',
		for: '1h',
		severity: 'ticket',
		summary: 'More than half of the outcomes of a day are failures.',
		description: 'See by model in the dashboard of the editor whether one model, or the context, is the cause.',
	},
	{
		name: 'HybridMemoryHigh',
		expr: `process_resident_memory_bytes{job="${JOB}"} > 1.5e9`,
		for: '30m',
		severity: 'ticket',
		summary: 'The coordinator takes more than 1.5 GB.',
		description: 'docs/deployment.md says what a workspace of which size takes.',
	},
];

/** What a panel shows of a metric, as queries of Prometheus. */
export function queriesOf({ name, type, labels }) {
	const by = Object.keys(labels);
	const legend = by.map((label) => `{{${label}}}`).join(' ') || name;
	if (type === 'histogram') {
		const buckets = `sum by (${['le', ...by].join(', ')}) (rate(${name}_bucket[$__rate_interval]))`;
		return [0.5, 0.95].map((quantile) => ({
			expr: `histogram_quantile(${quantile}, ${buckets})`,
			legendFormat: `${by.length > 0 ? `${legend} ` : ''}p${quantile * 100}`,
		}));
	}
	const over = (fold, inner) => (by.length > 0 ? `${fold} by (${by.join(', ')}) (${inner})` : `${fold}(${inner})`);
	if (type === 'counter') return [{ expr: over('sum', `increase(${name}[$__rate_interval])`), legendFormat: legend }];
	// Processes of one user spend from one budget.
	return [{ expr: over(name.includes('budget') ? 'min' : 'sum', name), legendFormat: legend }];
}

function unitOf(name) {
	if (name.includes('_usd')) return 'currencyUSD';
	if (name.endsWith('_seconds')) return 's';
	if (name.includes('relevance') || name.includes('confidence') || name.includes('value_score')) return 'percentunit';
	return 'short';
}

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** The dashboard of Grafana: a row a group, a panel a metric. */
export function dashboard() {
	const panels = [];
	let y = 0;
	for (const [group, title] of Object.entries(GROUPS)) {
		panels.push({ id: panels.length + 1, type: 'row', title, collapsed: false, gridPos: { h: 1, w: 24, x: 0, y }, panels: [] });
		y += 1;
		const metrics = METRICS.filter((metric) => metric.group === group);
		for (const [index, metric] of metrics.entries()) {
			panels.push({
				id: panels.length + 1,
				type: 'timeseries',
				title: metric.help.replace(/\.$/, ''),
				description: metric.name,
				datasource: DATASOURCE,
				gridPos: { h: 8, w: 8, x: (index % 3) * 8, y: y + Math.floor(index / 3) * 8 },
				fieldConfig: { defaults: { unit: unitOf(metric.name), min: 0 }, overrides: [] },
				options: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] }, tooltip: { mode: 'multi', sort: 'none' } },
				targets: queriesOf(metric).map((query, place) => ({ refId: String.fromCharCode(65 + place), datasource: DATASOURCE, ...query })),
			});
		}
		y += Math.ceil(metrics.length / 3) * 8;
	}
	return {
		uid: 'hybrid-coordinator',
		title: 'Hybrid Coordinator',
		tags: ['hybrid-coordinator'],
		schemaVersion: 41,
		version: 1,
		editable: true,
		refresh: '1m',
		time: { from: 'now-24h', to: 'now' },
		templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' }] },
		panels,
	};
}

/** The rules of Prometheus, as YAML. Texts hold no quotation mark that would end them. */
export function rules() {
	const lines = ['# Made by scripts/monitoring.mjs: change it there.', 'groups:', '  - name: hybrid-coordinator', '    rules:'];
	for (const alert of ALERTS) {
		lines.push(
			`      - alert: ${alert.name}`,
			`        expr: ${JSON.stringify(alert.expr)}`,
			`        for: ${alert.for}`,
			'        labels:',
			`          severity: ${alert.severity}`,
			'        annotations:',
			`          summary: ${JSON.stringify(alert.summary)}`,
			`          description: ${JSON.stringify(alert.description)}`,
		);
	}
	return `${lines.join('\n')}\n`;
}

/** Every generated file with its text. */
export const FILES = {
	'deploy/grafana/dashboards/hybrid-coordinator.json': () => `${JSON.stringify(dashboard(), undefined, 2)}\n`,
	'deploy/prometheus/rules.yml': rules,
};

if (process.argv[1] === import.meta.filename) {
	for (const [path, text] of Object.entries(FILES)) {
		const file = join(import.meta.dirname, '..', path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text());
	}
}
