import { createAskPipeline } from './ask/askPipeline.ts';
import { describeTracked } from './ask/respond/describeTracked.ts';
import { createRouter } from './ask/route/router.ts';
import { CoordinatorError } from './base/errors.ts';
import { Emitter, type Event } from './base/event.ts';
import { clearStoredIndexes } from './clearStoredIndexes.ts';
import { combineStatus } from './combineStatus.ts';
import { createCommandRoom } from './commandRoom.ts';
import { diagnosticsReport } from './diagnosticsReport.ts';
import type { IndexStatus } from './domain/indexStatus.ts';
import type { Observation } from './domain/observation.ts';
import { filesOf } from './domain/question.ts';
import type { Coordinator } from './domain/requests.ts';
import { loadTokenCounter } from './domain/tokenCount.ts';
import { createFixRoom } from './fixRoom.ts';
import { createLocalOnlyCheck } from './ingest/scan/localOnlyRules.ts';
import { createKnowledgeFinder } from './knowledgeFinder.ts';
import { createLearningRoom } from './learningRoom.ts';
import { openLedgerRoom } from './ledgerRoom.ts';
import type { CallBook } from './metrics/ledger.ts';
import { createModelCatalogue } from './models/modelCatalogue.ts';
import { ServerTurns } from './models/serverTurns.ts';
import { observeAnswer, observeCall, outcomeOf } from './observing.ts';
import { OpenFolders } from './openFolders.ts';
import type { Ports } from './ports.ts';
import { createRankingRoom } from './rankingRoom.ts';
import { repairing } from './repairing.ts';
import type { Settings } from './settings.ts';
import { createSharedRoom } from './sharedRoom.ts';
import { openKnowledge, openTurns } from './store/openStores.ts';
import { StoredIndexes } from './store/storedIndexes.ts';
import { openTeamRoom } from './teamRoom.ts';

/** Shown in reports and by `cli --version`; the build replaces it with the version of package.json. */
declare const HYBRID_VERSION: string | undefined;
export const VERSION: string = typeof HYBRID_VERSION === 'string' ? HYBRID_VERSION : 'development';

export interface CoordinatorHandle {
	readonly coordinator: Coordinator;
	readonly version: string;
	readonly sqliteEngine: string;
	/** Told of what is worth counting, as it happens. */
	readonly onDidObserve: Event<Observation>;
	/** Takes over changed settings without a restart; `dataDirectory` and `qdrant` need one. */
	applySettings(settings: Settings): Promise<void>;
}

