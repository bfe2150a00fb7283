import { isCancellation, throwIfAborted } from '#core/base/abort';
import type { AnswerNotice, AnswerSummary, AskPart, AugmentedQuestion } from '#core/domain/answer';
import type { Hit, KnowledgeHit } from '#core/domain/hit';
import type { IndexStatus } from '#core/domain/indexStatus';
import type { FinishedInteraction } from '#core/domain/interaction';
import type { LocalOnlyCheck } from '#core/domain/localOnly';
import type { EndpointDescription } from '#core/domain/modelInfo';
import type { QuestionFigures } from '#core/domain/questionRow';
import type { AskQuery, ModelDescription, SearchQuery, SearchResult } from '#core/domain/requests';
import type { RouteDecision } from '#core/domain/route';
import type { BudgetState } from '#core/domain/spending';
import { loadTokenCounter } from '#core/domain/tokenCount';
import type { WordPiece } from '#core/domain/wordPiece';
import { isControlQuestion } from '#core/metrics/controlShare';
import type { CallAllowance, CallToAllow, LedgerRow } from '#core/metrics/ledger';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { LanguageModel } from '#core/models/languageModel';
import type { StaticVectors } from '#core/models/staticVectors';
import type { Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { OutcomeStore } from '#core/store/outcomeStore';
import type { VectorStore } from '#core/store/vectorStore';
import { type Audience, type Audiences, audiencesOf } from './augment/audiences.ts';
import { withoutContext } from './augment/augmentQuestion.ts';
import { createAugmenter } from './augment/createAugmenter.ts';
import { LocalOnlyMemory } from './augment/localOnlyMemory.ts';
import { quotedFiles, type ReadAttachments, readAttachments, searchText } from './augment/readAttachments.ts';
import { splitLocalOnly } from './augment/splitLocalOnly.ts';
import { type CallFrame, callRecord } from './respond/callRecord.ts';
import { finishedInteraction } from './respond/finishedInteraction.ts';
import { noticesOf } from './respond/notices.ts';
import { questionFigures } from './respond/questionFigures.ts';
import { respond } from './respond/respond.ts';
import { ResponseCache } from './respond/responseCache.ts';
import { type SummaryParts, summarise } from './respond/summarise.ts';
import { createRoutePlanner } from './route/planRoute.ts';
import type { QuestionRouter } from './route/routeQuestion.ts';
import type { FolderStores } from './search/candidates.ts';
import { createFinder, type FinderOptions } from './search/createFinder.ts';
import { pathOfHit } from './search/dropVanished.ts';
import type { FoundCode } from './search/searchCode.ts';

/** Pieces that are looked at for a prompt, for every one that may be sent: some do not fit the budget. */
const LOOKED_AT = 3;
const NOTHING_ATTACHED: Pick<AskQuery, 'interactionId' | 'history' | 'attachments' | 'signals'> = { interactionId: '', history: [], attachments: [], signals: {} };

export interface AskPipelineOptions {
	readonly stores: () => readonly FolderStores[];
	readonly knowledge: () => VectorStore | null;
	/** What became of earlier answers. Absent: nothing is known. */
	readonly outcomes?: OutcomeStore;
	readonly pathWords?: FinderOptions['pathWords'];
	/** Leaves out learned items that are not true any more. Absent: all are believed. */
	readonly keepTrue?: (hits: readonly KnowledgeHit[]) => Promise<readonly KnowledgeHit[]>;
	/** Verified solutions of the errors that a question quotes. Absent: none are known. */
	readonly solutionsFor?: (text: string, leavesMachine: boolean) => Promise<readonly KnowledgeHit[]>;
	readonly catalogue: {
		embedding(): Promise<EmbeddingModel | null>;
		loadedEmbedding(): EmbeddingModel | null;
		staticVectors(): Promise<StaticVectors | null>;
		wordPiece(): Promise<WordPiece>;
		languageModel(id?: string): Promise<LanguageModel | null>;
		describe(): Promise<readonly ModelDescription[]>;
		endpoints(): Promise<readonly EndpointDescription[]>;
	};
	readonly router: QuestionRouter;
	readonly budget: () => Promise<BudgetState>;
	/** Sets aside what a call to another machine may cost, until `record` has its row. Null: it may not be made. */
	readonly allow: (call: CallToAllow) => Promise<CallAllowance | null>;
	/** Keeps calls in the ledger; must not reject. */
	readonly record: (rows: readonly LedgerRow[]) => void;
	/** Told how asking went, unless it was cancelled. */
	readonly onAsked?: (asked: { readonly interactionId: string; readonly timeMs: number; readonly workspaceId: string | null }, figures: QuestionFigures) => void;
	readonly localOnly: LocalOnlyCheck;
	readonly ports: Pick<Ports, 'clock' | 'files' | 'log' | 'uuid'>;
	/** Told of files that were found in the index and are not on the disk any more, by absolute path. Absent: the disk is not looked at. */
	readonly onVanished?: (paths: readonly string[]) => void;
	readonly settings: () => Settings;
	readonly indexStatus: () => IndexStatus;
	/** Told of every question that was answered, by a model or by code, unless it was cancelled. */
	readonly onAnswered?: (interaction: FinishedInteraction) => void;
	/** Told how long each search took, whatever it was for. */
	readonly onSearched?: (timings: SearchResult['timings']) => void;
}

export interface AskPipeline {
	search(query: SearchQuery, signal?: AbortSignal): Promise<SearchResult>;
	augment(query: AskQuery, signal?: AbortSignal): Promise<AugmentedQuestion>;
	/** How a question would be routed. Null where no model is to be asked, or the models cannot be looked up. */
	route(query: AskQuery, signal?: AbortSignal): Promise<RouteDecision | null>;
	/** Streams parts and returns the summary. Cancelling is a summary too; rejects only when the search itself fails. */
	ask(query: AskQuery, onPart: (part: AskPart) => void, signal?: AbortSignal): Promise<AnswerSummary>;
	/** Drops the stored answers: what they were made of was deleted, or one of them did not do. */
	forgetAnswers(): void;
}

/** query → search → augment → route → respond. */
export function createAskPipeline(options: AskPipelineOptions): AskPipeline {
	const { catalogue, ports, settings } = options;
	const { clock } = ports;
	const cache = new ResponseCache(clock);
	const memory = new LocalOnlyMemory();

	const finder = createFinder(options);
	const find: typeof finder = async (request) => {
		const found = await finder(request);
		options.onSearched?.(found.timings);
		return found;
	};
	const augmenter = createAugmenter(options);

	const attachmentsOf = (query: AskQuery) =>
		readAttachments(
			query,
			ports.files,
			options.stores().map(({ worktree }) => worktree),
		);

	const findFor = (query: AskQuery, attachments: ReadAttachments, signal?: AbortSignal) =>
		find({
			query: searchText(query, attachments),
			limit: lookedAt(),
			signals: query.signals,
			textOf: quotedFiles(query),
			interactionId: query.interactionId,
			...(signal ? { signal } : {}),
		});

	const lookedAt = () => settings().search.codeLimit * LOOKED_AT;
	const pathOf = (hit: Hit) => pathOfHit(hit, options.stores(), ports.files);

	const route = createRoutePlanner(options);

	/** Search and augment, for models of this machine and for others. */
	async function prepare(query: AskQuery, signal?: AbortSignal, onFound?: () => void): Promise<Audiences & { readonly found: FoundCode }> {
		const attachments = await attachmentsOf(query);
		const found = await findFor(query, attachments, signal);
		onFound?.();
		const audiences = await audiencesOf({
			query,
			hits: found.hits,
			attachments,
			augment: augmenter(query, found.embedding, signal),
			readAttachments: attachmentsOf,
			pathOf,
			check: options.localOnly,
			memory,
		});
		return { ...audiences, found };
	}

	return {
		forgetAnswers: () => cache.clear(),

		async search({ query, limit, signals, canEmbed = true, leavesMachine = false }, signal) {
			const { hits, question, timings } = await find({ query, limit, signals: signals ?? {}, isLive: !canEmbed, isMerging: false, ...(signal ? { signal } : {}) });
			if (!leavesMachine) return { hits, kind: question.kind, timings };
			const split = await splitLocalOnly({ query: { ...NOTHING_ATTACHED, prompt: query }, hits, pathOf, check: options.localOnly, memory });
			return { hits: split.remoteHits, kind: question.kind, timings, withheld: hits.length - split.remoteHits.length };
		},

		async augment(query, signal) {
			if (query.leavesMachine) return (await prepare(query, signal)).remote.question;
			const attachments = await attachmentsOf(query);
			const found = await findFor(query, attachments, signal);
			return augmenter(query, found.embedding, signal)(found.hits, attachments, query, false);
		},

		async route(query, signal) {
			const { found, local, split } = await prepare(query, signal);
			return (await route(local, split.mustStayLocal, found.embedding, [], signal))?.decision ?? null;
		},

		async ask(query, onPart, signal) {
			const start = clock.nowMs();
			const summary = (parts: SummaryParts) => summarise(query, parts, clock.nowMs() - start);
			try {
				onPart({ type: 'stage', stage: 'searching' });
				const { found, local, remote, split } = await prepare(query, signal, () => onPart({ type: 'stage', stage: 'augmenting' }));
				const searchMs = clock.nowMs() - start;
				const notices: AnswerNotice[] = [];
				const plan = await route(local, split.mustStayLocal, found.embedding, notices, signal);
				throwIfAborted(signal);
				const countTokens = await loadTokenCounter();
				const isControl = plan?.decision.modelId != null && !query.command && isControlQuestion(query.retryOf ?? query.interactionId, settings().ledger.controlShare);
				const asSent = (audience: Audience): Audience => (isControl ? { ...audience, question: withoutContext(audience.question, countTokens) } : audience);
				const shown = asSent(local);
				onPart({ type: 'references', hits: shown.question.code });
				const workspaceId = local.question.code[0]?.workspaceId ?? options.stores()[0]?.worktree.id ?? null;
				const frame: CallFrame = {
					interactionId: query.interactionId,
					retryOf: query.retryOf ?? null,
					workspaceId,
					target: plan?.decision.target ?? 'local',
					isControl,
					reference: plan?.reference ?? null,
				};
				const rows: LedgerRow[] = [];
				const response = await respond({
					decision: plan?.decision ?? { target: 'local', modelId: null, compressorId: null, reasons: [] },
					fallbacks: plan?.fallbacks ?? [],
					languageModel: (id) => catalogue.languageModel(id),
					local: shown,
					remote: asSent(remote),
					hasLocalOnly: remote !== local,
					workspaceId,
					cache,
					countTokens,
					hybridTokenThreshold: settings().routing.hybridTokenThreshold,
					newId: ports.uuid,
					allow: options.allow,
					atLimit: settings().budget.atLimit,
					// At once, for whoever looks meanwhile what is spent, and because this may end at any time.
					onCall: (call) => {
						const row = callRecord(clock.nowMs(), call, frame);
						rows.push(row);
						options.record([row]);
					},
					onPart,
					clock,
					...(signal ? { signal } : {}),
				});
				const isLocalOnly = remote !== local && !response.model?.isRemote;
				if (isLocalOnly) memory.remember(response.text);
				if (isControl) notices.push({ code: 'control' });
				if (split.withheld.length > 0 && response.sentTo.length > 0) notices.push({ code: 'local-only-withheld', paths: split.withheld.map(({ path }) => path) });
				const answer = summary({
					response,
					question: shown.question,
					embedding: catalogue.loadedEmbedding(),
					decision: plan?.decision ?? null,
					rows,
					searchMs,
					isLocalOnly,
					notices: [...noticesOf(found, local.question, query, options.indexStatus(), settings()), ...notices],
				});
				if (answer.endReason !== 'cancelled') {
					options.onAsked?.({ interactionId: query.interactionId, timeMs: start, workspaceId }, questionFigures(answer, shown.question, found));
					options.onAnswered?.(
						finishedInteraction({
							query,
							found,
							question: shown.question,
							summary: answer,
							firstFolder: options.stores()[0],
							// What is asked where nothing may be sent is for this machine alone, also later and in other windows.
							isLocalOnly: remote !== local || !settings().isTrusted,
							timeMs: start,
						}),
					);
				}
				return answer;
			} catch (error) {
				if (signal?.aborted || isCancellation(error)) return summary({});
				throw error;
			}
		},
	};
}
