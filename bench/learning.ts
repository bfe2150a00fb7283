import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FolderStores } from '#core/ask/search/candidates';
import { createPathRecord } from '#core/ask/search/pathRecord';
import { rankFiles } from '#core/ask/search/rankFiles';
import type { InteractionContext } from '#core/domain/interaction';
import { createLearningLoop } from '#core/learn/learningLoop';
import type { Ports } from '#core/ports';
import { DEFAULT_SETTINGS } from '#core/settings';
import { openKnowledge } from '#core/store/openStores';
import { benchPorts } from './support/benchPorts.ts';
import { goldFiles, type Instance } from './support/instances.ts';
import { RepositoryAtCommit, readOptions } from './support/localization.ts';
import { seededRandom } from './support/syntheticIndex.ts';

/** Files of an answer that are looked at, and those that an outcome is joined with. */
const TOP = 5;
const NOTED = 40;
/**
 * One user's memories of all repositories, one after the other: `noise` is the share of outcomes that credit a wrong file instead of the right
 * ones; `own` begins anew with each repository; for `moved`, the code stood elsewhere until the middle of each repository's time; `unjudged` hears
 * the questions, and of no outcome.
 */
const MINDS = {
	clean: { noise: 0 },
	noisy10: { noise: 0.1 },
	noisy30: { noise: 0.3 },
	own: { noise: 0, isOwn: true },
	moved: { noise: 0, movedFrom: 'before/' },
	unjudged: { noise: 0, isUnjudged: true },
} as const satisfies Record<string, MindOptions>;
type MindName = keyof typeof MINDS;
interface MindOptions {
	readonly noise: number;
	readonly isOwn?: boolean;
	readonly movedFrom?: string;
	readonly isUnjudged?: boolean;
}

/** An answer's place in the time of its repository, 0…1, and whether all right files were among its first. */
interface Answered {
	readonly position: number;
	readonly frozen: boolean;
	readonly learned: Readonly<Record<MindName, boolean>>;
}

/**
 * Does the index get better by what became of its answers? The questions of each repository by the date of their commit, each answered by the ranking
 * of files, then its right files reported as what the answer used and the user approved, through the learning loop. The same index without
 * any of it answers beside. `--instances FILE --repos DIR [--part choose|report]` as `localization`; or `--commits N --repo NAME… --repos DIR`: N
 * commits of each repository, whose message is the question. No embedding, no language model.
 */
export async function run(parameters: string[]) {
	const { instances, repos, cache, part, commits } = readOptions(parameters);
	const ports = benchPorts(0);
	const answered: Answered[] = [];
	const names = Object.keys(MINDS) as MindName[];
	const minds = new Map<MindName, Awaited<ReturnType<typeof openMind>>>();
	for (const name of names) minds.set(name, await openMind(ports, MINDS[name]));
	for (const repo of new Set(instances.map((instance) => instance.repo))) {
		await minds.get('own')?.close();
		minds.set('own', await openMind(ports, MINDS.own));
		const repository = await RepositoryAtCommit.open(repo, repos, cache);
		const ordered = instances
			.filter((instance) => instance.repo === repo)
			.map((instance) => ({ instance, timeMs: repository.timeOf(instance.base_commit) }))
			.sort((a, b) => a.timeMs - b.timeMs);
		for (const [index, { instance, timeMs }] of ordered.entries()) {
			await repository.moveTo(instance.base_commit);
			const stores = { worktree: repository.worktree, ...repository.stores, recent: repository.recentAt(instance.base_commit) };
			const gold = goldFiles(instance);
			const isRight = (files: readonly string[]) => gold.every((file) => files.slice(0, TOP).includes(file));
			const position = index / ordered.length;
			const frozen = isRight((await rankFiles({ query: instance.problem_statement, stores, limit: TOP })).map(({ filePath }) => filePath));
			const learned: Partial<Record<MindName, boolean>> = {};
			for (const [name, mind] of minds) learned[name] = isRight(await mind.answer({ instance, stores, gold, timeMs, position }));
			answered.push({ position, frozen, learned: learned as Answered['learned'] });
			process.stderr.write(
				`\r${answered.length} of ${instances.length}, frozen ${percent(answered.map((one) => one.frozen))}, learning ${percent(answered.map((one) => one.learned.clean))}   `,
			);
		}
		await repository.close();
	}
	for (const mind of minds.values()) await mind.close();
	process.stderr.write('\n');
	const inThird = (third: number) => answered.filter(({ position }) => Math.floor(position * 3) === third);
	const later = answered.filter(({ position }) => position >= 0.5);
	const clean = gainOf(answered, 'clean');
	return {
		data: commits
			? `commits since 2016 as questions, ${[...new Set(instances.map(({ repo }) => repo))].join(', ')}`
			: `SWE-bench Lite in the order of time, part ${part}`,
		n: answered.length,
		figures: {
			acc5Learning: percent(answered.map(({ learned }) => learned.clean)),
			acc5Frozen: percent(answered.map(({ frozen }) => frozen)),
			gain: clean.gain,
			gainLow: clean.low,
			gainHigh: clean.high,
			better: clean.better,
			worse: clean.worse,
			...Object.fromEntries(
				(['noisy10', 'noisy30', 'own', 'unjudged'] as const).map((name) => [`gain${name[0]?.toUpperCase()}${name.slice(1)}`, gainOf(answered, name)]),
			),
			gainSecondHalf: gainOf(later, 'clean'),
			gainSecondHalfAfterMove: gainOf(later, 'moved'),
			...Object.fromEntries(
				[0, 1, 2].flatMap((third) => [
					[`acc5FrozenThird${third + 1}`, percent(inThird(third).map(({ frozen }) => frozen))] as const,
					[`acc5LearningThird${third + 1}`, percent(inThird(third).map(({ learned }) => learned.clean))] as const,
				]),
			),
		},
		settings: { halfLifeDays: DEFAULT_SETTINGS.learning.halfLifeDays, embedding: 'none' },
	};
}

