import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FolderStores } from '#core/ask/search/candidates';
import { createPathRecord } from '#core/ask/search/pathRecord';
import { placeEdits } from '#core/ask/search/placeEdits';
import { type RankedFile, rankFiles } from '#core/ask/search/rankFiles';
import type { InteractionContext } from '#core/domain/interaction';
import type { Signal } from '#core/domain/outcome';
import { extractTerms } from '#core/domain/terms';
import { createLearningLoop } from '#core/learn/learningLoop';
import type { Ports } from '#core/ports';
import { DEFAULT_SETTINGS } from '#core/settings';
import { openKnowledge } from '#core/store/openStores';
import { benchPorts } from './support/benchPorts.ts';
import { goldFiles, type Instance } from './support/instances.ts';
import { RepositoryAtCommit, readOptions } from './support/localization.ts';
import { pairedGain } from './support/pairedGain.ts';
import { seededRandom } from './support/syntheticIndex.ts';

/** Files of an answer that are looked at, and those that an outcome is joined with. */
const TOP = 5;
const NOTED = 40;
/** A question that has this share of its words, or more, in common with one before it is a repetition. */
const REPEATED = 0.6;
/**
 * Memories that hear of outcomes in different ways. `edits`: the user changes the right files after the question, and nothing else is heard; in a
 * share (`noise`) of the outcomes it is wrong ones. `approved`: beside that the answer names the right files and the user approves it. `sent`: it
 * is approved where it was sent all right files, and no edit is heard of. `moved`: as `edits`, but the code stood elsewhere until the middle of
 * each repository's time. `unjudged` hears the questions, and of no outcome. `product`: as `edits`, and the repository's commits are read, up to the
 * one before the question; all others read none.
 */
const MINDS = {
	edits: { hears: 'edits', noise: 0 },
	noisy10: { hears: 'edits', noise: 0.1 },
	noisy30: { hears: 'edits', noise: 0.3 },
	approved: { hears: 'approval', noise: 0 },
	sent: { hears: 'sent', noise: 0 },
	moved: { hears: 'edits', noise: 0, movedFrom: 'before/' },
	unjudged: { hears: 'nothing', noise: 0 },
	product: { hears: 'edits', noise: 0, readsCommits: true },
} as const satisfies Record<string, MindOptions>;
type MindName = keyof typeof MINDS;
interface MindOptions {
	readonly hears: 'edits' | 'approval' | 'sent' | 'nothing';
	readonly noise: number;
	readonly movedFrom?: string;
	readonly readsCommits?: true;
}

/** Files that were ranked, of one question to one memory. */
interface Ranked {
	/** Whether all right files were among the first. */
	readonly isRight: boolean;
	/** Mean of 1 / rank of the right files, 0…1. */
	readonly reciprocalRank: number;
}

interface Answered {
	/** Place in the time of its repository, 0…1. */
	readonly position: number;
	readonly isRepeated: boolean;
	/** By the index that remembers nothing: neither commits nor questions, */
	readonly frozen: Ranked;
	/** the commits before the repository's first question alone, */
	readonly frozenCommits: Ranked;
	/** or all commits before this question, and no question. */
	readonly commits: Ranked;
	readonly learned: Readonly<Record<MindName, Ranked>>;
}

/**
 * Does the index get better by what became of its answers? The questions of each repository by the date of their commit, each answered by the ranking
 * of files; then what the user changed is reported, through the learning loop and the rule which edits are for a question's sake. The same index
 * without any of it answers beside. The repository's commits are an outcome too, of what their messages ask for: the learning index reads those
 * between two questions, as the product does, the frozen one only those before the first. Outcomes alone, where neither reads a commit, are told
 * beside. `--instances FILE --repos DIR [--part choose|report]` as `localization`; or `--commits N --repo NAME… --repos
 * DIR`: N commits of each repository, whose message is the question. No embedding, no language model.
 */
