import { CoordinatorError } from './base/errors.ts';
import type { Worktree } from './domain/file.ts';
import type { KnowledgeHit } from './domain/hit.ts';
import type { FinishedInteraction } from './domain/interaction.ts';
import { type KnowledgeOwner, LEARNED_COLLECTIONS, type LearnedCollection } from './domain/knowledge.ts';
import type { Signal } from './domain/outcome.ts';
import { exportBundle } from './learn/book/exportBundle.ts';
import { importBundle } from './learn/book/importBundle.ts';
import { createKnowledgeBook } from './learn/book/knowledgeBook.ts';
import { NOTHING } from './learn/book/removeItems.ts';
import { createBreath } from './learn/breathe.ts';
import { createCare } from './learn/care.ts';
import { buildDataset } from './learn/dataset/buildDataset.ts';
import { createSolutionKeeper } from './learn/error/solutionKeeper.ts';
import { createLearningLoop, type SettledInteraction } from './learn/learningLoop.ts';
import { combineSignals } from './learn/outcome/combineSignals.ts';
import { createPatternQueue } from './learn/pattern/patternQueue.ts';
import { createSkillKeeper } from './learn/pattern/skillKeeper.ts';
import { endorsePractices } from './learn/practice/endorse.ts';
import { practiceCategory } from './learn/practice/practiceFiles.ts';
import { createPracticeReader, type PracticeSource } from './learn/practice/practiceReader.ts';
import { keepTrue } from './learn/truth/keepTrue.ts';
import type { CallAllowance, CallToAllow, LedgerRow } from './metrics/ledger.ts';
import type { ModelCatalogue } from './models/modelCatalogue.ts';
import type { Ports } from './ports.ts';
import type { Settings } from './settings.ts';
import type { KnowledgeStores } from './store/openStores.ts';
import { SyntaxParser } from './syntax/syntaxParser.ts';

export interface LearningRoom {
	/** Remembers an answer while the user reads it; a failure costs the memory. Resolves when it is kept, and never rejects. */
	remember(interaction: FinishedInteraction): Promise<void>;
	report(signals: readonly Signal[]): Promise<number>;
	keepTrue(hits: readonly KnowledgeHit[]): Promise<readonly KnowledgeHit[]>;
	/** Lets a question go before what is learned in the background. */
	yieldTo<T>(work: Promise<T>): Promise<T>;
	/** Learned items may have come that have no vector yet. */
	embedSoon(): void;
	/** The rules of open worktrees may be readable now, or have changed: those at these absolute paths; absent: any. */
	filesChanged(paths?: readonly string[]): void;
	settingsChanged(): void;
	readonly knowledge: KnowledgeOwner;
	close(): Promise<void>;
}

/** Parsing an example that edits are learned from anew. */
const PARSE_LIMIT_MS = 200;

