import { Worker } from 'node:worker_threads';
import { CoordinatorError } from '#core/base/errors';

/** What a pool and its workers say to each other: one job at a time per worker. */
export interface PoolRequest<T> {
	readonly job: number;
	readonly request: T;
}
export type PoolReply<T> = { readonly job: number; readonly response: T } | { readonly job: number; readonly error: string };

interface Job<Request, Response> {
	readonly id: number;
	readonly request: Request;
	readonly resolve: (response: Response) => void;
	readonly reject: (error: unknown) => void;
}

/**
 * Runs jobs on worker threads, started when first needed. A worker that dies, or takes longer than the time limit, costs the job it was at,
 * which rejects with a retryable `internal`; another takes its place. A cancelled job that has not started never starts.
 */
export class WorkerPool<Request, Response> {
	readonly size: number;
	readonly #script: string | URL;
	readonly #workerData: unknown;
	readonly #jobTimeoutMs: number;
	readonly #queue: Job<Request, Response>[] = [];
	readonly #idle: Worker[] = [];
	readonly #busy = new Map<Worker, { readonly job: Job<Request, Response>; readonly timer: NodeJS.Timeout }>();
	#nextId = 1;
	#isClosed = false;

	constructor(script: string | URL, options: { readonly size: number; readonly workerData: unknown; readonly jobTimeoutMs: number }) {
		this.#script = script;
		this.size = Math.max(1, options.size);
		this.#workerData = options.workerData;
		this.#jobTimeoutMs = options.jobTimeoutMs;
	}

	/** Rejects with `cancelled` as soon as the signal fires; a job already running is finished by its worker and its answer dropped. */
	run(request: Request, options: { readonly signal?: AbortSignal } = {}): Promise<Response> {
		const { signal } = options;
		return new Promise((resolve, reject) => {
			if (this.#isClosed || signal?.aborted) return reject(cancelled(signal));
			const onAbort = () => {
				const at = this.#queue.indexOf(job);
				if (at >= 0) this.#queue.splice(at, 1);
				reject(cancelled(signal));
			};
			const job: Job<Request, Response> = {
				id: this.#nextId++,
				request,
				resolve: (response) => {
					signal?.removeEventListener('abort', onAbort);
					resolve(response);
				},
				reject: (error) => {
					signal?.removeEventListener('abort', onAbort);
					reject(error);
				},
			};
			signal?.addEventListener('abort', onAbort, { once: true });
			this.#queue.push(job);
			this.#startNext();
		});
	}

	/** Ends the workers; jobs that are not done reject with `cancelled`. */
	async close(): Promise<void> {
		this.#isClosed = true;
		for (const job of this.#queue.splice(0)) job.reject(cancelled(undefined));
		const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
		for (const { job, timer } of this.#busy.values()) {
			clearTimeout(timer);
			job.reject(cancelled(undefined));
		}
		this.#busy.clear();
		await Promise.all(workers.map((worker) => worker.terminate()));
	}

	#startNext(): void {
		while (this.#queue.length > 0 && (this.#idle.length > 0 || this.#busy.size < this.size)) {
			const job = this.#queue.shift();
			if (!job) return;
			const worker = this.#idle.pop() ?? this.#startWorker();
			const timer = setTimeout(() => {
				this.#fail(worker, 'The worker took too long.');
				void worker.terminate();
			}, this.#jobTimeoutMs);
			timer.unref();
			this.#busy.set(worker, { job, timer });
			worker.ref();
			worker.postMessage({ job: job.id, request: job.request } satisfies PoolRequest<Request>);
		}
	}

	#startWorker(): Worker {
		const worker = new Worker(this.#script, { workerData: this.#workerData });
		worker.on('message', (reply: PoolReply<Response>) => {
			const current = this.#busy.get(worker);
			if (!current || current.job.id !== reply.job) return;
			clearTimeout(current.timer);
			this.#busy.delete(worker);
			this.#idle.push(worker);
			worker.unref();
			if ('error' in reply) current.job.reject(new CoordinatorError('internal', reply.error));
			else current.job.resolve(reply.response);
			this.#startNext();
		});
		worker.on('error', (error) => this.#fail(worker, 'A worker failed.', error));
		worker.on('exit', () => this.#fail(worker, 'A worker ended.'));
		return worker;
	}

	#fail(worker: Worker, message: string, cause?: unknown): void {
		const at = this.#idle.indexOf(worker);
		if (at >= 0) this.#idle.splice(at, 1);
		const current = this.#busy.get(worker);
		if (!current) return;
		clearTimeout(current.timer);
		this.#busy.delete(worker);
		current.job.reject(new CoordinatorError('internal', message, { cause, isRetryable: true }));
		if (!this.#isClosed) this.#startNext();
	}
}

function cancelled(signal: AbortSignal | undefined): CoordinatorError {
	return new CoordinatorError('cancelled', 'The work was cancelled.', { cause: signal?.reason });
}