export async function run(parameters: string[]) {
	const { instances, repos, cache, part, commits } = readOptions(parameters);
	const ports = benchPorts(0);
	const answered: Answered[] = [];
	const names = Object.keys(MINDS) as MindName[];
	const minds = new Map<MindName, Awaited<ReturnType<typeof openMind>>>();
	for (const name of names) minds.set(name, await openMind(ports, MINDS[name]));
	for (const repo of new Set(instances.map((instance) => instance.repo))) {
		const repository = await RepositoryAtCommit.open(repo, repos, cache);
		const ordered = instances
			.filter((instance) => instance.repo === repo)
			.map((instance) => ({ instance, timeMs: repository.timeOf(instance.base_commit) }))
			.sort((a, b) => a.timeMs - b.timeMs);
		const before: ReadonlySet<string>[] = [];
		const commitsOfFirst = ordered[0] && (await repository.commitsAt(ordered[0].instance.base_commit));
		for (const [index, { instance, timeMs }] of ordered.entries()) {
			await repository.moveTo(instance.base_commit);
			const stores = { worktree: repository.worktree, ...repository.stores, recent: repository.recentAt(instance.base_commit) };
			const gold = goldFiles(instance);
			const position = index / ordered.length;
			const words = new Set(extractTerms(instance.problem_statement));
			const isRepeated = before.some((other) => shareInCommon(words, other) >= REPEATED);
			before.push(words);
			const rankIn = async (folder: FolderStores) => rankedBy(await rankFiles({ query: instance.problem_statement, stores: folder, limit: NOTED }), gold);
			const withCommits = { ...stores, commits: await repository.commitsAt(instance.base_commit) };
			const frozen = await rankIn(stores);
			const frozenCommits = await rankIn({ ...stores, ...(commitsOfFirst ? { commits: commitsOfFirst } : {}) });
			const commits = await rankIn(withCommits);
			const learned: Partial<Record<MindName, Ranked>> = {};
			for (const [name, mind] of minds) {
				const folder = mind.readsCommits ? withCommits : stores;
				learned[name] = rankedBy(await mind.answer({ instance, stores: folder, gold, timeMs, position }), gold);
			}
			answered.push({ position, isRepeated, frozen, frozenCommits, commits, learned: learned as Answered['learned'] });
			process.stderr.write(`\r${answered.length} of ${instances.length}, frozen ${acc5(answered, FROZEN)}, learning ${acc5(answered, PRODUCT)}   `);
		}
		await repository.close();
	}
	for (const mind of minds.values()) await mind.close();
	process.stderr.write('\n');
	const inThird = (third: number) => answered.filter(({ position }) => Math.floor(position * 3) === third);
	const later = answered.filter(({ position }) => position >= 0.5);
	const { gain, low, high, better, worse } = gainOf(answered, FROZEN, PRODUCT);
	const notRepeated = answered.filter(({ isRepeated }) => !isRepeated);
	return {
		data: commits
			? `commits since 2016 as questions, ${[...new Set(instances.map(({ repo }) => repo))].join(', ')}`
			: `SWE-bench Lite in the order of time, part ${part}`,
		n: answered.length,
		figures: {
			...{ acc5Learning: acc5(answered, PRODUCT), acc5Frozen: acc5(answered, FROZEN), gain, gainLow: low, gainHigh: high, better, worse },
			mrrFrozen: round(100 * meanOf(answered.map((one) => FROZEN(one).reciprocalRank))),
			mrrGain: gainOf(answered, FROZEN, PRODUCT, 'reciprocalRank'),
			gainSecondHalf: gainOf(later, FROZEN, PRODUCT),
			...Object.fromEntries(
				[0, 1, 2].flatMap((third) => [
					[`acc5FrozenThird${third + 1}`, acc5(inThird(third), FROZEN)] as const,
					[`acc5LearningThird${third + 1}`, acc5(inThird(third), PRODUCT)] as const,
				]),
			),
			// Beside an index that remembers nothing at all, and what of it comes from where.
			...bothGains('OfAllMemory', answered, NOTHING, PRODUCT),
			...bothGains('OfCommits', answered, NOTHING, ({ commits }) => commits),
			...bothGains('OfNewCommits', answered, FROZEN, ({ commits }) => commits),
			...bothGains('OfOutcomesBesideCommits', answered, ({ commits }) => commits, PRODUCT),
			acc5WithoutCommits: acc5(answered, NOTHING),
			mrrWithoutCommits: round(100 * meanOf(answered.map((one) => NOTHING(one).reciprocalRank))),
			...bothGains('OfOutcomesAlone', answered, NOTHING, MIND.edits),
			...bothGains('Noisy10', answered, NOTHING, MIND.noisy10),
			...bothGains('Noisy30', answered, NOTHING, MIND.noisy30),
			...bothGains('Approved', answered, NOTHING, MIND.approved),
			...bothGains('Sent', answered, NOTHING, MIND.sent),
			...bothGains('Unjudged', answered, NOTHING, MIND.unjudged),
			repeated: answered.length - notRepeated.length,
			...bothGains('NotRepeated', notRepeated, NOTHING, MIND.edits),
			gainSecondHalfOfOutcomesAlone: gainOf(later, NOTHING, MIND.edits),
			gainSecondHalfAfterMove: gainOf(later, NOTHING, MIND.moved),
		},
		settings: {
			...{ halfLifeDays: DEFAULT_SETTINGS.learning.halfLifeDays, embedding: 'none' },
			frozen: 'reads the commits before the first question of each repository, and hears of no question',
			learning: 'reads the commits before each question, and hears of the edits after those before it',
			outcomesAlone: 'neither index reads a commit; so with all that stands below it',
		},
	};
}

