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
 * which rejects with a retryable `internal`; another takes its place. A cancelled job that was not sent to a worker never starts.
 * `depth`: jobs sent to a worker at once (default 1); with 2 it has its next when this thread is too busy to hand it over.
 */
export class WorkerPool<Request, Response> {
	readonly size: number;
	readonly #script: string | URL;
	readonly #workerData: unknown;
	readonly #jobTimeoutMs: number;
	readonly #queue: Job<Request, Response>[] = [];
	readonly #depth: number;
	/** Every worker with the jobs it was sent, the one it is at first. */
	readonly #workers = new Map<Worker, { readonly jobs: Job<Request, Response>[]; timer: NodeJS.Timeout | undefined }>();
	#nextId = 1;
	#isClosed = false;

	constructor(script: string | URL, options: { readonly size: number; readonly workerData: unknown; readonly jobTimeoutMs: number; readonly depth?: number }) {
		this.#script = script;
		this.size = Math.max(1, options.size);
		this.#workerData = options.workerData;
		this.#jobTimeoutMs = options.jobTimeoutMs;
		this.#depth = options.depth ?? 1;
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
		const workers = [...this.#workers];
		this.#workers.clear();
		for (const [, { jobs, timer }] of workers) {
			clearTimeout(timer);
			for (const job of jobs) job.reject(cancelled(undefined));
		}
		await Promise.all(workers.map(([worker]) => worker.terminate()));
	}

	#startNext(): void {
		for (let job = this.#queue[0]; job; job = this.#queue[0]) {
			const worker = this.#freeWorker();
			const place = worker && this.#workers.get(worker);
			if (!place) return;
			this.#queue.shift();
			place.jobs.push(job);
			if (place.jobs.length === 1) this.#startTimer(worker);
			worker.ref();
			worker.postMessage({ job: job.id, request: job.request } satisfies PoolRequest<Request>);
		}
	}

	/** One without a job, else a new one, else one with room for another job. */
	#freeWorker(): Worker | null {
		let best: Worker | null = null;
		let fewest = this.#depth;
		for (const [worker, { jobs }] of this.#workers) {
			if (jobs.length >= fewest) continue;
			best = worker;
			fewest = jobs.length;
		}
		return fewest > 0 && this.#workers.size < this.size ? this.#startWorker() : best;
	}

	#startTimer(worker: Worker): void {
		const place = this.#workers.get(worker);
		if (!place) return;
		clearTimeout(place.timer);
		place.timer = undefined;
		if (place.jobs.length === 0) return;
		place.timer = setTimeout(() => {
			this.#fail(worker, 'The worker took too long.');
			void worker.terminate();
		}, this.#jobTimeoutMs);
		place.timer.unref();
	}

	#startWorker(): Worker {
		const worker = new Worker(this.#script, { workerData: this.#workerData });
		this.#workers.set(worker, { jobs: [], timer: undefined });
		worker.on('message', (reply: PoolReply<Response>) => {
			const jobs = this.#workers.get(worker)?.jobs ?? [];
			const at = jobs.findIndex(({ id }) => id === reply.job);
			const [job] = at >= 0 ? jobs.splice(at, 1) : [];
			if (!job) return;
			this.#startTimer(worker);
			if (jobs.length === 0) worker.unref();
			if ('error' in reply) job.reject(new CoordinatorError('internal', reply.error));
			else job.resolve(reply.response);
			this.#startNext();
		});
		worker.on('error', (error) => this.#fail(worker, 'A worker failed.', error));
		worker.on('exit', () => this.#fail(worker, 'A worker ended.'));
		return worker;
	}

	/** The job it was at fails; those that waited behind it go to another worker. */
	#fail(worker: Worker, message: string, cause?: unknown): void {
		const place = this.#workers.get(worker);
		if (!place) return;
		this.#workers.delete(worker);
		clearTimeout(place.timer);
		const [current, ...waiting] = place.jobs;
		this.#queue.unshift(...waiting);
		current?.reject(new CoordinatorError('internal', message, { cause, isRetryable: true }));
		if (!this.#isClosed) this.#startNext();
	}
}

function cancelled(signal: AbortSignal | undefined): CoordinatorError {
	return new CoordinatorError('cancelled', 'The work was cancelled.', { cause: signal?.reason });
}
