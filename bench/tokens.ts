import { selectContext } from '#core/ask/augment/selectContext';
import { searchCode } from '#core/ask/search/searchCode';
import { loadTokenCounter } from '#core/domain/tokenCount';
import { WordPiece } from '#core/domain/wordPiece';
import { DEFAULT_SETTINGS } from '#core/settings';
import { benchPorts } from './support/benchPorts.ts';
import { goldFiles } from './support/instances.ts';
import { RepositoryAtCommit, readOptions } from './support/localization.ts';

const BUDGETS = [1_000, 2_000, 4_000, 8_000, 16_000] as const;

/**
 * How much context for how much truth: F1 of the files of the pieces that `augment` would send for an issue, at budgets of tokens, with the
 * product's default limits. Options as `localization`; words, names, paths and imports only.
 */
export async function run(parameters: string[]) {
	const { instances, repos, cache, part } = readOptions(parameters);
	const countTokens = await loadTokenCounter();
	const ports = benchPorts(1);
	const wordPiece = new WordPiece(new TextDecoder().decode(await ports.assets.read('vocab.txt')));
	const sums = new Map(BUDGETS.map((budget) => [budget, { f1: 0, tokens: 0 }]));
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
		const { worktree, stores } = repository;
		const commits = await repository.commitsAt(instance.base_commit);
		const { hits } = await searchCode({
			query: instance.problem_statement,
			limit: DEFAULT_SETTINGS.search.codeLimit * 3,
			signals: {},
			stores: [{ worktree, ...stores, recent: repository.recentAt(instance.base_commit), commits }],
			embedding: async () => null,
			staticVectors: async () => null,
			wordPiece: async () => wordPiece,
			clock: ports.clock,
			onDemandMs: 0,
		});
		const gold = new Set(goldFiles(instance));
		for (const budget of BUDGETS) {
			const limits = { limit: DEFAULT_SETTINGS.search.codeLimit, threshold: DEFAULT_SETTINGS.search.codeThreshold, tokens: budget };
			const { chosen } = selectContext(hits, limits, ({ text }) => countTokens(text));
			const files = new Set(chosen.map(({ filePath }) => filePath));
			const right = [...files].filter((file) => gold.has(file)).length;
			const sum = sums.get(budget);
			if (!sum) continue;
			sum.f1 += right === 0 ? 0 : (2 * right) / (files.size + gold.size);
			sum.tokens += chosen.reduce((total, { text }) => total + countTokens(text), 0);
		}
		process.stderr.write(`\r${index + 1} of ${instances.length}   `);
	}
	await repository?.close();
	await ports.processor.close();
	process.stderr.write('\n');
	const mean = (value: number) => Math.round((1_000 * value) / Math.max(instances.length, 1)) / 1_000;
	return {
		data: `SWE-bench Lite, part ${part}`,
		n: instances.length,
		figures: Object.fromEntries(
			BUDGETS.flatMap((budget) => [
				[`f1At${budget}`, mean(sums.get(budget)?.f1 ?? 0)],
				[`tokensAt${budget}`, Math.round(mean(sums.get(budget)?.tokens ?? 0))],
			]),
		),
		settings: { files: '.py', embedding: 'none', codeLimit: DEFAULT_SETTINGS.search.codeLimit, codeThreshold: DEFAULT_SETTINGS.search.codeThreshold },
	};
}
