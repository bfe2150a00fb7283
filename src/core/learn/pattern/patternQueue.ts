import { isCancellation } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { CallAllowance, CallToAllow, LedgerRow } from '#core/metrics/ledger';
import { sideCallRow } from '#core/metrics/sideCall';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { LanguageModel } from '#core/models/languageModel';
import type { ClockPort, LogPort, Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { ExtractionCounts, ExtractionStore } from '#core/store/extractionStore';
import type { OutcomeStore } from '#core/store/outcomeStore';
import type { VectorStore } from '#core/store/vectorStore';
import type { SettledInteraction } from '../learningLoop.ts';
import { combineSignals } from '../outcome/combineSignals.ts';
import { chooseExtractor } from './chooseExtractor.ts';
import { extractPattern } from './extractPattern.ts';
import { mergePattern } from './mergePattern.ts';
import { evidenceOf, type SkillKeeper } from './skillKeeper.ts';

/** How long a process may hold an extraction before another takes it for dead: more than one can take. */
const CLAIM_MS = 300_000;
/** After a model that hung or could not be reached, and where there was none, it is asked for again so much later. */
const REST_MS = 600_000;
/** An extraction that took its process down so often is left alone. */
const MOST_ATTEMPTS = 5;
const MOST_ANCHORS = 8;

export interface PatternQueue {
	/** Queues an interaction that went well enough, and takes one out that turned out not to. */
	settled(interaction: SettledInteraction): Promise<void>;
	/** Goes on with what waits: something may have changed. */
	resume(): void;
	/** Lets a question go first: an extraction under way is put back, and none begins before the work has ended. */
	yieldTo(work: Promise<unknown>): void;
	counts(): Promise<ExtractionCounts>;
	/** Resolves when nothing runs. What waits for a model goes on waiting. */
	whenIdle(): Promise<void>;
	close(): Promise<void>;
}

/** outcome → pattern → skill, one at a time, by a model of this machine unless the user allows others. */
export function createPatternQueue(options: {
	readonly store: VectorStore;
	readonly extractions: ExtractionStore;
	readonly outcomes: OutcomeStore;
	readonly skills: SkillKeeper;
	readonly models: () => Promise<readonly LanguageModel[]>;
	readonly embedding: () => Promise<EmbeddingModel | null>;
	readonly settings: () => Settings;
	/** Keeps calls in the ledger; must not reject. */
	readonly record: (rows: readonly LedgerRow[]) => void;
	/** Sets aside what a call to another machine may cost, until it is noted. Null: it may not be made, and the pattern waits. */
	readonly allow: (call: CallToAllow) => Promise<CallAllowance | null>;
	readonly clock: ClockPort;
	readonly uuid: Ports['uuid'];
	readonly log: Pick<LogPort, 'debug' | 'warn'>;
}): PatternQueue {
	const { store, extractions, outcomes, skills, settings, record, allow, clock, uuid, log } = options;
	const closing = new AbortController();
	let running: Promise<void> | null = null;
	let isAskedAgain = false;
	let current = new AbortController();
	let resting: AbortController | null = null;
	const busy = new Set<Promise<unknown>>();

	const isOn = () => settings().learning.enabled && settings().learning.extractPatterns;

	async function chooseModel(): Promise<LanguageModel | null> {
		return chooseExtractor(await options.models(), settings().learning.extractWithRemote);
	}

	/** The interaction as it is now; null where it is gone, or is not worth a pattern any more. */
	async function read(interactionId: string): Promise<Omit<SettledInteraction, 'credit' | 'usedItems' | 'contexts'> | null> {
		const [point] = await store.get('interaction-history', [interactionId]);
		if (!point) return null;
		const estimate = combineSignals(await outcomes.signals(interactionId), settings().learning.weights);
		const interaction = { id: interactionId, payload: point.payload, estimate, valueScore: point.payload.value_score };
		return isWorthIt(interaction) ? interaction : null;
	}

	/** What was made with text that may not leave this machine gives no pattern: a pattern goes along with questions to any model. */
	const isWorthIt = ({ payload, estimate, valueScore }: Pick<SettledInteraction, 'payload' | 'estimate' | 'valueScore'>) =>
		estimate.label === 'success' && valueScore > settings().learning.highValueThreshold && !payload.local_only;

	/** Returns false when the rest should wait. */
	async function extractOne(interactionId: string, model: LanguageModel, signal: AbortSignal): Promise<boolean> {
		const interaction = await read(interactionId);
		if (!interaction) {
			await extractions.withdraw([interactionId]);
			return true;
		}
		const used = (await outcomes.contexts(interactionId)).filter(({ isUsed, place, pointId }) => isUsed && place !== pointId).map(({ place }) => place);
		const context = used.map((place) => place.split('\n').slice(1).filter(Boolean).join(' '));
		const { payload: asked } = interaction;
		const called = { id: model.id, label: model.label, isRemote: model.isRemote, price: model.info.price };
		const result = await extractPattern({
			...{ model, payload: asked, context, clock, signal, newId: uuid, allow },
			onCall: (call) => record([sideCallRow({ ...call, purpose: 'pattern', timeMs: clock.nowMs(), interactionId, workspaceId: asked.workspace_id, model: called })]),
		});
		if ('dropped' in result) {
			await extractions.finish(interactionId, result);
			log.debug(`No pattern was extracted: ${result.dropped}`);
			return result.dropped !== 'timeout';
		}
		const embedding = await options.embedding().catch(() => null);
		// It may have been forgotten while the model thought.
		const still = await read(interactionId);
		if (!still) {
			await extractions.withdraw([interactionId]);
			return true;
		}
		const { payload } = still;
		const merged = await mergePattern({
			store,
			embedding,
			pattern: result.pattern,
			evidence: evidenceOf(still, 'source'),
			interaction: { workspaceId: payload.workspace_id, repositoryId: payload.repository_id, agent: payload.provenance.filter((name) => name !== 'user') },
			anchors: used.slice(0, MOST_ANCHORS),
			timestamp: new Date(clock.nowMs()).toISOString(),
			signal,
		});
		await skills.learned(merged.skillId, {
			...still,
			credit: { success: still.estimate.probability, weight: 0, timeMs: clock.nowMs() },
			usedItems: [],
			contexts: { used: 0, reused: 0 },
		});
		await extractions.finish(interactionId, { skillId: merged.skillId });
		log.debug(`A pattern was ${merged.isNew ? 'proposed' : 'merged'}: ${merged.skillId}`);
		return true;
	}

	async function run(): Promise<void> {
		while (isOn() && !closing.signal.aborted) {
			while (busy.size > 0) await Promise.allSettled(busy);
			if ((await extractions.counts()).waiting === 0) return;
			const model = await chooseModel();
			if (!model) return rest();
			const claimed = await extractions.claim(clock.nowMs(), clock.nowMs() + CLAIM_MS);
			if (!claimed || closing.signal.aborted) return claimed ? extractions.release(claimed.interactionId) : rest();
			if (claimed.attempts > MOST_ATTEMPTS) {
				await extractions.finish(claimed.interactionId, { dropped: 'crashed' });
				continue;
			}
			current = new AbortController();
			if (busy.size > 0) current.abort();
			const signal = AbortSignal.any([closing.signal, current.signal]);
			try {
				if (!(await extractOne(claimed.interactionId, model, signal))) return rest();
			} catch (error) {
				await extractions.release(claimed.interactionId);
				if (signal.aborted || isCancellation(error)) continue;
				log.warn(`A pattern could not be extracted and waits: ${CoordinatorError.is(error) ? error.code : String(error)}`);
				return rest();
			}
		}
	}

	/** Tries again after a while; at most one such wait is under way. */
	function rest(): void {
		if (resting || closing.signal.aborted) return;
		const wait = new AbortController();
		resting = wait;
		clock.delay(REST_MS, AbortSignal.any([wait.signal, closing.signal])).then(
			() => {
				resting = null;
				queue.resume();
			},
			() => undefined,
		);
	}

	const queue: PatternQueue = {
		async settled(interaction) {
			if (!isWorthIt(interaction)) await extractions.withdraw([interaction.id]);
			else if (isOn() && interaction.payload.model_used !== 'none' && (await extractions.enqueue(interaction.id, clock.nowMs())) && !resting) queue.resume();
		},
		resume() {
			if (closing.signal.aborted) return;
			resting?.abort();
			resting = null;
			isAskedAgain = true;
			running ??= (async () => {
				do {
					isAskedAgain = false;
					await run();
				} while (isAskedAgain && !resting);
			})()
				.catch((error: unknown) => {
					log.warn(`The extraction of patterns stopped for a while: ${String(error)}`);
					rest();
				})
				.finally(() => {
					running = null;
					// Asked for between the last look and this end.
					if (isAskedAgain && !resting) queue.resume();
				});
		},
		yieldTo(work) {
			const settled = work.then(
				() => undefined,
				() => undefined,
			);
			busy.add(settled);
			current.abort();
			void settled.then(() => busy.delete(settled));
		},
		counts: () => extractions.counts(),
		async whenIdle() {
			while (running) await running;
		},
		async close() {
			closing.abort();
			await queue.whenIdle();
		},
	};
	return queue;
}
