import type { Hit, Signal } from '#protocol/messages';
import { idOf } from './chance.ts';
import type { Answered, CoordinatorProcess } from './coordinatorProcess.ts';
import type { QuestionRecord } from './liveWeek.ts';
import type { ModelServers } from './modelServers.ts';
import { react } from './person.ts';
import type { Task } from './plan.ts';
import { phrase, type Question } from './questions.ts';

/** Asks, reacts as somebody would who knows the truth, and goes on until the answer is right or patience ends. */
export async function askQuestion(
	task: Extract<Task, { type: 'question' }>,
	options: {
		readonly servers: ModelServers;
		readonly ask: (query: Parameters<CoordinatorProcess['ask']>[0]) => Promise<Answered>;
		readonly report: (signals: readonly Signal[]) => Promise<void>;
		readonly nowMs: () => number;
		readonly seed: number;
	},
): Promise<Omit<QuestionRecord, 'day'>> {
	const { servers, ask, report, nowMs, seed } = options;
	const { question, key } = task;
	servers.wish = { key, question };
	const startedMs = performance.now();
	let interactionId = idOf(seed, key, 0);
	const first = await ask({ interactionId, prompt: task.prompt });
	const answerMs = performance.now() - startedMs;
	let answered = first;
	const isRight = () => question.truth.some((file) => answered.summary.text.includes(`\`${file}\``));
	for (let step = 1; ; step++) {
		const reaction = react({ interactionId, key: `${key}:${step}`, isRight: isRight(), subject: question.truth[0] ?? '', timeMs: nowMs(), seed });
		await report(reaction.signals);
		if (reaction.next === 'nothing' || step > 2) break;
		const before = interactionId;
		interactionId = idOf(seed, key, step);
		if (reaction.next === 'complain') answered = await ask({ interactionId, prompt: 'That is wrong, it is not there.', follows: before });
		else if (reaction.next === 'rephrase') answered = await ask({ interactionId, prompt: phrase(question, 20 + step), follows: before });
		else answered = await ask({ interactionId, prompt: task.prompt, retryOf: before });
	}
	const { summary, hits } = first;
	const files = filesOf(hits);
	return {
		...{ type: 'question', task, answerMs, files, rank: rankOf(files, question), hasAllFiles: question.truth.every((file) => files.includes(file)) },
		isRight: question.truth.some((file) => summary.text.includes(`\`${file}\``)),
		isRightInTheEnd: isRight(),
		isLocal: summary.model !== null && !summary.model.isRemote,
		tokens: (summary.usage?.inputTokens ?? 0) + (summary.usage?.outputTokens ?? 0),
		promptTokens: summary.context.tokens,
		isStored: summary.notices.some(({ code }) => code === 'from-cache'),
	};
}

/** In the order of their first piece. */
export function filesOf(hits: readonly Hit[]): string[] {
	return [...new Set(hits.map(({ filePath }) => filePath))];
}

/** Of the first right file, from 1; null: there is none. */
export function rankOf(files: readonly string[], { truth }: Question): number | null {
	const ranks = truth.map((file) => files.indexOf(file)).filter((index) => index >= 0);
	return ranks.length === 0 ? null : Math.min(...ranks) + 1;
}
