import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCoordinator } from '#core/coordinator';
import { termVector } from '#core/domain/terms';
import { identifyWorktree } from '#core/ingest/scan/worktreeIdentity';
import { openBundledEmbeddingModel } from '#core/models/local/bundledEmbeddingModel';
import { settingsFromWire } from '#core/settingsFromWire';
import { openStores } from '#core/store/openStores';
import type { ScoredPoint } from '#core/store/vectorStore';
import { benchPorts } from './support/benchPorts.ts';

interface Question {
	readonly doc: string;
	readonly retrieval_idx: number;
}

/** Ranks looked at; a right answer below counts as not found. */
const DEPTH = 200;

/**
 * CoSQA: 500 questions from a search engine against 6,267 Python functions, each a file of its own in a real index. `--data DIR` holds
 * `cosqa-retrieval-*.json` and `code_idx_map.txt`; `--cache DIR` keeps the index with its vectors; `--half even|odd` takes every other question.
 */
export async function run(parameters: string[]) {
	const { values } = parseArgs({
		args: parameters,
		options: { data: { type: 'string' }, cache: { type: 'string', default: join(tmpdir(), 'hybrid-bench-cosqa') }, half: { type: 'string' } },
	});
	if (!values.data) throw new Error('Name the folder of the data: --data DIR');
	const [name] = readdirSync(values.data).filter((file) => /^cosqa-retrieval-.*\.json$/.test(file));
	if (!name) throw new Error(`There is no cosqa-retrieval-*.json in ${values.data}`);
	const questions = (JSON.parse(readFileSync(join(values.data, name), 'utf8')) as Question[]).filter(
		(_, index) => values.half === undefined || (index % 2 === 0) === (values.half === 'even'),
	);
	const functions = Object.entries(JSON.parse(readFileSync(join(values.data, 'code_idx_map.txt'), 'utf8')) as Record<string, number>);
	const workspace = join(values.cache, 'workspace');
	mkdirSync(workspace, { recursive: true });
	if (readdirSync(workspace).length < functions.length) for (const [code, index] of functions) writeFileSync(join(workspace, `f${index}.py`), code);

	const ports = benchPorts(2);
	const dataDirectory = join(values.cache, 'data');
	const { coordinator } = await createCoordinator({ ports, settings: settingsFromWire({}).settings, dataDirectory });
	coordinator.onDidChangeStatus(({ vectors }) => process.stderr.write(`\rvectors ${vectors.done} of ${vectors.total}   `));
	await coordinator.openFolders([{ path: workspace, name: 'cosqa' }]);
	await coordinator.startIndexing();
	await coordinator.whenIdle({ vectors: true });
	process.stderr.write('\n');

	const worktree = await identifyWorktree({ path: workspace, name: 'cosqa' }, ports);
	const stores = await openStores({ ports, dataDirectory, repositoryId: worktree.repositoryId });
	const model = await openBundledEmbeddingModel(ports.bundledModel, 'auto');
	await stores.vectors.useEmbeddingModel(model.id, model.dimension);
	const pathsOf = (points: readonly ScoredPoint<'codebase-context'>[]) => points.map(({ payload }) => payload.file_path);
	const ranks = { fused: [] as number[], dense: [] as number[], lexical: [] as number[] };
	for (const { doc, retrieval_idx } of questions) {
		const gold = `f${retrieval_idx}.py`;
		const { hits } = await coordinator.search({ query: doc, limit: DEPTH });
		ranks.fused.push(
			rankOf(
				gold,
				hits.map(({ filePath }) => filePath),
			),
		);
		const [vector] = await model.embed([doc], { purpose: 'query' });
		if (vector) ranks.dense.push(rankOf(gold, pathsOf(await stores.vectors.search('codebase-context', { dense: { vector }, limit: DEPTH }))));
		const { hashes, counts } = termVector(doc);
		const terms = [...hashes].map((hash, index) => ({ hash, weight: counts[index] ?? 1 }));
		ranks.lexical.push(rankOf(gold, pathsOf(await stores.vectors.search('codebase-context', { lexical: [{ field: 'text', terms }], limit: DEPTH }))));
	}
	const mrr = (list: readonly number[]) => round(list.reduce((sum, rank) => sum + (rank > 0 ? 1 / rank : 0), 0) / list.length);
	const recall = (k: number) => round(ranks.fused.filter((rank) => rank > 0 && rank <= k).length / ranks.fused.length);
	await model.close();
	await stores.vectors.close();
	await coordinator.close();
	return {
		data: `${name}${values.half ? `, ${values.half} questions` : ''}, ${functions.length} functions`,
		n: questions.length,
		figures: { mrr: mrr(ranks.fused), mrrDense: mrr(ranks.dense), mrrLexical: mrr(ranks.lexical), recallAt1: recall(1), recallAt5: recall(5), recallAt10: recall(10) },
		settings: { embedding: model.id },
	};
}

const round = (value: number) => Math.round(value * 10_000) / 10_000;

/** Rank from 1 of a file in a list of chunks' files; 0 where it is not there. */
function rankOf(gold: string, files: readonly string[]): number {
	return [...new Set(files)].indexOf(gold) + 1;
}