/** Builds the rivers over their stores and models, in reading order. Touches the data directory, not the workspace. */
export async function createCoordinator(options: { readonly ports: Ports; readonly settings: Settings; readonly dataDirectory: string }): Promise<CoordinatorHandle> {
	const { ports, dataDirectory } = options;
	let settings = options.settings;
	const changed = new Emitter<IndexStatus>();
	const observed = new Emitter<Observation>();

	const claims = await openTurns(ports, dataDirectory);
	const turns = claims && new ServerTurns(claims, ports);
	const calls: CallBook = { record: (rows) => record(rows), allow: (call) => ledger.allow(call) };
	const catalogue = createModelCatalogue({ ports, settings, calls, ...(turns ? { turns } : {}) });
	const team = await openTeamRoom({ ports, dataDirectory, settings: () => settings });
	const stored = new StoredIndexes(ports, dataDirectory);
	const localOnly = createLocalOnlyCheck({
		files: ports.files,
		folders: (): readonly string[] => folders.snapshots().map(({ folder }) => folder.path),
		patterns: () => settings.privacy.localOnly,
	});
	const onDidChange = () => changed.fire(status());
	const shared = createSharedRoom({ ports, settings, localOnly, folders: () => folders.stores(), knowledge: () => knowledge.collections, onDidChange });
	const local = await openKnowledge({ ports, dataDirectory, shared: (ownName) => shared.open(ownName) });
	const knowledge = { ...local, outcomes: team.mirror(local.outcomes) };
	const folders = new OpenFolders({ ports, dataDirectory, stored, catalogue, settings: () => settings, localOnly, onDidChange, shared: () => shared.place });
	const ledger = await openLedgerRoom({ ports, dataDirectory, settings: () => settings });
	const record: CallBook['record'] = (rows) => {
		// First, so that what is in the ledger is also on its way to the team.
		team.record(rows);
		ledger.record(rows);
		for (const row of rows) observed.fire(observeCall(row));
	};
	const router = createRouter({
		settings: () => settings.routing,
		store: knowledge.routes,
		random: Math.random,
		onProblem: (error) => ports.log.warn(`What the router learned could not be read or kept: ${String(error)}`),
	});
	const { rankings, outcomes, collections: history } = knowledge;
	const opened = { stores: () => folders.stores(), whenOpen: () => folders.whenOpen() };
	const ranking = createRankingRoom({ ports, rankings, history, outcomes, ...opened, settings: () => settings });
	const learning = createLearningRoom({
		ports,
		stores: knowledge,
		catalogue,
		settings: () => settings,
		...calls,
		sources: () => folders.stores(),
		isLocalOnly: async (paths) => (await localOnly(paths.map((path) => ({ path })))).map((verdict) => verdict !== 'open' && verdict !== 'missing'),
		onRemove: async (collection, ids) => {
			if (collection !== 'interaction-history') return;
			router.forget(ids);
			commands.forget(ids);
			fixes.forget(ids);
		},
		onHeard: (signals) => {
			for (const { kind, value } of signals) observed.fire({ kind: 'signal', signal: kind, value });
		},
		onSettled: (settled) => {
			const { id, payload, estimate } = settled;
			const outcome = outcomeOf(settled, settings.learning.highValueThreshold);
			observed.fire({ kind: 'outcome', label: outcome.outcome, valueScore: outcome.valueScore, isHighValue: outcome.isHighValue });
			ledger.recordOutcome(id, outcome);
			// An agent could otherwise choose the user's models by praising itself often enough.
			if (!estimate.isConfirmed) return;
			const certainty = Math.abs(2 * estimate.probability - 1);
			team.settled({ ...estimate, interactionId: id, timeMs: ports.clock.nowMs() });
			router.observe({ interactionId: id, modelId: payload.model_used, success: estimate.probability, weight: certainty, timeMs: Date.parse(payload.timestamp) });
		},
	});
	const worktrees = () => folders.stores().map(({ worktree }) => worktree);
	const common = { ports, store: knowledge.collections, worktrees, localOnly, settings: () => settings };
	const fixes = createFixRoom({ ...common, folders: () => folders.stores() });
	const commands = createCommandRoom({ ...common, whenOpen: opened.whenOpen, report: (signals) => learning.report(signals), onLearned: () => learning.embedSoon() });
	const keepTrue: typeof learning.keepTrue = (hits) => learning.keepTrue(hits);
	const findKnowledge = createKnowledgeFinder({ ...common, commands, keepTrue, embedding: () => catalogue.embedding() });
	const ask = createAskPipeline({
		stores: () => folders.stores(),
		knowledge: () => knowledge.collections,
		outcomes: knowledge.outcomes,
		pathWords: ranking.pathWords,
		catalogue,
		ports,
		settings: () => settings,
		onVanished: (paths) => folders.filesChanged(paths.map((path) => ({ path, kind: 'deleted' }))),
		indexStatus: () => status(),
		router,
		budget: () => ledger.budget(),
		...calls,
		onAsked: (asked, figures) => ledger.recordFigures(asked, figures),
		localOnly,
		keepTrue,
		onAnswered: (interaction) => {
			commands.answered(interaction);
			void learning.remember(interaction);
		},
		solutionsFor: (text, leavesMachine) => commands.solutionsFor(text, leavesMachine),
		onSearched: (timings) => observed.fire({ kind: 'search', ...timings }),
	});

	function status(): IndexStatus {
		return combineStatus(folders.snapshots(), [...folders.notes(), ...shared.problems()]);
	}
	const guarded = repairing((error) => folders.repair(error));

	const coordinator: Coordinator = {
		openFolders: async (next) => {
			await folders.open(next);
			void shared.recheck();
			learning.filesChanged();
		},
		startIndexing: async () => {
			if (folders.isEmpty) throw new CoordinatorError('not-found', 'No folder is open.');
			await folders.start();
			learning.filesChanged();
			// With the last vector the embedding model is loaded, which what was learned is waiting for.
			void folders.whenIdle({ vectors: true }).then(
				() => learning.filesChanged(),
				() => undefined,
			);
			// The first question would otherwise wait for the tokenizer, and for a thousand outcomes to be read.
			void loadTokenCounter().catch(() => undefined);
			ranking.warm();
		},
		pauseIndexing: () => folders.each((queue) => queue.pause()),
		resumeIndexing: () => folders.each((queue) => queue.resume()),
		stopIndexing: () => folders.each((queue) => queue.stop()),
		clearIndex: () => folders.clear(),
		status,
		onDidChangeStatus: (listener) => changed.event(listener),
		filesChanged: (changes) => {
			folders.filesChanged(changes);
			commands.filesChanged(changes.map(({ path }) => path));
			// Rules are read as the index has them.
			void folders.whenIdle().then(
				async () => {
					learning.filesChanged(changes.map(({ path }) => path));
					await shared.filesChanged(changes.map(({ path }) => path));
				},
				() => undefined,
			);
		},
		whenIdle: (wanted) => folders.whenIdle(wanted),
		search: (query, signal) => guarded(folders.yieldTo(ask.search(query, signal), filesOf(query.signals))),
		augment: (query, signal) => guarded(learning.yieldTo(folders.yieldTo(ask.augment(query, signal), filesOf(query.signals)))),
		ask: async (query, onPart, signal) => {
			const watch = observeAnswer(onPart);
			const summary = await guarded(learning.yieldTo(folders.yieldTo(ask.ask(query, watch.onPart, signal), filesOf(query.signals))));
			observed.fire(watch.end(summary));
			return summary;
		},
		route: (query, signal) => guarded(folders.yieldTo(ask.route(query, signal), filesOf(query.signals))),
		trackInteraction: async (tracked, signal) => {
			if (!settings.learning.enabled) return false;
			const found = {
				stores: folders.stores(),
				knowledge: knowledge.collections,
				embedding: () => catalogue.embedding(),
				localOnly,
				files: ports.files,
				clock: ports.clock,
			};
			await learning.remember(await describeTracked(tracked, { ...found, ...(signal ? { signal } : {}) }));
			return true;
		},
		findKnowledge: (request, signal) => learning.yieldTo(findKnowledge(request, signal)),
		reportOutcome: async (signals) => {
			if (signals.some(({ value }) => value < 0)) ask.forgetAnswers();
			commands.heard(signals);
			return learning.report(await ranking.placeEdits(signals));
		},
		...commands.face,
		offerFixes: (request) => fixes.offer(request),
		recordFix: async (outcome) => {
			await fixes.record(outcome);
			learning.embedSoon();
		},
		knowledge: {
			...learning.knowledge,
			remove: (ids) => {
				ask.forgetAnswers();
				return learning.knowledge.remove(ids);
			},
			forget: (scope) => {
				ask.forgetAnswers();
				commands.forget(null);
				return learning.knowledge.forget(scope);
			},
		},
		router: { explain: router.explain, overview: router.overview, reset: router.reset, export: () => JSON.stringify(router.exportState()) },
		ranking: ranking.owner,
		spending: (options) => ledger.summary(options),
		teamReport: (options) => team.report(options),
		teamState: () => team.state(),
		resendToTeam: () => team.resend(ledger.calls()),
		dashboard: async (query) => ({
			...(await ledger.dashboard(query)),
			knowledge: await learning.knowledge.status(),
			highValueThreshold: settings.learning.highValueThreshold,
		}),
		dashboardRows: (query) => ledger.rows(query),
		proposeFix: (request, signal) => fixes.propose(request, (query) => coordinator.ask(query, () => undefined, signal), signal),
		models: (options) => catalogue.describe(options),
		modelEndpoints: () => catalogue.endpoints(),
		modelPresets: () => catalogue.presets(),
		testModel: (id, signal) => catalogue.test(id, signal),
		pullModel: (request, onProgress, signal) => catalogue.pull(request, onProgress, signal),
		secretsChanged: () => {
			catalogue.secretsChanged();
			team.secretsChanged();
		},
		discoverServers: (signal) => catalogue.discover(signal),
		skippedExamples: (worktreeId, reason) => folders.skippedExamples(worktreeId, reason),
		storedIndexes: () => stored.list(folders.repositoryIds()),
		clearStoredIndexes: (repositoryIds) => clearStoredIndexes(repositoryIds, folders, stored),
		moveStores: (to, onProgress, signal) => shared.move(to, onProgress, signal),
		diagnosticsReport: async () => diagnosticsReport({ version: VERSION, settings, status: status(), models: await coordinator.models() }),
		close: async () => {
			changed.dispose();
			observed.dispose();
			await learning.close();
			await folders.close();
			await catalogue.close();
			turns?.close();
			await knowledge.collections.close();
			await ledger.close();
			await team.close();
			await ports.processor.close();
		},
	};
	return {
		coordinator,
		version: VERSION,
		sqliteEngine: ports.sqlite.name,
		onDidObserve: observed.event,
		applySettings: async (next) => {
			settings = next;
			await team.settingsChanged();
			await catalogue.updateSettings(next);
			await folders.settingsChanged();
			learning.settingsChanged();
			commands.settingsChanged();
			void shared.recheck();
			changed.fire(status());
		},
	};
}
