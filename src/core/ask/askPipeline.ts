import { isCancellation, raceAbort, throwIfAborted } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { AnswerNotice, AnswerSummary, AskPart, AugmentedQuestion } from '#core/domain/answer';
import type { IndexStatus } from '#core/domain/indexStatus';
import type { FinishedInteraction } from '#core/domain/interaction';
import type { AskQuery, SearchQuery, SearchResult } from '#core/domain/requests';
import { loadTokenCounter } from '#core/domain/tokenCount';
import type { WordPiece } from '#core/domain/wordPiece';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { LanguageModel } from '#core/models/languageModel';
import type { StaticVectors } from '#core/models/staticVectors';
import type { Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { VectorStore } from '#core/store/vectorStore';
import { buildPrompt } from './augment/buildPrompt.ts';
import { type ReadAttachments, readAttachments } from './augment/readAttachments.ts';
import { searchKnowledge } from './augment/searchKnowledge.ts';
import { selectContext } from './augment/selectContext.ts';
import { finishedInteraction } from './respond/finishedInteraction.ts';
import { codeAnswer, respond } from './respond/respond.ts';
import type { FolderStores } from './search/candidates.ts';
import { dropVanished } from './search/dropVanished.ts';
import { type FoundCode, searchCode } from './search/searchCode.ts';

/** Pieces that are looked at for a prompt, for every one that may be sent: some do not fit the budget. */
const LOOKED_AT = 3;
/** Characters of the code to be explained that are searched with. */
const EXPLAINED_CHARACTERS = 1_000;

export interface AskPipelineOptions {
	readonly stores: () => readonly FolderStores[];
	readonly knowledge: () => VectorStore | null;
	readonly catalogue: {
		embedding(): Promise<EmbeddingModel | null>;
		loadedEmbedding(): EmbeddingModel | null;
		staticVectors(): Promise<StaticVectors | null>;
		wordPiece(): Promise<WordPiece>;
		languageModel(id?: string): Promise<LanguageModel | null>;
	};
	readonly ports: Pick<Ports, 'clock' | 'files' | 'log'>;
	/** Told of files that were found in the index and are not on the disk any more, by absolute path. Absent: the disk is not looked at. */
	readonly onVanished?: (paths: readonly string[]) => void;
	readonly settings: () => Settings;
	readonly indexStatus: () => IndexStatus;
	/** Told of every question that was answered, by a model or by code, unless it was cancelled. */
	readonly onAnswered?: (interaction: FinishedInteraction) => void;
}

export interface AskPipeline {
	search(query: SearchQuery, signal?: AbortSignal): Promise<SearchResult>;
	augment(query: AskQuery, signal?: AbortSignal): Promise<AugmentedQuestion>;
	/** Streams parts and returns the summary. Cancelling is a summary too; rejects only when the search itself fails. */
	ask(query: AskQuery, onPart: (part: AskPart) => void, signal?: AbortSignal): Promise<AnswerSummary>;
}

/** query → search → augment → respond. */
export function createAskPipeline(options: AskPipelineOptions): AskPipeline {
	const { catalogue, ports, settings } = options;

	const findAll = (query: string, limit: number, signals: SearchQuery['signals'], canEmbed: boolean, signal?: AbortSignal, isMerging = true): Promise<FoundCode> =>
		searchCode({
			query,
			limit,
			signals: signals ?? {},
			stores: options.stores(),
			// A live search loads nothing, and sends no half-typed words to another machine.
			embedding: () => (canEmbed ? catalogue.embedding() : Promise.resolve(localOnly(catalogue.loadedEmbedding()))),
			staticVectors: () => catalogue.staticVectors(),
			wordPiece: () => catalogue.wordPiece(),
			clock: ports.clock,
			onDemandMs: canEmbed ? settings().search.onDemandMs : 0,
			isMerging,
			...(signal ? { signal } : {}),
		});

	const find = async (...parameters: Parameters<typeof findAll>): Promise<FoundCode> => {
		const found = await findAll(...parameters);
		if (!options.onVanished) return found;
		return { ...found, hits: await dropVanished(found.hits, options.stores(), ports.files, options.onVanished) };
	};

	const attachmentsOf = (query: AskQuery) =>
		readAttachments(
			query,
			ports.files,
			options.stores().map(({ worktree }) => worktree),
		);

	async function augmentWith(found: FoundCode, attachments: ReadAttachments, query: AskQuery, signal?: AbortSignal): Promise<AugmentedQuestion> {
		const { search } = settings();
		const countTokens = await loadTokenCounter();
		throwIfAborted(signal);
		const { texts: attached, withheld } = attachments;
		const knowledge = await searchKnowledge(options.knowledge(), catalogue.loadedEmbedding(), query.prompt, search, signal);
		const taken = countTokens(buildPrompt(query.prompt, attached, [], knowledge));
		const limits = {
			limit: search.codeLimit,
			threshold: search.codeThreshold,
			tokens: Math.max(0, search.contextTokens - (attached.length + knowledge.length > 0 ? taken : 0)),
		};
		// Beside what is to be explained, the same once more would relate to nothing.
		const hits = query.command === 'explain' ? found.hits.filter((hit) => !attachments.holds(hit)) : found.hits;
		const { chosen, omitted } = selectContext(hits, limits, ({ text }) => countTokens(text));
		const augmentedPrompt = buildPrompt(query.prompt, attached, chosen, knowledge);
		return {
			original_query: query.prompt,
			augmented_prompt: augmentedPrompt,
			context_ids: [...chosen.flatMap(({ ids }) => ids), ...knowledge.map(({ id }) => id)],
			attached,
			code: chosen,
			knowledge,
			promptTokens: countTokens(augmentedPrompt),
			omitted,
			withheld,
		};
	}

	/** A lookup that fails costs the model, not the answer: the code found is there already. */
	async function findModel(
		{ model: id, otherChat }: AskQuery,
		signal?: AbortSignal,
	): Promise<{ readonly model: LanguageModel | null; readonly failure: AnswerNotice | null }> {
		if (id === null) return NO_MODEL;
		try {
			const model = await raceAbort(catalogue.languageModel(id), signal);
			if (!model && id !== undefined) throw new CoordinatorError('not-found', `The model “${id}” is not there any more.`, { details: { model: id } });
			return { model, failure: null };
		} catch (error) {
			throwIfAborted(signal);
			if (otherChat) throw error;
			const { code, message } = CoordinatorError.is(error) ? error : { code: 'server-error', message: error instanceof Error ? error.message : String(error) };
			return { model: null, failure: { code: 'model-failed', model: id ?? settings().models.preferred ?? '', message, errorCode: code } };
		}
	}

	/** What is to be explained is searched with: the words of both find what is near. */
	const searchText = ({ command, prompt }: AskQuery, { texts }: ReadAttachments) =>
		command === 'explain' && texts.length > 0
			? `${prompt}\n${texts
					.map(({ text }) => text)
					.join('\n')
					.slice(0, EXPLAINED_CHARACTERS)}`
			: prompt;
	const lookedAt = () => settings().search.codeLimit * LOOKED_AT;

	return {
		async search({ query, limit, signals, canEmbed = true }, signal) {
			const { hits, question, timings } = await find(query, limit, signals, canEmbed, signal, false);
			return { hits, kind: question.kind, timings };
		},

		async augment(query, signal) {
			const attachments = await attachmentsOf(query);
			return augmentWith(await find(searchText(query, attachments), lookedAt(), query.signals, true, signal), attachments, query, signal);
		},

		async ask(query, onPart, signal) {
			const start = ports.clock.nowMs();
			const elapsed = () => ports.clock.nowMs() - start;
			const summarise = (more: Partial<AnswerSummary>): AnswerSummary => ({
				interactionId: query.interactionId,
				sentTo: [],
				model: null,
				usage: null,
				context: { chunks: 0, files: 0, tokens: 0 },
				timings: { searchMs: elapsed(), firstTokenMs: null, totalMs: elapsed() },
				notices: [],
				endReason: 'cancelled',
				text: '',
				...more,
			});
			try {
				onPart({ type: 'stage', stage: 'searching' });
				const attachments = await attachmentsOf(query);
				const found = await find(searchText(query, attachments), lookedAt(), query.signals, true, signal);
				onPart({ type: 'stage', stage: 'augmenting' });
				const question = await augmentWith(found, attachments, query, signal);
				const searchMs = elapsed();
				onPart({ type: 'references', hits: question.code });
				const { model, failure } = query.command === 'search' ? NO_MODEL : await findModel(query, signal);
				if (model) onPart({ type: 'stage', stage: 'answering', detail: model.label });
				const answer =
					query.command === 'search' || query.model === null
						? codeAnswer(question, query, onPart)
						: await respond({ model, question, query, onPart, clock: ports.clock, ...(signal ? { signal } : {}) });
				const embedding = catalogue.loadedEmbedding();
				const summary = summarise({
					sentTo: [...(embedding?.isRemote ? [embedding.label] : []), ...(model?.isRemote ? [model.destination] : [])],
					model: answer.isFromModel && model ? { id: model.id, label: model.label, destination: model.destination, isRemote: model.isRemote } : null,
					usage: answer.usage,
					context: { chunks: question.code.length, files: new Set(question.code.map(({ filePath }) => filePath)).size, tokens: question.promptTokens },
					timings: { searchMs, firstTokenMs: answer.firstTokenMs, totalMs: elapsed() },
					notices: [
						...noticesOf(found, question, options.indexStatus(), settings()),
						...(isUnexplained(query) ? [NOT_EXPLAINED] : []),
						...(failure ? [failure] : answer.notices),
					],
					endReason: answer.endReason,
					text: answer.text,
				});
				if (answer.endReason !== 'cancelled')
					options.onAnswered?.(finishedInteraction({ query, found, question, summary, firstFolder: options.stores()[0], timeMs: start }));
				return summary;
			} catch (error) {
				if (signal?.aborted || isCancellation(error)) return summarise({});
				throw error;
			}
		},
	};
}

const NOT_EXPLAINED: AnswerNotice = { code: 'not-explained' };
const isUnexplained = ({ command, model }: AskQuery) => command === 'explain' && model === null;

const NO_MODEL = { model: null, failure: null } as const;

function localOnly(model: EmbeddingModel | null): EmbeddingModel | null {
	return model?.isRemote ? null : model;
}

/** What the user should know about how the context was found. */
function noticesOf(found: FoundCode, question: AugmentedQuestion, status: IndexStatus, settings: Settings): AnswerNotice[] {
	const notices: AnswerNotice[] = [];
	if (!settings.isTrusted) notices.push({ code: 'untrusted-workspace' });
	if (status.phase === 'not-indexed' && !status.isSearchable) notices.push({ code: 'no-index' });
	else if (question.code.length + question.attached.length === 0) notices.push({ code: 'nothing-found' });
	if (question.withheld.length > 0) notices.push({ code: 'secret-withheld', paths: question.withheld });
	if (!status.isSearchable && status.progress) notices.push({ code: 'index-incomplete', done: status.progress.done, total: status.progress.total });
	if (found.lexicalOnly !== null && settings.embedding.provider !== 'none') notices.push({ code: 'lexical-only', reason: found.lexicalOnly });
	return notices;
}
