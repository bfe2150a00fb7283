import { appendFileSync, rmSync } from 'node:fs';
import type { FolderStores } from '#core/ask/search/candidates';
import { rankFiles } from '#core/ask/search/rankFiles';
import { searchCode } from '#core/ask/search/searchCode';
import { termVector } from '#core/domain/terms';
import type { ClockPort } from '#core/ports';
import { benchPorts } from './support/benchPorts.ts';
import { goldFiles } from './support/instances.ts';
import { RepositoryAtCommit, readOptions } from './support/localization.ts';
import { pairedGain } from './support/pairedGain.ts';

/**
 * SWE-bench: which files does an issue want changed? File Acc@k: all of them among the first k. `--instances FILE --repos DIR`, or `--commits N
 * --repo NAME… --repos DIR` as `learning`; DIR holds git repositories named owner+name. Words, names, paths, imports and the commits before, with
 * what their messages say and without: no embedding, no language model. `acc*` are the ranking of files, `searchAcc*` the files of the pieces that
 * a search for the issue gives, in their order.
 */
export async function run(parameters: string[]) {
	const { instances, repos, cache, ranks, part, commits } = readOptions(parameters);
	if (ranks) rmSync(ranks, { force: true });
	const results: Located[] = [];
	const search = () => results.map(({ gold, searched }) => ({ gold, files: searched }));
	const withoutCommits = () => results.map(({ gold, filesWithoutCommits }) => ({ gold, files: filesWithoutCommits }));
	const ports = benchPorts(0);
	let repository: RepositoryAtCommit | undefined;
	let name = '';
	for (const [index, instance] of instances.entries()) {
		if (instance.repo !== name) {
			await repository?.close();
			repository = await RepositoryAtCommit.open(instance.repo, repos, cache);
			name = instance.repo;
		}
		if (!repository) continue;
		await repository.moveTo(instance.base_commit);
		const { worktree } = repository;
		const before = { worktree, ...repository.stores, recent: repository.recentAt(instance.base_commit) };
		const stores = { ...before, commits: await repository.commitsAt(instance.base_commit) };
		const ranked = async (folder: FolderStores) => (await rankFiles({ query: instance.problem_statement, stores: folder, limit: 20 })).map(({ filePath }) => filePath);
		const [files, filesWithoutCommits] = [await ranked(stores), await ranked(before)];
		const grep = await grepRank(repository, instance.problem_statement);
		const gold = goldFiles(instance);
		const searched = await filesOfSearch(instance.problem_statement, stores, ports.clock);
		results.push({ gold, files, filesWithoutCommits, grep, searched });
		if (ranks) appendFileSync(ranks, `${JSON.stringify({ instance_id: instance.instance_id, files, filesWithoutCommits, searched })}\n`);
		process.stderr.write(`\r${index + 1} of ${instances.length}, acc@5 ${accuracy(results, 5).toFixed(1)}, of the search ${accuracy(search(), 5).toFixed(1)}   `);
	}
	await repository?.close();
	process.stderr.write('\n');
	const recall = (list: readonly (readonly [readonly string[], readonly string[]])[], k: number) =>
		round((100 * list.reduce((sum, [gold, files]) => sum + gold.filter((file) => files.slice(0, k).includes(file)).length / gold.length, 0)) / list.length);
	return {
		data: `${commits ? 'commits since 2016 as questions' : 'SWE-bench Lite'}, part ${part}`,
		n: results.length,
		figures: {
			acc1: round(accuracy(results, 1)),
			acc3: round(accuracy(results, 3)),
			acc5: round(accuracy(results, 5)),
			acc10: round(accuracy(results, 10)),
			...Object.fromEntries([1, 3, 5, 10].map((k) => [`searchAcc${k}`, round(accuracy(search(), k))])),
			...Object.fromEntries([1, 3, 5, 10].map((k) => [`acc${k}WithoutCommits`, round(accuracy(withoutCommits(), k))])),
			acc5GainOfCommits: pairedGain(
				results.map(({ gold, files, filesWithoutCommits }) => [Number(isAmong(gold, filesWithoutCommits, 5)), Number(isAmong(gold, files, 5))]),
			),
			mrrGainOfCommits: pairedGain(results.map(({ gold, files, filesWithoutCommits }) => [reciprocalRank(gold, filesWithoutCommits), reciprocalRank(gold, files)])),
			grepRecall10: recall(
				results.map(({ gold, grep }) => [gold, grep] as const),
				10,
			),
			recall10: recall(
				results.map(({ gold, files }) => [gold, files] as const),
				10,
			),
		},
		settings: { files: '.py', embedding: 'none', commits: 'messages of the last 10,000 commits before the instance' },
	};
}

interface Located {
	readonly gold: readonly string[];
	readonly files: readonly string[];
	/** The same ranking where the commits' messages are not read. */
	readonly filesWithoutCommits: readonly string[];
	readonly grep: readonly string[];
	readonly searched: readonly string[];
}

const round = (value: number) => Math.round(value * 10) / 10;
const isAmong = (gold: readonly string[], files: readonly string[], k: number) => gold.every((file) => files.slice(0, k).includes(file));

function reciprocalRank(gold: readonly string[], files: readonly string[]): number {
	return gold.reduce((sum, file) => sum + (files.includes(file) ? 1 / (files.indexOf(file) + 1) : 0), 0) / gold.length;
}

function accuracy(results: readonly { readonly gold: readonly string[]; readonly files: readonly string[] }[], k: number): number {
	return (100 * results.filter(({ gold, files }) => isAmong(gold, files, k)).length) / Math.max(results.length, 1);
}

/** Pieces that a search is asked for; ten files seldom need more. */
const PIECES = 60;

/** Files of the found pieces, in the order of their best. */
async function filesOfSearch(query: string, stores: FolderStores, clock: ClockPort): Promise<readonly string[]> {
	const { hits } = await searchCode({
		query,
		limit: PIECES,
		signals: {},
		stores: [stores],
		embedding: async () => null,
		staticVectors: async () => null,
		wordPiece: () => Promise.reject(new Error('Only static vectors need word pieces.')),
		clock,
		onDemandMs: 0,
		isMerging: false,
	});
	return [...new Set(hits.map(({ filePath }) => filePath))];
}

/** The peer: files by how many of the words they hold, as counting the matches of a grep would rank them. */
async function grepRank({ worktree, stores }: RepositoryAtCommit, text: string): Promise<readonly string[]> {
	const terms = [...termVector(text).hashes].map((hash) => ({ hash, weight: 1 }));
	const files = new Map<string, number>();
	const filter = { must: [{ key: 'workspace_id', match: { value: worktree.id } }] };
	for (const term of terms) {
		for (const { filePath } of await stores.vectors.searchDocuments({ lexical: { field: 'text', terms: [term] }, filter, limit: 5_000 }))
			files.set(filePath, (files.get(filePath) ?? 0) + 1);
	}
	return [...files].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([file]) => file);
}
