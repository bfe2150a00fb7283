import type { IndexPhase, IndexProblem, IndexStatus } from './domain/indexStatus.ts';
import type { FolderSnapshot } from './openFolders.ts';

/** What the whole workspace is doing, when its folders do different things: the first of these that any folder is in. */
const PRECEDENCE: readonly IndexPhase[] = ['scanning', 'indexing', 'paused', 'embedding', 'failed', 'stopped', 'not-indexed', 'following', 'ready'];

/** One status of all folders: counts are summed, problems listed, progress is that of the folders that share the leading phase. */
export function combineStatus(snapshots: readonly FolderSnapshot[], notes: readonly IndexProblem[] = []): IndexStatus {
	const queues = snapshots.flatMap((snapshot) => ('queue' in snapshot ? [snapshot.queue.status()] : []));
	const failures = snapshots.flatMap((snapshot) => ('problem' in snapshot ? [snapshot.problem] : []));
	const phases = new Set<IndexPhase>(queues.map(({ folder }) => folder.phase));
	if (failures.length > 0) phases.add('failed');
	const phase = PRECEDENCE.find((candidate) => phases.has(candidate)) ?? 'not-indexed';
	const working = queues.filter(({ folder, progress }) => folder.phase === phase && progress).flatMap(({ progress }) => (progress ? [progress] : []));
	const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
	const perSecond = sum(working.map((progress) => progress.perSecond));
	const done = sum(working.map((progress) => progress.done));
	const total = sum(working.map((progress) => progress.total));
	const sizes = new Map(queues.map(({ folder, sizeBytes }) => [folder.repositoryId, sizeBytes]));
	return {
		phase,
		folders: queues.map(({ folder }) => folder),
		progress: working.length === 0 ? null : { done, total, perSecond, etaSeconds: perSecond > 0 ? Math.ceil((total - done) / perSecond) : null },
		vectors: { done: sum(queues.map(({ vectors }) => vectors.done)), total: sum(queues.map(({ vectors }) => vectors.total)) },
		embedding: queues.find(({ embedding }) => embedding)?.embedding ?? null,
		isSearchable: queues.length > 0 && queues.every(({ isSearchable }) => isSearchable),
		problems: [...failures, ...notes, ...queues.flatMap(({ problems }) => problems)],
		sizeBytes: sum([...sizes.values()]),
	};
}
