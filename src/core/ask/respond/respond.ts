import { CoordinatorError } from '#core/base/errors';
import type { AnswerNotice, AnswerSummary, AskPart, AugmentedQuestion } from '#core/domain/answer';
import type { RouteDecision } from '#core/domain/route';
import type { CallAllowance, CallToAllow } from '#core/metrics/ledger';
import type { LanguageModel, ModelMessage } from '#core/models/languageModel';
import { tookTokens } from '#core/models/tookTokens';
import type { ClockPort } from '#core/ports';
import type { Audience } from '../augment/audiences.ts';
import { shortened } from '../augment/augmentQuestion.ts';
import { buildPrompt } from '../augment/buildPrompt.ts';
import type { ModelCall } from './callRecord.ts';
import { codeAnswer } from './codeAnswer.ts';
import { compressContext } from './compressContext.ts';
import { buildMessages } from './messages.ts';
import type { CachedAnswer, CacheQuestion, ResponseCache } from './responseCache.ts';
import { streamAnswer } from './streamAnswer.ts';

export interface Response {
	readonly text: string;
	/** The model that gave it; null: the code found is the answer. */
	readonly model: LanguageModel | null;
	readonly usage: AnswerSummary['usage'];
	readonly firstTokenMs: number | null;
	readonly notices: readonly AnswerNotice[];
	readonly endReason: AnswerSummary['endReason'];
	/** Other machines that got text, also where they gave nothing. */
	readonly sentTo: readonly string[];
}

export interface RespondOptions {
	readonly decision: Pick<RouteDecision, 'target' | 'modelId' | 'compressorId' | 'reasons'>;
	/** Ids of models that answer where the one before failed, in order. Whoever is in it may see the question of its audience. */
	readonly fallbacks: readonly string[];
	/** Null where there is none of that id; may reject. */
	readonly languageModel: (id: string) => Promise<LanguageModel | null>;
	readonly local: Audience;
	readonly remote: Audience;
	/** Whether the local question holds what remote models may not see. */
	readonly hasLocalOnly: boolean;
	readonly workspaceId: string | null;
	readonly cache: ResponseCache;
	readonly countTokens: (text: string) => number;
	readonly hybridTokenThreshold: number;
	readonly newId: () => string;
	/** Sets aside what a call to another machine may cost, until it is noted. Null: it may not be made. */
	readonly allow: (call: CallToAllow) => Promise<CallAllowance | null>;
	/** What becomes of the chain where a call may not be made. */
	readonly atLimit: 'stop' | 'local';
	/** Told of every call as soon as it has ended, for the ledger. */
	readonly onCall: (call: ModelCall) => void;
	readonly onPart: (part: AskPart) => void;
	readonly clock: Pick<ClockPort, 'nowMs'>;
	readonly signal?: AbortSignal;
}

/** Share of the threshold that compressed context may take. */
const COMPRESSED_SHARE = 0.5;

/**
 * Streams the answer of the decided model, else of the next in the chain, with the reason for each that failed. One that fails after its first
 * word keeps what it said; when all fail before theirs, the code found is the answer. Rejects for a model's sake only where another chat asks.
 */
export async function respond(options: RespondOptions): Promise<Response> {
	const { decision, local, onPart } = options;
	const run = new ResponseRun(options);
	const chain = decision.modelId === null ? [] : [...new Set([decision.modelId, ...options.fallbacks])];
	let lastFailure: CoordinatorError | null = null;
	for (const id of chain) {
		const answer = await run.ask(id);
		if (!(answer instanceof CoordinatorError)) return { ...answer, ...run.soFar() };
		lastFailure = answer;
		if (answer.code === 'over-budget' && options.atLimit === 'stop') break;
	}
	if (lastFailure && local.query.otherChat) throw lastFailure;
	if (chain.length === 0 && local.query.otherChat && local.query.model !== null) {
		const isStopped = decision.reasons.some(({ code }) => code === 'budget-stop');
		throw isStopped
			? new CoordinatorError('over-budget', 'No model was asked: the spending limit does not leave what a call may cost.')
			: new CoordinatorError('not-found', 'No model is there that may answer.');
	}
	if (chain.length === 0) run.notices.push({ code: 'no-model' });
	const text = codeAnswer(local.question, local.query, onPart);
	return { text, model: null, usage: null, firstTokenMs: null, endReason: 'stop', ...run.soFar() };
}

