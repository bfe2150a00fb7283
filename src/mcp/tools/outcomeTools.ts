import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { CoordinatorError } from '#core/base/errors';
import type { OutcomeLabel, Signal } from '#core/domain/outcome';
import type { Coordinator } from '#core/domain/requests';
import { addTool, type Served } from '../tool.ts';
import { interactionId, query } from './shapes.ts';

const VALUE: Readonly<Record<OutcomeLabel, number>> = { success: 1, partial: 0, failure: -1 };
const LONGEST_RESPONSE = 200_000;

const kept = { is_kept: z.boolean().describe('False: nothing was kept; the text says why.') };
const OFF = 'The user has switched learning off, so nothing was kept. Go on without it.';

/** What an agent did, and what became of it. It counts as the agent's word: less than the user's, and never instead of it. */
export function addOutcomeTools(served: Served): void {
	const { session } = served;

	addTool(served, {
		name: 'track_interaction',
		title: 'Remember a question and its answer',
		description:
			'Remembers a question that you answered, with your answer and the context it was made with, so that later answers can learn from how it went. Returns the interaction_id that update_outcome and learning_feedback want. Secrets in the text are blanked.',
		input: {
			query,
			response: z.string().min(1).max(LONGEST_RESPONSE).describe('The answer, or a summary of the change that was made.'),
			context_ids: z.array(z.string().min(1).max(100)).max(200).default([]).describe('ids of search_context or context_ids of augment_query that the answer used.'),
			interaction_id: interactionId.optional().describe('That of augment_query or route_query, where there was one.'),
			follows: interactionId.optional().describe('interaction_id of the question before it in the same conversation.'),
			model: z.string().min(1).max(200).default('unknown').describe('The model that answered.'),
			is_remote: z.boolean().default(true).describe('Whether that model runs on another machine.'),
			tokens_used: z.number().int().min(0).max(100_000_000).default(0),
			latency_ms: z.number().min(0).max(86_400_000).default(0),
		},
		output: { interaction_id: interactionId.nullable(), ...kept },
		isReading: false,
		needsIndex: false,
		run: async (input, { coordinator, signal }) => {
			const given = input.interaction_id;
			if (given !== undefined && !session.redeem(given)) {
				throw new CoordinatorError(
					'invalid-argument',
					`The interaction ${given} was not given out on this connection, or is tracked already. Leave interaction_id out to get a new one.`,
				);
			}
			const id = given ?? randomUUID();
			const isKept = await coordinator.trackInteraction(
				{
					id,
					query: input.query,
					response: input.response,
					modelId: input.model,
					isRemote: input.is_remote,
					contextIds: input.context_ids,
					tokensUsed: input.tokens_used,
					latencyMs: input.latency_ms,
					follows: input.follows ?? null,
					agent: session.agent,
				},
				signal,
			);
			return {
				text: isKept ? `Remembered as ${id}. Call update_outcome with it once you know whether it worked.` : OFF,
				data: { interaction_id: isKept ? id : null, is_kept: isKept },
			};
		},
	});

	const report = async (coordinator: Coordinator, signal: Pick<Signal, 'interactionId' | 'kind' | 'value'>, files: readonly string[] = []) => {
		const common = { interactionId: signal.interactionId, source: session.agent, timeMs: Date.now() };
		const edits = files.map((subject): Signal => ({ ...common, id: randomUUID(), kind: 'edited-after', value: Number(signal.value >= 0), subject }));
		const isKept = (await coordinator.reportOutcome([{ ...common, ...signal, id: randomUUID(), subject: null }, ...edits])) > 0;
		const text = isKept
			? 'Noted.'
			: `Not noted: there is no interaction ${signal.interactionId} any more, or learning is off. Track the interaction first with track_interaction.`;
		return { text, data: { is_kept: isKept } };
	};

	addTool(served, {
		name: 'update_outcome',
		title: 'Report how an answer turned out',
		description:
			'Reports whether an answer worked: success (built, tests passed, the user accepted it), partial, or failure. Report what happened, not what was hoped for. A later report replaces your earlier one; what the user says counts more.',
		input: {
			interaction_id: interactionId,
			outcome: z.enum(['success', 'partial', 'failure']),
			files_changed: z
				.array(z.string().min(1).max(1_000))
				.max(50)
				.default([])
				.describe('Files that were changed to do what was asked, relative to the folder of the workspace: similar questions find them sooner.'),
		},
		output: kept,
		isReading: false,
		needsIndex: false,
		run: ({ interaction_id, outcome, files_changed }, { coordinator }) =>
			report(coordinator, { interactionId: interaction_id, kind: 'agent-report', value: VALUE[outcome] }, files_changed),
	});

	addTool(served, {
		name: 'learning_feedback',
		title: 'Rate an answer',
		description: 'Rates an answer and its context as helpful (1), not helpful (-1), or takes your rating back (0). For whether it worked, use update_outcome.',
		input: { interaction_id: interactionId, rating: z.union([z.literal(-1), z.literal(0), z.literal(1)]) },
		output: kept,
		isReading: false,
		needsIndex: false,
		run: ({ interaction_id, rating }, { coordinator }) => report(coordinator, { interactionId: interaction_id, kind: 'thumbs', value: rating }),
	});
}
