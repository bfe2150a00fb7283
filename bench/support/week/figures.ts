import type { ErrorRecord, QuestionRecord, WeekRecord } from './liveWeek.ts';

/** What a day was like. Shares in percent. */
export function dayFigures({ records, days }: WeekRecord, day: number) {
	const questions = records.filter((record): record is QuestionRecord => record.type === 'question' && record.day === day);
	const errors = records.filter((record): record is ErrorRecord => record.type === 'error' && record.day === day);
	const state = days[day];
	return {
		questions: questions.length,
		filesAt5: percent(questions, ({ hasAllFiles }) => hasAllFiles),
		meanReciprocalRank: round(mean(questions.map(({ rank }) => (rank === null ? 0 : 1 / rank)))),
		rightAtOnce: percent(questions, ({ isRight }) => isRight),
		rightInTheEnd: percent(questions, ({ isRightInTheEnd }) => isRightInTheEnd),
		answeredLocally: percent(questions, ({ isLocal }) => isLocal),
		storedAnswers: questions.filter(({ isStored }) => isStored).length,
		tokensPerAnswer: Math.round(mean(questions.map(({ tokens }) => tokens))),
		contextTokens: Math.round(mean(questions.map(({ promptTokens }) => promptTokens))),
		answerP50Ms: Math.round(
			quantile(
				questions.map(({ answerMs }) => answerMs),
				0.5,
			),
		),
		errors: errors.length,
		errorsWithoutModel: percent(errors, ({ offer, modelAnswers }) => offer !== 'none' && modelAnswers === 0),
		wrongOffers: errors.filter(({ offer }) => offer === 'wrong').length,
		errorsFixed: percent(errors, ({ isFixed }) => isFixed),
		modelAnswersPerError: round(mean(errors.map(({ modelAnswers }) => modelAnswers))),
		...(state
			? {
					skills: state.skills,
					items: state.items,
					extractions: state.extractions,
					knowledgeKilobytes: Math.round(state.knowledgeBytes / 1024),
					localShareOfLedger: state.localShare === null ? null : round(state.localShare),
					promptsWithLearned: state.sections,
				}
			: {}),
	};
}

/** The two lives beside each other: questions of the second day on, by how new they were, paired. */
export function compareWeeks(learning: WeekRecord, frozen: WeekRecord) {
	const of = (week: WeekRecord, novelty: string) =>
		week.records.filter((record): record is QuestionRecord => record.type === 'question' && record.day > 0 && record.task.novelty === novelty);
	return Object.fromEntries(
		['new', 'again', 'differently'].map((novelty) => {
			const [a, b] = [of(learning, novelty), of(frozen, novelty)];
			const figures = (records: readonly QuestionRecord[]) => ({
				filesAt5: percent(records, ({ hasAllFiles }) => hasAllFiles),
				meanReciprocalRank: round(mean(records.map(({ rank }) => (rank === null ? 0 : 1 / rank)))),
				rightAtOnce: percent(records, ({ isRight }) => isRight),
				answeredLocally: percent(records, ({ isLocal }) => isLocal),
			});
			const better = a.filter((record, index) => rankOf(record) < rankOf(b[index])).length;
			const worse = a.filter((record, index) => rankOf(record) > rankOf(b[index])).length;
			return [novelty, { n: a.length, learning: figures(a), frozen: figures(b), rankBetter: better, rankWorse: worse }];
		}),
	);
}

/** Search before the week and after it, for questions that were asked in other words, and for those that never were. */
export function probeFigures({ probes }: WeekRecord, kinds: readonly string[]) {
	const of = (ranks: readonly (number | null)[], kind: string) => ranks.filter((_, index) => kinds[index] === kind);
	return Object.fromEntries(
		['asked', 'never-asked'].map((kind) => {
			const figures = (ranks: readonly (number | null)[]) => ({
				filesAt5: percent(ranks, (rank) => rank !== null && rank <= 5),
				meanReciprocalRank: round(mean(ranks.map((rank) => (rank === null ? 0 : 1 / rank)))),
			});
			return [kind, { before: figures(of(probes.before, kind)), after: figures(of(probes.after, kind)) }];
		}),
	);
}

export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

const rankOf = (record: QuestionRecord | undefined) => record?.rank ?? Number.POSITIVE_INFINITY;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
const round = (value: number) => Math.round(value * 1_000) / 1_000;
const percent = <T>(items: readonly T[], has: (item: T) => boolean) => Math.round((1_000 * items.filter(has).length) / Math.max(items.length, 1)) / 10;