type Answer = Pick<Response, 'text' | 'model' | 'usage' | 'firstTokenMs' | 'endReason'>;

/** One question on its way along the chain. */
class ResponseRun {
	readonly notices: AnswerNotice[] = [];
	readonly #sentTo = new Set<string>();
	readonly #options: RespondOptions;

	constructor(options: RespondOptions) {
		this.#options = options;
	}

	soFar(): Pick<Response, 'notices' | 'sentTo'> {
		return { notices: this.notices, sentTo: [...this.#sentTo] };
	}

	/** The model's answer, or why it gave none: whoever is next may try. */
	async ask(id: string): Promise<Answer | CoordinatorError> {
		let model: LanguageModel | null;
		try {
			model = await this.#options.languageModel(id);
			if (!model) throw new CoordinatorError('not-found', `The model “${id}” is not there any more.`, { details: { model: id } });
		} catch (error) {
			const failure = CoordinatorError.is(error) ? error : new CoordinatorError('server-error', error instanceof Error ? error.message : String(error), { cause: error });
			if (failure.code === 'cancelled') return { text: '', model: null, usage: null, firstTokenMs: null, endReason: 'cancelled' };
			return this.#failed(id, failure);
		}
		const audience = model.isRemote ? this.#options.remote : this.#options.local;
		const heavy = model.isRemote && this.#options.decision.target === 'hybrid' ? await this.#compressed(audience) : null;
		const answer = await this.#stream(model, audience, heavy ?? audience.question);
		if (!CoordinatorError.is(answer, 'context-too-long')) return answer;
		const shorter = shortened(audience.question, this.#options.countTokens);
		if (!shorter) return answer;
		this.notices.push({ code: 'context-shortened', tokens: shorter.promptTokens });
		return this.#stream(model, audience, shorter);
	}

	async #stream(model: LanguageModel, { query }: Audience, question: Pick<AugmentedQuestion, 'augmented_prompt' | 'promptTokens'>): Promise<Answer | CoordinatorError> {
		const { onPart, clock, cache, countTokens, newId, signal } = this.#options;
		const messages = buildMessages(question.augmented_prompt, query.history, query.otherChat);
		const asked = this.#cacheQuestion(model, messages);
		const known = query.retryOf === undefined ? cache.find(asked) : null;
		if (known) return this.#repeat(model, known, question.promptTokens);
		const id = newId();
		const promptTokens = messages.reduce((sum, { text }) => sum + countTokens(text), 0);
		const allowance = await this.#allowed(id, model, promptTokens);
		if (CoordinatorError.is(allowance)) return allowance;
		onPart({ type: 'stage', stage: 'answering', detail: model.label });
		if (model.isRemote) this.#sentTo.add(model.destination);
		const onQueued = (position: number) => position > 0 && onPart({ type: 'stage', stage: 'queued', detail: String(position) });
		const onText = (text: string) => onPart({ type: 'delta', text });
		const { maxOutputTokens } = allowance;
		const streamed = await streamAnswer({ model, messages, maxOutputTokens, onText, onQueued, clock, ...(signal ? { signal } : {}) });
		const { text, usage, firstTokenMs, totalMs, endReason, failure } = streamed;
		const result = failure ? 'failed' : endReason === 'cancelled' ? 'cancelled' : 'ok';
		const isTaken = tookTokens({ text, isCancelled: endReason === 'cancelled', failure }, model.isRemote);
		const counted = usage ?? (isTaken ? { inputTokens: promptTokens, outputTokens: countTokens(text), isEstimate: true } : null);
		this.#note(model, { id, usage: counted, firstTokenMs, totalMs, result }, question.promptTokens);
		if (failure && text === '') return this.#failed(model.label, failure);
		if (failure) this.notices.push(failedNotice(model.label, failure));
		if (endReason === 'length') this.notices.push({ code: 'cut-short', reason: maxOutputTokens === null ? 'length' : 'budget' });
		if (endReason === 'filter') this.notices.push({ code: 'cut-short', reason: 'filter' });
		if (!failure && usage) cache.store(asked, { text, ...usage, endReason });
		return { text, model, usage, firstTokenMs, endReason };
	}

	/** What the answer must be held to; or that the call may not be made. */
	async #allowed(id: string, model: LanguageModel, promptTokens: number): Promise<CallAllowance | CoordinatorError> {
		if (!model.isRemote) return { maxOutputTokens: null };
		const { info, contextTokens, label } = model;
		const allowance = await this.#options.allow({ id, promptTokens, price: info.price, contextTokens });
		if (allowance) return allowance;
		this.notices.push({ code: 'over-budget', model: label });
		return new CoordinatorError('over-budget', `${label} was not asked: the spending limit does not leave what the call may cost.`, { details: { model: model.id } });
	}

	/** A stored answer, shown at once. */
	#repeat(model: LanguageModel, known: CachedAnswer, contextTokens: number): Answer {
		const { text, timeMs, ...usage } = known;
		this.notices.push({ code: 'from-cache', timeMs });
		this.#options.onPart({ type: 'delta', text });
		this.#note(model, { id: this.#options.newId(), usage, firstTokenMs: 0, totalMs: 0, result: 'ok', isCacheHit: true }, contextTokens);
		return { text, model, usage, firstTokenMs: 0, endReason: 'stop' };
	}

