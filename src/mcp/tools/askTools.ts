import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { CoordinatorError } from '#core/base/errors';
import type { AskQuery } from '#core/domain/requests';
import { addTool, type Served } from '../tool.ts';
import { indexNotices } from '../words.ts';
import { interactionId, notices, query } from './shapes.ts';

/** A question of an agent, with files of the workspace that it names. Throws `invalid-argument` for any other file. */
export async function agentQuestion(served: Pick<Served, 'workspace' | 'session'>, prompt: string, files: readonly string[] = []): Promise<AskQuery> {
	const attachments = await Promise.all(files.map(async (path) => ({ path: await served.workspace.fileAt(path) })));
	const id = randomUUID();
	served.session.issue(id);
	return { interactionId: id, prompt, history: [], attachments, signals: {}, agent: served.session.agent, leavesMachine: true };
}

const files = z.array(z.string().min(1).max(1_000)).max(20).default([]).describe('Paths of files that belong to the question, as the search tools return them.');

/** A question as it would be sent to a model, and to which one. */
export function addAskTools(served: Served): void {
	addTool(served, {
		name: 'augment_query',
		title: 'Augment a question with context',
		description:
			'Returns a prompt made of the question, the code of this workspace that bears on it, and what was learned about it, within the token limit that the user has set. Use it to hand a question to another model.',
		input: { query, files },
		output: {
			interaction_id: interactionId.describe('Pass this to track_interaction with the answer.'),
			augmented_prompt: z.string(),
			context_ids: z.array(z.string()).describe('Pass these to track_interaction.'),
			prompt_tokens: z.number().int(),
			sources: z.array(z.string()),
			withheld: z.array(z.string()).describe('Files that were asked for and hold secrets: not read.'),
			notices,
		},
		isReading: true,
		needsIndex: true,
		run: async ({ query: prompt, files: paths }, { coordinator, signal }) => {
			const question = await agentQuestion(served, prompt, paths);
			const augmented = await coordinator.augment(question, signal);
			return {
				text: augmented.augmented_prompt,
				data: {
					interaction_id: question.interactionId,
					augmented_prompt: augmented.augmented_prompt,
					context_ids: [...augmented.context_ids],
					prompt_tokens: augmented.promptTokens,
					sources: augmented.code.map(({ filePath, startLine, endLine }) => `${filePath}:${startLine}-${endLine}`),
					withheld: [...augmented.withheld],
					notices: indexNotices(coordinator.status()),
				},
			};
		},
	});

	addTool(served, {
		name: 'route_query',
		title: 'Say which model should answer',
		description:
			'Says whether a question is one for a local model, a remote one, or a remote one with a context that a local one has shortened, with the confidence, the reasons and what else could answer. No model is asked. Only models that the user has configured are known.',
		input: { query, files },
		output: {
			interaction_id: interactionId,
			target: z.enum(['local', 'remote', 'hybrid']),
			model: z.string().nullable().describe('Null: no model may answer; the reasons say why.'),
			compressor: z.string().nullable(),
			confidence: z.number().nullable().describe('Predicted probability of a good answer; null: too few answers of the model were judged to say.'),
			complexity: z.string(),
			kind_of_work: z.string(),
			reasons: z.array(z.string()),
			alternatives: z.array(
				z.object({
					model: z.string(),
					is_remote: z.boolean(),
					success_probability: z.number().nullable().describe('Null: too few of its answers were judged to say.'),
					cost_usd: z.number().nullable().describe('Null: not known.'),
					excluded_by: z.string().nullable(),
				}),
			),
		},
		isReading: true,
		needsIndex: true,
		run: async ({ query: prompt, files: paths }, { coordinator, signal }) => {
			const question = await agentQuestion(served, prompt, paths);
			const decision = await coordinator.route(question, signal);
			if (!decision)
				throw new CoordinatorError('not-found', 'The models could not be looked up, so nothing can be routed. Answer on your own, or ask the user to set up a model.');
			const reasons = decision.reasons.map(({ code }) => code);
			const isKnown = decision.alternatives.some((alternative) => alternative.modelId === decision.modelId && alternative.isKnown);
			const confidence = isKnown ? `confidence ${Math.round(decision.confidence * 100)}%` : 'no record yet that says how likely it is to do';
			return {
				text: `${decision.modelId ?? 'no model'} (${decision.target}), ${confidence}: ${reasons.join(', ')}`,
				data: {
					interaction_id: question.interactionId,
					target: decision.target,
					model: decision.modelId,
					compressor: decision.compressorId,
					confidence: isKnown ? decision.confidence : null,
					complexity: decision.complexity,
					kind_of_work: decision.workKind,
					reasons,
					alternatives: decision.alternatives.map(({ modelId, isRemote, successProbability, isKnown, costUsd, excludedBy }) => ({
						model: modelId,
						is_remote: isRemote,
						success_probability: isKnown ? successProbability : null,
						cost_usd: costUsd,
						excluded_by: excludedBy?.code ?? null,
					})),
				},
			};
		},
	});
}
