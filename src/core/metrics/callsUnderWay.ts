import type { ClockPort, ProcessPort } from '#core/ports';
import type { Settings } from '#core/settings';
import { limitsOf } from './budget.ts';
import { callCost, type TokenPrice } from './callCost.ts';
import type { CallAllowance, CallToAllow, Ledger } from './ledger.ts';

/** Longest answer that money is set aside for under a limit: what the model is then held to. */
export const MOST_ANSWER_TOKENS = 8_192;
/** Shortest answer that is worth a call: as long as routing presumes one to be. */
export const LEAST_ANSWER_TOKENS = 800;
/** Providers count tokens by vocabularies of their own: so much more than ours are set aside for a prompt. */
const PROMPT_MARGIN = 1.25;
/** No call takes so long. What is set aside for longer, by a process of which nobody can tell whether it is alive, is given back. */
const LONGEST_CALL_MS = 86_400_000;
/** What is set aside where the price is unknown: something, so that nothing is asked where nothing is left. */
const SOMETHING_USD = 1e-9;

/**
 * Sets the price of calls aside before they are made, over all processes of a data directory, so that those under way cannot overrun a limit
 * together. A call is worth its prompt, with a margin, and the longest answer it is held to; its row in the ledger takes that place. What a
 * process that has ended had set aside is given back by whoever asks next.
 */
export class CallsUnderWay {
	readonly #ledger: Pick<Ledger, 'spent' | 'reserve' | 'release' | 'reservations'>;
	readonly #clock: Pick<ClockPort, 'nowMs'>;
	readonly #processes: ProcessPort;
	readonly #owner: string;
	readonly #settings: () => Settings['budget'];

	constructor(options: {
		readonly ledger: Pick<Ledger, 'spent' | 'reserve' | 'release' | 'reservations'>;
		readonly clock: Pick<ClockPort, 'nowMs'>;
		readonly processes: ProcessPort;
		readonly uuid: () => string;
		readonly settings: () => Settings['budget'];
	}) {
		this.#ledger = options.ledger;
		this.#clock = options.clock;
		this.#processes = options.processes;
		this.#owner = `${options.processes.own}/${options.uuid()}`;
		this.#settings = options.settings;
	}

	/** Null: the limits do not leave what even a short answer may cost, so the call is not to be made. */
	async allow({ id, promptTokens, price, contextTokens, maxOutputTokens = MOST_ANSWER_TOKENS }: CallToAllow): Promise<CallAllowance | null> {
		const limits = limitsOf(this.#settings(), this.#clock.nowMs());
		const inputTokens = Math.ceil(promptTokens * PROMPT_MARGIN);
		const room = contextTokens === null ? Number.POSITIVE_INFINITY : Math.max(1, contextTokens - promptTokens);
		const most = Math.min(maxOutputTokens, MOST_ANSWER_TOKENS, room);
		const costOf = (outputTokens: number) => callCost({ inputTokens, outputTokens }, price) ?? SOMETHING_USD;
		if (costOf(most) === 0) return { maxOutputTokens: null };
		await this.reservedUsd();
		const reservation = { id, owner: this.#owner, timeMs: this.#clock.nowMs(), usd: costOf(most) };
		const granted = await this.#ledger.reserve(reservation, costOf(Math.min(LEAST_ANSWER_TOKENS, most)), limits);
		if (granted === null) return null;
		const isBounded = limits.length > 0 && price !== null && granted > 0;
		return { maxOutputTokens: isBounded ? answerTokens(granted - costOf(0), price, most) : null };
	}

	/** What all calls under way may cost. */
	async reservedUsd(): Promise<number> {
		const all = await this.#ledger.reservations();
		const ended = all.filter((reservation) => this.#hasEnded(reservation)).map(({ id }) => id);
		if (ended.length > 0) await this.#ledger.release(ended);
		return all.reduce((sum, { id, usd }) => sum + (ended.includes(id) ? 0 : Math.round(usd * 1e9)), 0) / 1e9;
	}

	/** Gives back what this process has set aside for calls that will have no row. */
	async close(): Promise<void> {
		const own = (await this.#ledger.reservations()).filter(({ owner }) => owner === this.#owner);
		if (own.length > 0) await this.#ledger.release(own.map(({ id }) => id));
	}

	/** The clock alone ends nothing of this process, and a jump of less than a day nothing of others. */
	#hasEnded({ owner, timeMs }: { readonly owner: string; readonly timeMs: number }): boolean {
		if (owner === this.#owner) return false;
		const [process = ''] = owner.split('/');
		return this.#processes.hasEnded(process) || (process !== this.#processes.own && Math.abs(this.#clock.nowMs() - timeMs) > LONGEST_CALL_MS);
	}
}

/** The longest answer that an amount pays for. */
function answerTokens(usd: number, { outputUsdPerMillion }: TokenPrice, most: number): number {
	return outputUsdPerMillion === 0 ? most : Math.max(1, Math.min(most, Math.floor((usd * 1e6) / outputUsdPerMillion + 1e-6)));
}