/** One memory, with its share of wrong outcomes. */
async function openMind(ports: Ports, options: MindOptions) {
	const { hears, noise, movedFrom = '', readsCommits = false } = options;
	const folder = mkdtempSync(join(tmpdir(), 'hybrid-bench-learning-'));
	const { collections: history, outcomes, rankings } = await openKnowledge({ ports, dataDirectory: folder });
	const loop = createLearningLoop({ history, outcomes, rankings, settings: () => DEFAULT_SETTINGS, log: ports.log });
	const record = createPathRecord(rankings, (error) => {
		throw error;
	});
	const random = seededRandom(1 + Math.round(noise * 100));
	const { halfLifeDays } = DEFAULT_SETTINGS.learning;
	return {
		readsCommits,
		/** The ranked files; what became of them is learned before the next question. */
		async answer(asked: { instance: Instance; stores: FolderStores; gold: readonly string[]; timeMs: number; position: number }): Promise<readonly RankedFile[]> {
			const { instance, stores, gold, timeMs, position } = asked;
			const experience = { history, outcomes, pathWords: record.of, halfLifeDays, nowMs: timeMs };
			const ranked = await rankFiles({ query: instance.problem_statement, stores, limit: NOTED, experience });
			const files = ranked.slice(0, TOP).map(({ filePath }) => filePath);
			const wrong = files.filter((file) => !gold.includes(file)).slice(0, gold.length);
			const changed = random() < noise && wrong.length > 0 ? wrong : gold;
			const placed = (file: string) => (position < 0.5 ? movedFrom + file : file);
			const interactionId = ports.uuid();
			const isNamed = hears === 'approval' || (hears === 'sent' && gold.every((file) => files.includes(file)));
			const contexts = [...new Set([...(hears === 'approval' ? gold : []), ...files])].map(
				(file): InteractionContext => ({
					...{ pointId: ports.uuid(), collection: 'codebase-context', workspaceId: stores.worktree.id, filePath: placed(file), symbol: null, text: '' },
				}),
			);
			await loop.remember({
				...{ id: interactionId, query: instance.problem_statement, embedding: null, modelId: 'none', isRemote: false },
				response: isNamed ? gold.map(placed).join('\n') : 'None.',
				...{ workspaceId: stores.worktree.id, repositoryId: stores.worktree.repositoryId, contexts, tokensUsed: 0, latencyMs: 0, timeMs },
				...{ isLocalOnly: false, follows: null, retryOf: null, agent: 'user' },
				ranking: { workspaceId: stores.worktree.id, files: ranked.map(({ filePath, share }) => ({ filePath: placed(filePath), share })) },
			});
			const thumb: Signal = { id: ports.uuid(), interactionId, kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs };
			if (isNamed) await loop.report([thumb]);
			if (hears !== 'edits' && hears !== 'approval') return ranked;
			const edits = changed.map((subject): Signal => ({ id: ports.uuid(), interactionId, kind: 'edited-after', value: 1, subject, source: 'editor', timeMs }));
			const near = await placeEdits(edits, { stores: [stores], history, outcomes });
			await loop.report(near.map((edit) => ({ ...edit, subject: (edit.subject ?? '').replace('\n', `\n${placed('')}`) })));
			return ranked;
		},
		async close() {
			await history.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function rankedBy(files: readonly RankedFile[], gold: readonly string[]): Ranked {
	const ranks = gold.map((file) => files.findIndex(({ filePath }) => filePath === file) + 1);
	return { isRight: ranks.every((rank) => rank > 0 && rank <= TOP), reciprocalRank: meanOf(ranks.map((rank) => (rank > 0 ? 1 / rank : 0))) };
}

function shareInCommon(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
	const common = [...a].filter((word) => b.has(word)).length;
	return common / (a.size + b.size - common || 1);
}

type Answerer = (answered: Answered) => Ranked;
const NOTHING: Answerer = ({ frozen }) => frozen;
const FROZEN: Answerer = ({ frozenCommits }) => frozenCommits;
const PRODUCT: Answerer = ({ learned }) => learned.product;
const MIND = Object.fromEntries((Object.keys(MINDS) as MindName[]).map((name) => [name, ({ learned }: Answered) => learned[name]])) as Readonly<
	Record<MindName, Answerer>
>;

/** Gain in points of one over another with its paired 95% interval, and how many questions are better and worse. */
function gainOf(answered: readonly Answered[], before: Answerer, after: Answerer, by: keyof Ranked = 'isRight') {
	return pairedGain(answered.map((one) => [Number(before(one)[by]), Number(after(one)[by])]));
}

function bothGains(name: string, answered: readonly Answered[], before: Answerer, after: Answerer) {
	return { [`gain${name}`]: gainOf(answered, before, after), [`mrrGain${name}`]: gainOf(answered, before, after, 'reciprocalRank') };
}

function acc5(answered: readonly Answered[], answerer: Answerer): number {
	return percent(answered.map((one) => answerer(one).isRight));
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
const round = (value: number) => Math.round(value * 10) / 10;
const percent = (list: readonly boolean[]) => round((100 * list.filter(Boolean).length) / Math.max(list.length, 1));
