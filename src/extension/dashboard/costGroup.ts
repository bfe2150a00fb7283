import type { PageGroup } from '#protocol/dashboardPage';
import type { DashboardData } from '#protocol/messages';
import { termLabel } from '../status/savingsWords.ts';
import { chartOverTime, figure } from './figure.ts';
import { countText, shareText, UNKNOWN, usdText, type Words } from './words.ts';

/** What was saved, what was spent, and what that is compared with. */
export function costGroup(data: DashboardData, words: Words): PageGroup {
	const { t } = words;
	const { savings, questions, local, remote } = data;
	const usd = (value: number | null) => (value === null ? UNKNOWN : usdText(value, words));
	const count = (value: number | null) => (value === null ? UNKNOWN : countText(value, words));
	return {
		id: 'cost',
		title: t('Costs and Savings'),
		figures: [
			figure(
				'saved',
				t('Saved'),
				usd(savings.savedUsd),
				t(
					'What the tokens of answers without a remote model would have cost at the price of the remote model they are compared with, less what these answers, failed local tries and compression cost. The table below has each part. {0}',
					unknownText(data, words),
				),
				priceText(data, words),
			),
			figure(
				'avoided',
				t('Remote calls avoided'),
				count(savings.answeredLocally),
				t(
					'Questions that a model of this machine answered, or that were answered by what was stored for an identical question. Those that were asked again on another model do not count.',
				),
				t('{0} of {1} answers', shareText(savings.localShare, words), count(savings.answered)),
			),
			figure(
				'local-tokens',
				t('Tokens answered locally'),
				count(questions.localTokens),
				t('Tokens in and out, of all calls of the questions that were answered without a remote model.'),
			),
			effectFigure(data, words),
			figure(
				'local-cost',
				t('Cost of local calls'),
				usd(local.costUsd),
				t('Sum of the known costs of all calls of models on this machine, answers or not.'),
				callsText(local, words),
			),
			figure(
				'remote-cost',
				t('Cost of remote calls'),
				usd(remote.costUsd),
				t('Sum of the known costs of all calls of models elsewhere, at the prices of the day they were made. A call of unknown price is not in it.'),
				callsText(remote, words),
			),
		],
		charts: [
			chartOverTime(
				data,
				words,
				{
					id: 'answers',
					title: t('Who answered'),
					description: t('Answers by local models, from stored answers, and by remote models.'),
					kind: 'bars',
					axis: t('Answers'),
				},
				[
					{ label: t('Local model'), color: 'green', of: ({ questions: sums }) => sums.answeredLocally - sums.stored, text: count },
					{ label: t('Stored answer'), color: 'blue', of: ({ questions: sums }) => sums.stored, text: count },
					{ label: t('Remote model'), color: 'orange', of: ({ questions: sums }) => sums.answered - sums.answeredLocally, text: count },
				],
			),
			chartOverTime(
				data,
				words,
				{
					id: 'money',
					title: t('Local against remote cost'),
					description: t('What was spent on remote models, and what the answers of this machine would have cost there.'),
					kind: 'lines',
					axis: t('US dollars'),
				},
				[
					{ label: t('Spent on remote models'), color: 'orange', of: ({ remote: sums }) => sums.costUsd, text: usd },
					{ label: t('Local answers would have cost'), color: 'green', of: ({ questions: sums }) => sums.localUsd + sums.repeatedUsd, text: usd },
					{ label: t('Spent on local models'), color: 'blue', of: ({ local: sums }) => sums.costUsd, text: usd },
				],
			),
		],
		tables: [
			{
				title: t('How the saving is computed'),
				head: [t('Part'), t('US dollars')],
				rows: [...savings.terms.map(({ code, usd: part }) => [termLabel(code, t), usd(part)]), [t('Saved'), usd(savings.savedUsd)]],
			},
		],
	};
}

function effectFigure({ effect, controlShare }: DashboardData, words: Words) {
	const { t } = words;
	const explanation = t(
		'Tokens of a random share of questions that is sent without code of the workspace, less those of the rest, for a question on average. Negative: augmented questions took more. It says nothing of how good the answers were. Now {0} of the questions are sent without code.',
		shareText(controlShare, words),
	);
	const label = t('Tokens saved by context');
	if (effect.status === 'not-enough-yet')
		return figure('effect', label, UNKNOWN, explanation, t('{0} without and {1} with code; {2} of each are needed', effect.controls, effect.augmented, effect.minimum));
	const [saved, low, high] = [effect.savedTokensPerQuestion, effect.interval.low, effect.interval.high].map((value) => countText(Math.round(value), words));
	return figure(
		'effect',
		label,
		t('{0} a question', saved ?? ''),
		explanation,
		effect.isClear ? t('95% interval {0} … {1}', low ?? '', high ?? '') : t('{0} … {1}: may be chance', low ?? '', high ?? ''),
	);
}

function priceText({ savings: { prices, answeredLocally }, choices }: DashboardData, { t }: Words): string {
	const [price] = prices;
	if (!price) return answeredLocally === 0 ? '' : t('no remote price is known');
	const label = choices.models.find(({ modelId }) => modelId === price.modelId)?.modelLabel ?? price.modelId?.split('/').at(-1);
	const named = t('against {0}, price of {1}', label ?? t('unknown'), price.asOf ?? t('unknown'));
	return prices.length === 1 ? named : t('{0}, and others', named);
}

function unknownText({ savings: { unknownAnswers, unknownCosts } }: DashboardData, { t }: Words): string {
	return t('Answers without a price to compare with, which save nothing here: {0}. Calls of unknown cost, not taken off: {1}.', unknownAnswers, unknownCosts);
}

function callsText({ calls, unknownCostCalls }: DashboardData['local'], words: Words): string {
	const { t } = words;
	const all = t('Calls: {0}', countText(calls, words));
	return unknownCostCalls === 0 ? all : `${all}, ${t('of unknown price: {0}', countText(unknownCostCalls, words))}`;
}