	/** The question with its code shortened by a model of this machine; null, with a notice, where that did not work out. */
	async #compressed({ question, query }: Audience): Promise<Pick<AugmentedQuestion, 'augmented_prompt' | 'promptTokens'> | null> {
		const { decision, languageModel, countTokens, newId, clock, onPart, hybridTokenThreshold, signal } = this.#options;
		const model = decision.compressorId === null ? null : await languageModel(decision.compressorId).catch(() => null);
		if (!model || model.isRemote) return null;
		onPart({ type: 'stage', stage: 'compressing', detail: model.label });
		const start = clock.nowMs();
		let isAsked = false;
		const asked: LanguageModel = {
			...model,
			stream: (...parameters) => {
				isAsked = true;
				return model.stream(...parameters);
			},
		};
		const note = (usage: ModelCall['usage'], result: ModelCall['result']) => {
			const call = { id: newId(), usage, firstTokenMs: null, totalMs: clock.nowMs() - start, result, purpose: 'compression' } as const;
			if (isAsked) this.#note(model, call, question.promptTokens);
		};
		const budgetTokens = Math.floor(hybridTokenThreshold * COMPRESSED_SHARE);
		const { compressed, failure, usage } = await compressContext({
			model: asked,
			question: query.prompt,
			hits: question.code,
			countTokens,
			thresholdTokens: budgetTokens,
			budgetTokens,
			...(signal ? { signal } : {}),
		}).catch((error: unknown) => {
			note(null, 'cancelled');
			throw error;
		});
		note(usage, failure?.code === 'model-failed' ? 'failed' : 'ok');
		if (!compressed) {
			this.notices.push({ code: 'not-compressed', reason: failure?.code ?? 'model-failed' });
			return null;
		}
		this.notices.push({ code: 'compressed', model: model.label, tokensBefore: compressed.tokensBefore, tokensAfter: compressed.tokensAfter });
		const augmented_prompt = buildPrompt(question.original_query, question.attached, compressed.text, question.knowledge);
		return { augmented_prompt, promptTokens: countTokens(augmented_prompt) };
	}

	#note(model: LanguageModel, call: Omit<ModelCall, 'model' | 'contextTokens' | 'purpose'> & Partial<Pick<ModelCall, 'purpose'>>, contextTokens: number): void {
		const { id, label, isRemote, info } = model;
		this.#options.onCall({ purpose: 'answer', ...call, contextTokens, model: { id, label, isRemote, price: info.price } });
	}

	#failed(label: string, failure: CoordinatorError): CoordinatorError {
		this.notices.push(failedNotice(label, failure));
		return failure;
	}

	#cacheQuestion(model: LanguageModel, messages: readonly ModelMessage[]): CacheQuestion {
		const { workspaceId, hasLocalOnly } = this.#options;
		return { modelId: model.id, messages, options: {}, workspaceId, hasLocalOnly: hasLocalOnly && !model.isRemote };
	}
}

function failedNotice(model: string, { code, message }: CoordinatorError): AnswerNotice {
	return { code: 'model-failed', model, message, errorCode: code };
}
