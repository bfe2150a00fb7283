import { CoordinatorError } from '#core/base/errors';
import type { InteractionHistoryPayload } from '#core/domain/collection';
import type { Evidence } from '#core/domain/experience';
import type { FinishedInteraction } from '#core/domain/interaction';
import type { OutcomeEstimate, Signal } from '#core/domain/outcome';
import type { LogPort } from '#core/ports';
import type { Settings } from '#core/settings';
import { type OutcomeStore, type PendingOutcome, placeOf } from '#core/store/outcomeStore';
import type { RankingStore } from '#core/store/rankingStore';
import type { VectorStore } from '#core/store/vectorStore';
import { combineSignals } from './outcome/combineSignals.ts';
import { countSimilarQueries } from './outcome/countSimilarQueries.ts';
import { editedFiles, withEdit } from './outcome/editedFiles.ts';
import { followUpSignals } from './outcome/followUpSignals.ts';
import { interactionPoint } from './outcome/interactionPoint.ts';
import { judgeRanking } from './outcome/judgeRanking.ts';
import { usedContexts } from './outcome/usedContexts.ts';
import { computeValueScore } from './outcome/valueScore.ts';

/** Interactions whose consequences are drawn before others are let through. */
const BATCH = 20;

/** An interaction whose outcome was settled, for what else learns from it. Called again when late evidence changes it. */
export interface SettledInteraction {
	readonly id: string;
	readonly payload: InteractionHistoryPayload;
	readonly estimate: OutcomeEstimate;
	readonly valueScore: number;
	/** What it says of everything that the answer used. */
	readonly credit: Evidence;
	/** Ids of the learned items that the answer used. */
	readonly usedItems: readonly string[];
	/** Pieces of context that the answer used, and pieces that another question was sent with too. */
	readonly contexts: { readonly used: number; readonly reused: number };
}

export interface LearningLoop {
	/** Remembers a question with its answer and what was sent. Before a signal comes, it tells only which words many questions have. */
	remember(interaction: FinishedInteraction): Promise<void>;
	/** Takes signals in, each once, and draws what follows. Those of unknown or forgotten interactions are kept out. Returns how many were new. */
	report(signals: readonly Signal[]): Promise<number>;
	/** Draws consequences that are outstanding, of this process or of one that died. */
	catchUp(): Promise<void>;
	/** Removes an interaction and everything that followed from it. */
	forget(interactionIds: readonly string[]): Promise<void>;
}

