import { isCancellation } from '#core/base/abort';
import { CoordinatorError, type ErrorCode } from '#core/base/errors';
import type { ClockPort, ProcessPort } from '#core/ports';
import type { Outbox, OutboxEntry } from './outbox.ts';

const BATCH = 500;
/** Entries that come together are sent together. */
const GATHER_MS = 2_000;
const CLAIM_MS = 120_000;
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 300_000;

export interface Delivery {
	/** There is something to deliver. While the target is away it waits for the next attempt. */
	wake(): void;
	/** The target, or the way to it, is another now: tried at once. */
	retry(): void;
	/** Why the last attempt failed; null after a success and before the first. */
	readonly problem: ErrorCode | null;
	/** Tries to deliver what waits, within a time; resolves in any case. */
	close(limitMs: number): Promise<void>;
}

/**
 * Delivers what is in an outbox, one process at a time, in order, until it is empty; after a failure again, ever more seldom. An entry is
 * removed after its target has it for good: a process that dies in between sends it twice, and the target keeps it once. An entry that the
 * target can never take is set aside, so that those behind it come through.
 */
export function createDelivery(options: {
	readonly outbox: Outbox;
	/** Whose entries are to be delivered; null: nobody's. */
	readonly target: () => string | null;
	/** Writes entries of one kind, all or none. */
	readonly write: (entries: readonly OutboxEntry[]) => Promise<void>;
	/** After everything was delivered. */
	readonly onDelivered?: () => Promise<void>;
	readonly onProblem: (error: unknown) => void;
	readonly processes: ProcessPort;
	readonly clock: ClockPort;
}): Delivery {
	const { outbox, target, write, processes, clock } = options;
	let waiting = new AbortController();
	const closing = new AbortController();
	let isWoken = false;
	let failures = 0;
	let problem: ErrorCode | null = null;
	let isEnded = false;
	const running = run();

	function wakeUp(): void {
		isWoken = true;
		waiting.abort();
	}

	async function pause(ms: number | null): Promise<void> {
		if (isWoken) return;
		waiting = new AbortController();
		// Without a limit: until somebody wakes it.
		const signal = AbortSignal.any([waiting.signal, closing.signal]);
		await (ms === null
			? new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
			: clock.delay(ms, signal).catch(() => undefined));
	}

	async function run(): Promise<void> {
		while (!closing.signal.aborted) {
			isWoken = false;
			const isDone = await attempt();
			if (closing.signal.aborted) return;
			await pause(isDone ? null : Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1)));
			if (failures === 0) await clock.delay(GATHER_MS, closing.signal).catch(() => undefined);
		}
	}

	/** True where nothing is left to do. */
	async function attempt(): Promise<boolean> {
		try {
			const isDone = await deliverAll();
			failures = 0;
			return isDone;
		} catch (error) {
			if (isCancellation(error)) return true;
			// Cut off by the end of the process: the next one delivers it.
			if (isEnded) return false;
			failures++;
			const code = CoordinatorError.is(error) ? error.code : 'internal';
			if (code !== problem) options.onProblem(error);
			problem = code;
			return false;
		}
	}

	async function deliverAll(): Promise<boolean> {
		let hasDelivered = false;
		for (let whose = target(); whose !== null; whose = target()) {
			const entries = outbox.next(whose, BATCH);
			if (entries.length === 0) break;
			// Whoever delivers now may have looked before the newest entry came.
			if (!outbox.claim(processes.own, clock.nowMs(), clock.nowMs() + CLAIM_MS, (owner) => processes.hasEnded(owner))) return false;
			try {
				for (const run of runsOf(entries)) await deliver(run);
			} finally {
				outbox.release(processes.own);
			}
			hasDelivered = true;
		}
		if (!hasDelivered) return true;
		problem = null;
		await options.onDelivered?.();
		return true;
	}

	async function deliver(entries: readonly OutboxEntry[]): Promise<void> {
		try {
			await write(entries);
		} catch (error) {
			const [first] = entries;
			if (!CoordinatorError.is(error, 'invalid-argument') || first === undefined) throw error;
			if (entries.length === 1) {
				options.onProblem(error);
				return outbox.refuse(first, error.code);
			}
			const half = Math.ceil(entries.length / 2);
			await deliver(entries.slice(0, half));
			return deliver(entries.slice(half));
		}
		outbox.remove(entries);
	}

	return {
		wake() {
			if (failures === 0) wakeUp();
		},
		retry: wakeUp,
		get problem() {
			return problem;
		},
		async close(limitMs) {
			closing.abort();
			const rest = running.then(async () => {
				if (failures === 0) await attempt();
			});
			await Promise.race([rest, clock.delay(limitMs)]);
			isEnded = true;
		},
	};
}

/** Entries that follow each other and are of one kind. */
function runsOf(entries: readonly OutboxEntry[]): OutboxEntry[][] {
	const runs: OutboxEntry[][] = [];
	for (const entry of entries) {
		const last = runs.at(-1);
		if (last?.[0]?.kind === entry.kind) last.push(entry);
		else runs.push([entry]);
	}
	return runs;
}