/** Composition of the third river over its stores: outcome → score → contexts, patterns, practices → what its owner sees of it. */
export function createLearningRoom(options: {
	readonly ports: Ports;
	readonly stores: KnowledgeStores;
	readonly catalogue: ModelCatalogue;
	readonly settings: () => Settings;
	/** Keeps calls of models in the ledger; must not reject. */
	readonly record: (rows: readonly LedgerRow[]) => void;
	/** Sets aside what a call to another machine may cost, until it is noted. Null: it may not be made. */
	readonly allow: (call: CallToAllow) => Promise<CallAllowance | null>;
	/** Told of signals that are new. */
	readonly onHeard?: (signals: readonly Signal[]) => void;
	/** Told of settled interactions beside those who learn here; may be told of one again. */
	readonly onSettled?: (interaction: SettledInteraction) => void;
	/** The open worktrees with their manifests. */
	readonly sources: () => readonly PracticeSource[];
	/** For each absolute path whether models on this machine alone may see the file. Absent: none is. */
	readonly isLocalOnly?: (paths: readonly string[]) => Promise<readonly boolean[]>;
	/** Told of items before they are gone, whether the user or the retention removes them. */
	readonly onRemove?: (collection: LearnedCollection, ids: readonly string[]) => Promise<void>;
}): LearningRoom {
	const { ports, stores, catalogue, settings, sources, isLocalOnly, onRemove } = options;
	const { clock, log, files } = ports;
	const { collections: store, outcomes, rankings, extractions, eraser } = stores;

	const skills = createSkillKeeper({ store, outcomes, extractions, settings, clock });
	const patterns = createPatternQueue({
		store,
		extractions,
		outcomes,
		skills,
		models: () => catalogue.languageModels(),
		embedding: () => catalogue.embedding(),
		settings,
		record: options.record,
		allow: options.allow,
		clock,
		uuid: ports.uuid,
		log,
	});
	const loop = createLearningLoop({
		history: store,
		outcomes,
		rankings,
		settings,
		log,
		...(options.onHeard ? { onHeard: options.onHeard } : {}),
		onSettled: async (settled) => {
			await skills.settled(settled);
			await endorsePractices({ store, outcomes }, settled);
			await patterns.settled(settled);
			options.onSettled?.(settled);
		},
	});
	const practices = createPracticeReader({ store, eraser, files, clock, log, ...(isLocalOnly ? { isLocalOnly } : {}) });
	const removal = { store, outcomes, rankings, extractions, eraser, skills, ...(onRemove ? { onRemove } : {}) };
	const parser = new SyntaxParser((path) => ports.assets.read(path), { nowMs: () => clock.nowMs(), timeoutMs: PARSE_LIMIT_MS });
	const solutions = createSolutionKeeper({ store, parser, clock });
	const book = createKnowledgeBook({ ...removal, solutions, others: stores.others, clock, settings, breathe: createBreath(clock) });
	/** Remembering, outcomes and deletions follow each other: none must write what another has just removed. */
	let last: Promise<unknown> = Promise.resolve();
	const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
		const done = last.then(work);
		last = done.catch(() => undefined);
		return done;
	};
	const care = createCare({ removal, practices, inTurn, sources, loadedEmbedding: () => catalogue.loadedEmbedding(), settings, clock, log });

	// What a process that died left outstanding.
	void inTurn(() => loop.catchUp()).catch((error: unknown) => log.warn(`Outcomes could not be caught up with: ${String(error)}`));
	patterns.resume();

	/** What the owner does ends what is done in the background. */
	const owned = async <T>(work: () => Promise<T>): Promise<T> => {
		const done = inTurn(async () => {
			care.interrupt();
			return work();
		});
		patterns.yieldTo(done);
		try {
			return await done;
		} finally {
			care.embedSoon();
		}
	};
	const workspaceOf = (workspaceId: string | undefined): Worktree => {
		const found = sources().find(({ worktree }) => workspaceId === undefined || worktree.id === workspaceId);
		if (!found) throw new CoordinatorError('not-found', 'No folder is open that the bundle could belong to.');
		return found.worktree;
	};

	return {
		async remember(interaction) {
			await inTurn(() => loop.remember(interaction)).catch((error: unknown) => log.warn(`An answer could not be remembered: ${String(error)}`));
			if (!interaction.embedding) care.embedSoon();
		},
		report: (signals) => inTurn(() => loop.report(signals)),
		keepTrue: (hits) => keepTrue({ store, practices, files, clock }, hits, sources()),
		yieldTo(work) {
			patterns.yieldTo(work);
			care.yieldTo(work);
			return work;
		},
		filesChanged(paths) {
			const isConcerned =
				paths === undefined ||
				sources().some(({ worktree }) =>
					paths.some((path) => path.startsWith(worktree.path) && practiceCategory(path.slice(worktree.path.length).replaceAll('\\', '/').replace(/^\/+/, '')) !== null),
				);
			if (isConcerned) care.readPracticesSoon();
		},
		embedSoon: () => care.embedSoon(),
		settingsChanged() {
			patterns.resume();
			care.embedSoon();
			care.readPracticesSoon();
		},
		knowledge: {
			list: (query) => book.list(query),
			detail: (id) => book.detail(id),
			change: (id, change) =>
				owned(async () => {
					const item = await book.change(id, change);
					if (change.action !== 'confirm' || item.collection !== 'interaction-history') return item;
					// Who confirms what an agent reports says so as if it were their own.
					const { probability } = combineSignals(await outcomes.signals(id), settings().learning.weights);
					const value = probability < 0.5 ? -1 : 1;
					const thumb = { id: `confirmed:${id}`, interactionId: id, kind: 'thumbs', value, subject: null, source: 'user', timeMs: clock.nowMs() } as const;
					await loop.report([thumb]);
					return (await book.detail(id)).item;
				}),
			remove: (ids) => owned(() => book.remove(ids)),
			forget: (scope) => owned(() => book.forget(scope)),
			export: (request) => exportBundle(store, request),
			import: (request) =>
				owned(async () => {
					const { id, repositoryId } = workspaceOf(request.workspaceId);
					return importBundle(store, { ...request, workspaceId: id, repositoryId });
				}),
			async dataset(request) {
				// Questions are compared by their vectors, which need their model named.
				const model = await catalogue.embedding().catch(() => null);
				if (model) await store.useEmbeddingModel(model.id, model.dimension);
				return buildDataset(store, request, settings().learning, createBreath(clock));
			},
			async status() {
				const counts = await Promise.all(LEARNED_COLLECTIONS.map(async (collection) => ({ [collection]: await store.count(collection) })));
				return { items: Object.assign({}, NOTHING, ...counts), extractions: await patterns.counts() };
			},
		},
		async close() {
			await care.close();
			await patterns.close();
			await last;
		},
	};
}
