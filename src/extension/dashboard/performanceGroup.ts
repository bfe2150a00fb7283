import type { PageGroup } from '#protocol/dashboardPage';
import type { DashboardData, Distribution } from '#protocol/messages';
import { chartOverTime, figure } from './figure.ts';
import { countText, durationText, shareOf, shareText, UNKNOWN, type Words } from './words.ts';

/** How long things take, and how often nothing had to be asked. */
export function performanceGroup(data: DashboardData, words: Words): PageGroup {
	const { t } = words;
	const { latency, questions, local, remote, sampleLimit } = data;
	const count = (value: number) => countText(value, words);
	const duration = (value: number | null) => durationText(value, words);
	const latencyFigure = (id: string, label: string, distribution: Distribution | null, what: string) =>
		figure(
			id,
			label,
			duration(distribution?.p50 ?? null),
			`${what} ${t('Half of the newest {0} took at most this long; 95 of 100 the second figure.', count(distribution?.count ?? sampleLimit))}`,
			distribution ? t('95 of 100: {0}', duration(distribution.p95)) : '',
		);
	const secondsOf = (ms: number, times: number) => (times === 0 ? null : ms / times / 1_000);
	const seconds = (value: number | null) => (value === null ? UNKNOWN : duration(value * 1_000));
	return {
		id: 'performance',
		title: t('Performance'),
		figures: [
			latencyFigure('local-latency', t('Local model'), latency.local, t('Whole answers of models on this machine, from the request to the last word.')),
			figure(
				'first-token',
				t('First word of a local model'),
				duration(latency.firstToken?.p50 ?? null),
				t('From the request to the first word of an answer, for models on this machine.'),
				latency.firstToken ? t('95 of 100: {0}', duration(latency.firstToken.p95)) : '',
			),
			latencyFigure('remote-latency', t('Remote model'), latency.remote, t('Whole answers of models elsewhere, from the request to the last word.')),
			latencyFigure(
				'total-latency',
				t('From question to answer'),
				latency.total,
				t('From the question to the end of the answer: search, routing, models, and the wait for them.'),
			),
			latencyFigure('search-latency', t('Search for context'), latency.search, t('From the question to the context that is sent, embedding included.')),
			latencyFigure(
				'store-latency',
				t('Stores'),
				latency.store,
				t('The part of the search that the vector and word stores took, with the ranking in between, without the embedding model.'),
			),
			figure(
				'cache-hits',
				t('Answers from the store'),
				shareText(shareOf(questions.stored, questions.answered), words),
				t('Questions that were answered by what was stored for an identical question, of all that were answered.'),
				t('{0} of {1} answers', count(questions.stored), count(questions.answered)),
			),
			figure(
				'failed-calls',
				t('Failed calls'),
				count(local.failed + remote.failed),
				t('Calls of models that gave an error before their end. Cancelled ones are not among them: {0}.', count(local.cancelled + remote.cancelled)),
				t('{0} of {1} calls', shareText(shareOf(local.failed + remote.failed, local.calls + remote.calls), words), count(local.calls + remote.calls)),
			),
		],
		charts: [
			chartOverTime(
				data,
				words,
				{
					id: 'latency',
					title: t('Mean time'),
					description: t('Mean time from question to answer, and of calls of local and remote models.'),
					kind: 'lines',
					axis: t('Seconds'),
				},
				[
					{ label: t('From question to answer'), color: 'purple', of: ({ questions: sums }) => secondsOf(sums.totalMs, sums.timed), text: seconds },
					{ label: t('Local model'), color: 'green', of: ({ local: sums }) => secondsOf(sums.timedMs, sums.timedCalls), text: seconds },
					{ label: t('Remote model'), color: 'orange', of: ({ remote: sums }) => secondsOf(sums.timedMs, sums.timedCalls), text: seconds },
				],
			),
			chartOverTime(
				data,
				words,
				{
					id: 'search',
					title: t('Mean time of the search'),
					description: t('Mean time of the search for context, and of the stores within it.'),
					kind: 'lines',
					axis: t('Milliseconds'),
				},
				[
					{ label: t('Search for context'), color: 'blue', of: ({ questions: sums }) => (sums.searched === 0 ? null : sums.searchMs / sums.searched), text: duration },
					{ label: t('Stores'), color: 'grey', of: ({ questions: sums }) => (sums.searched === 0 ? null : sums.storeMs / sums.searched), text: duration },
				],
			),
		],
		tables: [modelsTable(data, words)],
	};
}

function modelsTable({ models }: DashboardData, words: Words) {
	const { t } = words;
	const count = (value: number) => countText(value, words);
	return {
		title: t('Models'),
		head: [t('Model'), t('Where'), t('Calls'), t('Failed'), t('Tokens in'), t('Tokens out'), t('Cost'), t('Mean time'), t('Answered'), t('Success'), t('Predicted')],
		rows: models.map(({ modelLabel, isRemote, calls, questions }) => [
			modelLabel,
			isRemote ? t('remote') : t('local'),
			count(calls.calls),
			count(calls.failed),
			count(calls.inputTokens),
			count(calls.outputTokens),
			calls.unknownCostCalls === calls.calls ? UNKNOWN : `${calls.costUsd.toLocaleString(words.language, { maximumFractionDigits: 4 })} $`,
			durationText(shareOf(calls.timedMs, calls.timedCalls), words),
			count(questions.answered),
			shareText(shareOf(questions.successes, questions.judged), words),
			shareText(shareOf(questions.confidence, questions.withConfidence), words),
		]),
	};
}
