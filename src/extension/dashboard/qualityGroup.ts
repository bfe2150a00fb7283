import type { PageChart, PageGroup } from '#protocol/dashboardPage';
import type { DashboardData } from '#protocol/messages';
import { chartOverTime, figure } from './figure.ts';
import { countText, shareOf, shareText, UNKNOWN, type Words } from './words.ts';

/** What became of answers, and how well that was foreseen. */
export function qualityGroup(data: DashboardData, words: Words): PageGroup {
	const { t } = words;
	const { questions, calibration } = data;
	const count = (value: number | null) => (value === null ? UNKNOWN : countText(value, words));
	const share = (part: number, whole: number) => shareText(shareOf(part, whole), words);
	const ofJudged = (part: number) => t('{0} of {1} with a known outcome', share(part, questions.judged), count(questions.judged));
	const heard = t('An outcome is known once something was heard of an answer: a thumb, an edit that stayed or went, a diagnostic, a test, a question asked again.');
	return {
		id: 'quality',
		title: t('Quality'),
		figures: [
			figure('thumbs-up', t('Thumbs up'), count(questions.thumbsUp), t('Answers whose newest thumb of the user is up.'), ofJudged(questions.thumbsUp)),
			figure('thumbs-down', t('Thumbs down'), count(questions.thumbsDown), t('Answers whose newest thumb of the user is down.'), ofJudged(questions.thumbsDown)),
			figure('successes', t('Successes'), count(questions.successes), `${t('Answers that did, as far as is known.')} ${heard}`, ofJudged(questions.successes)),
			figure(
				'partials',
				t('Partial successes'),
				count(questions.partials),
				`${t('Answers of which good and bad was heard, or too little to tell.')} ${heard}`,
				ofJudged(questions.partials),
			),
			figure('failures', t('Failures'), count(questions.failures), `${t('Answers that did not do, as far as is known.')} ${heard}`, ofJudged(questions.failures)),
			figure(
				'retried',
				t('Asked again'),
				count(questions.retried),
				t('Questions that were asked again on another model.'),
				t('{0} of {1} questions', share(questions.retried, questions.asked), count(questions.asked)),
			),
			figure(
				'relevance',
				t('Context relevance'),
				share(questions.relevance, questions.withRelevance),
				t('Mean over questions of the relevance of the best piece that was sent: a calibrated probability that it belongs to the question.'),
				t('{0} questions with context', count(questions.withRelevance)),
			),
			figure(
				'confidence',
				t('Confidence'),
				share(questions.confidence, questions.withConfidence),
				t('Mean of what the router predicted for the model it chose: the probability of a good answer. A model with too short a record to predict from is not in it.'),
				t('what happened: {0}', share(questions.success, questions.judged)),
			),
			figure(
				'calibration',
				t('Error of the confidence'),
				calibration ? shareText(calibration.expectedError, words) : UNKNOWN,
				t(
					'Answers in groups by what was predicted; the mean distance, over the groups, of what was predicted and what happened. 0% is right. Of the newest answers with a known outcome: {0}.',
					count(calibration?.answers ?? 0),
				),
			),
		],
		charts: [
			chartOverTime(data, words, { id: 'outcomes', title: t('Outcomes'), description: t('Questions with a known outcome.'), kind: 'bars', axis: t('Questions') }, [
				{ label: t('Successes'), color: 'green', of: ({ questions: sums }) => sums.successes, text: count },
				{ label: t('Partial successes'), color: 'grey', of: ({ questions: sums }) => sums.partials, text: count },
				{ label: t('Failures'), color: 'red', of: ({ questions: sums }) => sums.failures, text: count },
			]),
			chartOverTime(data, words, { id: 'thumbs', title: t('Feedback'), description: t('Thumbs of the user.'), kind: 'bars', axis: t('Answers') }, [
				{ label: t('Thumbs up'), color: 'green', of: ({ questions: sums }) => sums.thumbsUp, text: count },
				{ label: t('Thumbs down'), color: 'red', of: ({ questions: sums }) => sums.thumbsDown, text: count },
			]),
			...(calibration ? [calibrationChart(calibration, words)] : []),
		],
		tables: [],
	};
}

function calibrationChart({ groups }: NonNullable<DashboardData['calibration']>, words: Words): PageChart {
	const { t } = words;
	const series = (label: string, color: 'green' | 'grey', values: readonly number[]) => ({ label, color, values, texts: values.map((value) => shareText(value, words)) });
	return {
		id: 'calibration',
		title: t('Predicted and happened'),
		description: t('Success of answers, in groups by what the router predicted. On the second line predictions are right.'),
		kind: 'calibration',
		axis: t('Success'),
		most: 1,
		labels: groups.map(({ predicted, answers }) => t('{0} ({1} answers)', shareText(predicted, words), answers)),
		series: [
			series(
				t('Happened'),
				'green',
				groups.map(({ happened }) => happened),
			),
			series(
				t('Predicted'),
				'grey',
				groups.map(({ predicted }) => predicted),
			),
		],
	};
}
