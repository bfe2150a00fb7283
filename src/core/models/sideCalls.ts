import { isCancellation, throwIfAborted } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { ModelPrice } from '#core/domain/modelInfo';
import { estimateTokens } from '#core/domain/tokenCount';
import type { CallBook } from '#core/metrics/ledger';
import { type SideCall, sideCallRow } from '#core/metrics/sideCall';
import type { ClockPort } from '#core/ports';
import type { ModelUsage } from './languageModel.ts';
import { tookTokens } from './tookTokens.ts';

/** A call that is to be made. */
export interface SideCallPlan {
	readonly purpose: SideCall['purpose'];
	readonly model: { readonly id: string; readonly label: string; readonly isRemote: boolean; readonly price: ModelPrice | null; readonly contextTokens: number | null };
	/** All that is sent. */
	readonly prompt: string;
	/** 0: it is answered with no text. */
	readonly maxOutputTokens: number;
	readonly interactionId?: string;
	readonly workspaceId?: string | null;
	readonly signal?: AbortSignal;
}

/** What came of a call so far; who makes it writes it down here, so that it is known however the call ends. */
export interface Heard {
	text: string;
	/** What the server counted; null: it did not say. */
	usage: ModelUsage | null;
	firstTokenMs: number | null;
}

/** Makes calls that answer no question, so that each is in the ledger, and none is made that the limits leave no money for. */
export class SideCalls {
	readonly #book: CallBook;
	readonly #clock: Pick<ClockPort, 'nowMs'>;
	readonly #newId: () => string;

	constructor(book: CallBook, clock: Pick<ClockPort, 'nowMs'>, newId: () => string) {
		this.#book = book;
		this.#clock = clock;
		this.#newId = newId;
	}

	/** What `work` resolves with or rejects with. Rejects with `over-budget`, and `cancelled` for a signal that has fired, before anything is sent. */
	async make<T>(plan: SideCallPlan, work: (maxOutputTokens: number, heard: Heard) => Promise<T>): Promise<T> {
		throwIfAborted(plan.signal);
		const id = this.#newId();
		const maxOutputTokens = await this.#allowed(id, plan);
		const startMs = this.#clock.nowMs();
		const heard: Heard = { text: '', usage: null, firstTokenMs: null };
		try {
			const value = await work(maxOutputTokens, heard);
			await this.#note(id, plan, startMs, heard, 'ok');
			return value;
		} catch (error) {
			await this.#note(id, plan, startMs, heard, plan.signal?.aborted || isCancellation(error) ? 'cancelled' : 'failed', error);
			throw error;
		}
	}

	async #allowed(id: string, { model, prompt, maxOutputTokens }: SideCallPlan): Promise<number> {
		if (!model.isRemote) return maxOutputTokens;
		const { price, contextTokens } = model;
		const allowance = await this.#book.allow({ id, promptTokens: price ? await estimateTokens(prompt) : 0, price, contextTokens, maxOutputTokens });
		if (allowance) return allowance.maxOutputTokens ?? maxOutputTokens;
		throw new CoordinatorError('over-budget', `${model.label} was not asked: the spending limit does not leave what the call may cost.`, {
			details: { model: model.id },
		});
	}

	async #note(id: string, plan: SideCallPlan, startMs: number, heard: Heard, result: SideCall['result'], error?: unknown): Promise<void> {
		const { purpose, model, interactionId = null, workspaceId = null } = plan;
		const timeMs = this.#clock.nowMs();
		const usage = heard.usage ?? (await presumed(plan, heard, result, error));
		const call = { id, timeMs, purpose, interactionId, workspaceId, model, usage, firstTokenMs: heard.firstTokenMs, totalMs: Math.max(0, timeMs - startMs), result };
		this.#book.record([sideCallRow(call)]);
	}
}

/** What was taken, by our count, where the server did not say. */
async function presumed({ prompt, model }: SideCallPlan, { text }: Heard, result: SideCall['result'], error: unknown): Promise<ModelUsage | null> {
	const ended = { text, isCancelled: result === 'cancelled', failure: CoordinatorError.is(error) ? error : null };
	if (result !== 'ok' && !tookTokens(ended, model.isRemote)) return null;
	return { inputTokens: await estimateTokens(prompt), outputTokens: text === '' ? 0 : await estimateTokens(text), isEstimate: true };
}