/** One memory, with its share of wrong outcomes. */
async function openMind(ports: Ports, { noise, movedFrom = '', isUnjudged = false }: MindOptions) {
	const folder = mkdtempSync(join(tmpdir(), 'hybrid-bench-learning-'));
	const { collections: history, outcomes, rankings } = await openKnowledge({ ports, dataDirectory: folder });
	const loop = createLearningLoop({ history, outcomes, rankings, settings: () => DEFAULT_SETTINGS, log: ports.log });
	const record = createPathRecord(rankings, (error) => {
		throw error;
	});
	const random = seededRandom(1 + Math.round(noise * 100));
	const { halfLifeDays } = DEFAULT_SETTINGS.learning;
	return {
		/** The ranked files; what became of them is learned before the next question. */
		async answer(asked: { instance: Instance; stores: FolderStores; gold: readonly string[]; timeMs: number; position: number }): Promise<string[]> {
			const { instance, stores, gold, timeMs, position } = asked;
			const experience = { history, outcomes, pathWords: record.of, halfLifeDays, nowMs: timeMs };
			const ranked = await rankFiles({ query: instance.problem_statement, stores, limit: NOTED, experience });
			const files = ranked.slice(0, TOP).map(({ filePath }) => filePath);
			const wrong = files.filter((file) => !gold.includes(file)).slice(0, gold.length);
			const used = random() < noise && wrong.length > 0 ? wrong : gold;
			const placed = (file: string) => (position < 0.5 ? movedFrom + file : file);
			const interactionId = ports.uuid();
			const contexts = [...new Set([...used, ...files])].map(
				(file): InteractionContext => ({
					...{ pointId: ports.uuid(), collection: 'codebase-context', workspaceId: stores.worktree.id, filePath: placed(file), symbol: null, text: '' },
				}),
			);
			await loop.remember({
				...{ id: interactionId, query: instance.problem_statement, embedding: null, response: used.map(placed).join('\n'), modelId: 'none', isRemote: false },
				...{ workspaceId: stores.worktree.id, repositoryId: stores.worktree.repositoryId, contexts, tokensUsed: 0, latencyMs: 0, timeMs },
				...{ isLocalOnly: false, follows: null, retryOf: null, agent: 'user' },
				ranking: { workspaceId: stores.worktree.id, files: ranked.map(({ filePath, share }) => ({ filePath: placed(filePath), share })) },
			});
			if (!isUnjudged) await loop.report([{ id: ports.uuid(), interactionId, kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs }]);
			return files;
		},
		async close() {
			await history.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Gain in points over the frozen index with its paired 95% interval, and the questions that it is made of. */
function gainOf(answered: readonly Answered[], name: MindName) {
	const differences = answered.map(({ frozen, learned }) => Number(learned[name]) - Number(frozen));
	const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
	const error = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / differences.length;
	const count = (sign: number) => differences.filter((difference) => difference === sign).length;
	return { gain: round(100 * mean), low: round(100 * (mean - 1.96 * error)), high: round(100 * (mean + 1.96 * error)), better: count(1), worse: count(-1) };
}

const round = (value: number) => Math.round(value * 10) / 10;
const percent = (list: readonly boolean[]) => round((100 * list.filter(Boolean).length) / Math.max(list.length, 1));
