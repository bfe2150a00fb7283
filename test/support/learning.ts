import { randomUUID } from 'node:crypto';
import { createLearningLoop, type LearningLoop } from '#core/learn/learningLoop';
import { createPatternQueue, type PatternQueue } from '#core/learn/pattern/patternQueue';
import { createSkillKeeper } from '#core/learn/pattern/skillKeeper';
import type { CallAllowance, CallToAllow, LedgerRow } from '#core/metrics/ledger';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { LanguageModel } from '#core/models/languageModel';
import type { ClockPort } from '#core/ports';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import { createLog } from '#node/log';
import { type TestKnowledge, wordEmbedding } from './knowledge.ts';
import { PLAIN_INFO } from './modelInfo.ts';

/** The learning loop with its skills and the queue of patterns, over a real database. */
export function startLearning(options: {
	readonly knowledge: TestKnowledge;
	readonly clock: ClockPort;
	readonly models: () => readonly LanguageModel[];
	readonly embedding?: () => EmbeddingModel;
	readonly settings?: () => Settings;
	/** Told of the calls that the ledger would keep. */
	readonly record?: (rows: readonly LedgerRow[]) => void;
	readonly allow?: (call: CallToAllow) => Promise<CallAllowance | null>;
}): { readonly loop: LearningLoop; readonly queue: PatternQueue } {
	const { knowledge, clock, models, settings = () => DEFAULT_SETTINGS, record = () => undefined, allow = async () => ({ maxOutputTokens: null }) } = options;
	const { store, outcomes, rankings, extractions } = knowledge;
	const log = createLog(() => undefined, 'off');
	const skills = createSkillKeeper({ store, outcomes, extractions, settings, clock });
	const embedding = async () => options.embedding?.() ?? wordEmbedding();
	const queue = createPatternQueue({
		...{ store, extractions, outcomes, skills, models: async () => models(), embedding, settings, clock, log },
		...{ record, allow, uuid: randomUUID },
	});
	const loop = createLearningLoop({
		history: store,
		outcomes,
		rankings,
		settings,
		log,
		onSettled: async (settled) => {
			await skills.settled(settled);
			await queue.settled(settled);
		},
	});
	return { loop, queue };
}

/** A model that extracts one of three patterns, by the topic of the question. */
export function topicModel(): LanguageModel {
	return {
		id: 'ollama:topics',
		label: 'topics',
		destination: 'this machine',
		isRemote: false,
		contextTokens: null,
		info: PLAIN_INFO,
		async *stream(messages) {
			const topic = /topic(\d)/.exec(messages.map(({ text }) => text).join('\n'))?.[1] ?? '0';
			const words = [
				['retries', 'waits growing between attempts of the network'],
				['paging', 'cursors followed lazily over long lists'],
				['caching', 'entries evicted once their memory is needed'],
			][Number(topic) % 3] ?? ['', ''];
			const text = `${words[1]} for ${words[0]} ${words[0]}`;
			yield { type: 'delta', text: JSON.stringify({ problem_type: `About ${words[0]}`, solution_approach: text, skills_used: [words[0]], generalizable_pattern: text }) };
			yield { type: 'end', reason: 'stop', usage: { inputTokens: 1, outputTokens: 1, isEstimate: true } };
		},
	};
}
