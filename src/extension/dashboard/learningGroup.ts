import type { PageGroup } from '#protocol/dashboardPage';
import type { DashboardData } from '#protocol/messages';
import { chartOverTime, figure } from './figure.ts';
import { countText, shareOf, shareText, UNKNOWN, type Words } from './words.ts';

/** What was learned, and whether it shows. */
export function learningGroup(data: DashboardData, words: Words): PageGroup {
	const { t } = words;
	const { questions, knowledge, highValueThreshold } = data;
	const { done, waiting, dropped } = knowledge.extractions;
	const failed = Object.values(dropped).reduce((total, count) => total + count, 0);
	const count = (value: number | null) => (value === null ? UNKNOWN : countText(value, words));
	const share = (part: number, whole: number) => shareText(shareOf(part, whole), words);
	return {
		id: 'learning',
		title: t('Learning'),
		figures: [
			figure(
				'high-value',
				t('High-value interactions'),
				count(questions.highValue),
				t(
					'Questions whose value score was above the threshold of the settings when their outcome was settled; now it is {0}.',
					highValueThreshold.toLocaleString(words.language),
				),
				t('{0} of {1} with a known outcome', share(questions.highValue, questions.judged), count(questions.judged)),
			),
			figure(
				'patterns',
				t('Patterns extracted'),
				count(done),
				t(
					'Extractions of a pattern from a high-value interaction that gave a skill, or an example of one. Since learning began, in all workspaces, whatever is chosen above. The view “Learned” shows what came of it.',
				),
				t('{0} of those tried; waiting: {1}', share(done, done + failed), count(waiting)),
			),
			figure(
				'items',
				t('Skills, fixes and practices'),
				count(knowledge.items['skills-patterns'] + knowledge.items['error-solutions'] + knowledge.items['best-practices']),
				t('What is known now, in all workspaces, whatever is chosen above. The view “Learned” shows each.'),
				t(
					'{0} skills, {1} fixes, {2} practices',
					count(knowledge.items['skills-patterns']),
					count(knowledge.items['error-solutions']),
					count(knowledge.items['best-practices']),
				),
			),
			figure(
				'context-reused',
				t('Context used again'),
				share(questions.contextsReused, questions.contextsJudged),
				t('Of the pieces that were sent with questions of known outcome, those that another question was sent with too.'),
				t('{0} of {1} pieces', count(questions.contextsReused), count(questions.contextsJudged)),
			),
			figure(
				'context-used',
				t('Context that answers used'),
				share(questions.contextsUsed, questions.contextsJudged),
				t('Of the pieces that were sent with questions of known outcome, those that the answer made use of.'),
				t('{0} of {1} pieces', count(questions.contextsUsed), count(questions.contextsJudged)),
			),
		],
		charts: [
			chartOverTime(
				data,
				words,
				{
					id: 'success',
					title: t('Success over time'),
					description: t('Share of successes among the questions with a known outcome.'),
					kind: 'lines',
					axis: t('Share'),
					most: 1,
				},
				[
					{
						label: t('All models'),
						color: 'green',
						of: ({ questions: sums }) => shareOf(sums.successes, sums.judged),
						text: (value) => shareText(value, words),
					},
				],
			),
			chartOverTime(
				data,
				words,
				{ id: 'value', title: t('High-value interactions'), description: t('Questions whose value score was above the threshold.'), kind: 'bars', axis: t('Questions') },
				[{ label: t('High-value interactions'), color: 'purple', of: ({ questions: sums }) => sums.highValue, text: count }],
			),
		],
		tables: [],
	};
}