/** outcome → score → contexts, and whoever else listens. */
export function createLearningLoop(options: {
	readonly history: VectorStore;
	readonly outcomes: OutcomeStore;
	readonly rankings: RankingStore;
	readonly settings: () => Settings;
	readonly log: Pick<LogPort, 'debug' | 'warn'>;
	/** Told once of each signal that was new, also of those that a question tells of the answer before it. */
	readonly onHeard?: (signals: readonly Signal[]) => void;
	/** Must give the same result however often it is called for the same outcome. */
	readonly onSettled?: (interaction: SettledInteraction) => Promise<void>;
}): LearningLoop {
	const { history, outcomes, rankings, settings, log } = options;
	let drawing: Promise<void> | null = null;

	async function draw(pending: PendingOutcome): Promise<void> {
		const [point] = await history.get('interaction-history', [pending.interactionId]);
		if (!point) return outcomes.forget([pending.interactionId]);
		const signals = await outcomes.signals(pending.interactionId);
		const { weights } = settings().learning;
		const estimate = combineSignals(signals, weights);
		const similar = await countSimilarQueries(history, point);
		const { query, response } = point.payload;
		const valueScore = computeValueScore({ query, response, outcome: estimate.label, userFeedback: estimate.userFeedback, ...similar });
		const isNowConfirmed = estimate.isConfirmed && point.payload.status === 'proposed';
		const drawn = {
			...{ outcome: estimate.label, user_feedback: estimate.userFeedback, value_score: valueScore },
			...(isNowConfirmed ? { status: 'active' as const } : {}),
		};
		await history.setPayload('interaction-history', [point.id], drawn);
		const payload = { ...point.payload, ...drawn };
		const sent = await outcomes.contexts(pending.interactionId);
		const used = sent.filter(({ isUsed }) => isUsed);
		const usedItems = used.filter(({ place, pointId }) => place === pointId).map(({ pointId }) => pointId);
		// An uncertain outcome credits little, whichever way it leans.
		const credit: Evidence = {
			success: estimate.probability,
			weight: Math.abs(2 * estimate.probability - 1),
			timeMs: Date.parse(point.payload.timestamp),
			isConfirmed: estimate.isConfirmed,
		};
		const contexts = { used: used.length, reused: await outcomes.countReused(pending.interactionId) };
		// Files that were edited alone say nothing of the answer.
		const isJudged = estimate.label !== null;
		if (isJudged) await options.onSettled?.({ id: point.id, payload, estimate, valueScore, credit, usedItems, contexts });
		const edited = editedFiles(signals, weights);
		const ranking = rankings.ranking(pending.interactionId);
		if (ranking) rankings.judge(pending.interactionId, judgeRanking(ranking, { response, contexts: sent, credit, edited }));
		const credits = new Map<string, Evidence>((isJudged ? used : []).flatMap(({ place }) => [place, fileOf(place)]).map((place) => [place, credit]));
		for (const file of edited) credits.set(file.place, withEdit(credits.get(file.place) ?? null, file, credit.timeMs));
		await outcomes.settle(
			pending,
			[...credits].map(([place, evidence]) => ({ place, ...evidence })),
		);
	}

	async function drawAll(): Promise<void> {
		const failed = new Set<string>();
		for (;;) {
			const waiting = (await outcomes.pending(BATCH + failed.size)).filter(({ interactionId }) => !failed.has(interactionId));
			if (waiting.length === 0) return;
			for (const pending of waiting) {
				await draw(pending).catch((error: unknown) => {
					failed.add(pending.interactionId);
					log.warn(`What follows from an outcome waits for the next time: ${CoordinatorError.is(error) ? error.code : String(error)}`);
				});
			}
		}
	}

	/** What this question tells of the answer before it. */
	async function hearFollowUp({ id, query, follows, retryOf, embedding, timeMs, agent }: FinishedInteraction): Promise<void> {
		if (retryOf !== null && agent === 'user') {
			await loop.report([{ id: `retried:${retryOf}:${id}`, interactionId: retryOf, kind: 'retried', value: -1, subject: null, source: 'user', timeMs }]);
			return;
		}
		if (follows === null || agent !== 'user') return;
		const [before] = await history.get('interaction-history', [follows]);
		if (!before) return;
		const hash = before.payload.content_hash;
		const other = before.payload.embedding_model === embedding?.model ? (await history.vectors([hash])).get(hash) : undefined;
		const similarity = embedding && other ? embedding.vector.reduce((sum, component, index) => sum + component * (other[index] ?? 0), 0) : null;
		const signals = followUpSignals({ id: follows, timeMs: Date.parse(before.payload.timestamp) }, { id, text: query, timeMs, similarity });
		if (signals.length > 0) await loop.report(signals);
	}

	const loop: LearningLoop = {
		async remember(interaction) {
			if (!settings().learning.enabled) return;
			const { embedding, contexts, follows } = interaction;
			const [before] = follows === null ? [] : await history.get('interaction-history', [follows]);
			const conversationId = before?.payload.conversation_id ?? follows ?? interaction.id;
			if (embedding) await history.useEmbeddingModel(embedding.model, embedding.vector.length);
			const isUsed = usedContexts(interaction.query, interaction.response, contexts);
			await history.upsert('interaction-history', [interactionPoint(interaction, conversationId)]);
			await outcomes.recordContexts(
				interaction.id,
				contexts.map(({ pointId, collection, workspaceId, filePath, symbol }, index) => ({
					pointId,
					place: collection === 'codebase-context' ? placeOf(workspaceId, filePath, symbol) : pointId,
					isUsed: isUsed[index] ?? false,
				})),
			);
			const { id, ranking, timeMs } = interaction;
			if (ranking) rankings.save({ ...ranking, interactionId: id, timeMs });
			await hearFollowUp(interaction);
		},

		async report(signals) {
			if (!settings().learning.enabled) return 0;
			const known = await history.get('interaction-history', [...new Set(signals.map(({ interactionId }) => interactionId))]);
			const ids = new Set(known.map(({ id }) => id));
			const added = await outcomes.addSignals(signals.filter(({ interactionId }) => ids.has(interactionId)));
			if (added.length < signals.length) log.debug(`${signals.length - added.length} of ${signals.length} signals were known already, or of unknown interactions`);
			if (added.length === 0) return 0;
			options.onHeard?.(added);
			await loop.catchUp();
			return added.length;
		},

		catchUp() {
			// What comes in while a run is under way may have been missed by it, so a run follows.
			const next: Promise<void> = (drawing ?? Promise.resolve()).then(drawAll).finally(() => {
				if (drawing === next) drawing = null;
			});
			drawing = next;
			return next;
		},

		async forget(interactionIds) {
			await history.delete('interaction-history', { ids: interactionIds });
			rankings.forget(interactionIds);
			await outcomes.forget(interactionIds);
		},
	};
	return loop;
}

/** The file of a place; the same for what has no file. */
function fileOf(place: string): string {
	const [workspaceId, filePath] = place.split('\n');
	return filePath === undefined ? place : placeOf(workspaceId ?? '', filePath, null);
}
