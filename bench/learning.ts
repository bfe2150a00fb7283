import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FolderStores } from '#core/ask/search/candidates';
import { rankFiles } from '#core/ask/search/rankFiles';
import type { InteractionContext } from '#core/domain/interaction';
import { createLearningLoop } from '#core/learn/learningLoop';
import type { Ports } from '#core/ports';
import { DEFAULT_SETTINGS } from '#core/settings';
import { openKnowledge } from '#core/store/openStores';
import { benchPorts } from './support/benchPorts.ts';
import { goldFiles, type Instance, RepositoryAtCommit, readOptions } from './support/localization.ts';
import { seededRandom } from './support/syntheticIndex.ts';

/** Files of an answer that are looked at. */
const TOP = 5;
/** Shares of outcomes that credit a wrong file instead of the right ones. */
const NOISE = { clean: 0, noisy10: 0.1, noisy30: 0.3 } as const;

/**
 * Does the index get better by what became of its answers? The issues of each repository by the date of their commit, each answered by the ranking
 * of files, then its right files reported as what the answer used and the user approved, through the learning loop. The same index without
 * any of it answers beside. `--instances FILE --repos DIR [--part choose|report]` as `localization`; no embedding, no language model.
 */
export async function run(parameters: string[]) {
	const { instances, repos, cache, part } = readOptions(parameters);
	const ports = benchPorts(0);
	const frozen: boolean[] = [];
	const learned = { clean: [] as boolean[], noisy10: [] as boolean[], noisy30: [] as boolean[] };
	const position: number[] = [];
	for (const repo of new Set(instances.map((instance) => instance.repo))) {
		const repository = await RepositoryAtCommit.open(repo, repos, cache);
		const ordered = instances
			.filter((instance) => instance.repo === repo)
			.map((instance) => ({ instance, timeMs: repository.timeOf(instance.base_commit) }))
			.sort((a, b) => a.timeMs - b.timeMs);
		const minds = await Promise.all(Object.entries(NOISE).map(async ([name, noise]) => ({ name: name as keyof typeof NOISE, mind: await openMind(ports, noise) })));
		for (const [index, { instance, timeMs }] of ordered.entries()) {
			await repository.moveTo(instance.base_commit);
			const stores = { worktree: repository.worktree, ...repository.stores, recent: repository.recentAt(instance.base_commit) };
			const gold = goldFiles(instance);
			const isRight = (files: readonly string[]) => gold.every((file) => files.includes(file));
			frozen.push(isRight(await topFiles(instance, stores)));
			position.push(index / ordered.length);
			for (const { name, mind } of minds) learned[name].push(isRight(await mind.answer(instance, stores, gold, timeMs)));
			process.stderr.write(`\r${frozen.length} of ${instances.length}, frozen ${percent(frozen)}, learning ${percent(learned.clean)}   `);
		}
		for (const { mind } of minds) await mind.close();
		await repository.close();
	}
	process.stderr.write('\n');
	const clean = gainOf(frozen, learned.clean);
	const third = (list: readonly boolean[], number: number) => percent(list.filter((_, index) => Math.floor((position[index] ?? 0) * 3) === number));
	return {
		data: `SWE-bench Lite in the order of time, part ${part}`,
		n: frozen.length,
		figures: {
			acc5Learning: percent(learned.clean),
			acc5Frozen: percent(frozen),
			gain: clean.gain,
			gainLow: clean.low,
			gainHigh: clean.high,
			gainNoisy10: gainOf(frozen, learned.noisy10).gain,
			gainNoisy30: gainOf(frozen, learned.noisy30).gain,
			...Object.fromEntries(
				[0, 1, 2].flatMap((number) => [
					[`acc5FrozenThird${number + 1}`, third(frozen, number)] as const,
					[`acc5LearningThird${number + 1}`, third(learned.clean, number)] as const,
				]),
			),
		},
		settings: { halfLifeDays: DEFAULT_SETTINGS.learning.halfLifeDays, embedding: 'none' },
	};
}

async function topFiles({ problem_statement: query }: Instance, stores: FolderStores, experience?: Parameters<typeof rankFiles>[0]['experience']): Promise<string[]> {
	return (await rankFiles({ query, stores, limit: TOP, ...(experience ? { experience } : {}) })).map(({ filePath }) => filePath);
}

/** One memory, with its share of wrong outcomes. */
async function openMind(ports: Ports, noise: number) {
	const folder = mkdtempSync(join(tmpdir(), 'hybrid-bench-learning-'));
	const { collections: history, outcomes } = await openKnowledge({ ports, dataDirectory: folder });
	const loop = createLearningLoop({ history, outcomes, settings: () => DEFAULT_SETTINGS, log: ports.log });
	const random = seededRandom(1 + Math.round(noise * 100));
	const { halfLifeDays } = DEFAULT_SETTINGS.learning;
	return {
		async answer(instance: Instance, stores: FolderStores, gold: readonly string[], timeMs: number): Promise<string[]> {
			const files = await topFiles(instance, stores, { history, outcomes, halfLifeDays, nowMs: timeMs });
			const wrong = files.filter((file) => !gold.includes(file)).slice(0, gold.length);
			const used = random() < noise && wrong.length > 0 ? wrong : gold;
			const interactionId = ports.uuid();
			const contexts = [...new Set([...used, ...files])].map(
				(filePath): InteractionContext => ({
					...{ pointId: ports.uuid(), collection: 'codebase-context', workspaceId: stores.worktree.id, filePath, symbol: null, text: '' },
				}),
			);
			await loop.remember({
				...{ id: interactionId, query: instance.problem_statement, embedding: null, response: used.join('\n'), modelId: 'none', isRemote: false },
				...{ workspaceId: stores.worktree.id, repositoryId: stores.worktree.repositoryId, contexts, tokensUsed: 0, latencyMs: 0, timeMs },
				...{ isLocalOnly: false, follows: null, retryOf: null, agent: 'user' },
			});
			await loop.report([{ id: ports.uuid(), interactionId, kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs }]);
			return files;
		},
		async close() {
			await history.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Gain in points with its paired 95% interval. */
function gainOf(before: readonly boolean[], after: readonly boolean[]): { readonly gain: number; readonly low: number; readonly high: number } {
	const differences = before.map((was, index) => Number(after[index]) - Number(was));
	const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
	const error = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / differences.length;
	return { gain: round(100 * mean), low: round(100 * (mean - 1.96 * error)), high: round(100 * (mean + 1.96 * error)) };
}

const round = (value: number) => Math.round(value * 10) / 10;
const percent = (list: readonly boolean[]) => round((100 * list.filter(Boolean).length) / Math.max(list.length, 1));
