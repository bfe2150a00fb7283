import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAskPipeline } from '#core/ask/askPipeline';
import { CommitWords } from '#core/ask/search/commitWords';
import type { IndexStatus } from '#core/domain/indexStatus';
import { createModelCatalogue } from '#core/models/modelCatalogue';
import { settingsFromWire } from '#core/settingsFromWire';
import { openStores } from '#core/store/openStores';
import { plainAskParts } from '../test/support/askParts.ts';
import { callBook } from '../test/support/callBook.ts';
import { benchPorts } from './support/benchPorts.ts';
import { percentile, timesOf } from './support/peers.ts';
import { makeSyntheticIndex, SYNTHETIC_WORKTREE, seededRandom, wordSource } from './support/syntheticIndex.ts';
import { fullTextSearch, ripgrepSearch } from './support/textPeers.ts';
import { lanceFlat, readVectors, usearchExact } from './support/vectorPeers.ts';

/** Questions that are issues, and the words of each. */
const ISSUES = 40;
const ISSUE_WORDS = 200;
/** As many commits as the product reads. */
const COMMITS = 10_000;

/** Commits of one to six files, with messages of 25 words. */
function inventedCommits(paths: readonly string[], word: () => string, random: () => number): CommitWords {
	const commits = new CommitWords();
	const pick = () => paths[Math.floor(random() * paths.length)] ?? '';
	for (let index = 0; index < COMMITS; index++) {
		const files = Array.from({ length: 1 + Math.floor(random() * 6) }, () => ({ path: pick(), from: null }));
		commits.add({ message: Array.from({ length: 25 }, word).join(' '), files });
	}
	return commits;
}

/**
 * From a question to the augmented prompt, in milliseconds, over `--chunks N` (default 100,000) invented chunks with the bundled model and
 * the real pipeline; `--questions N` (default 60); also for questions that are issues, with 10,000 commits read and with none. The index is kept in the temporary folder for the next run. Peers over the same
 * vectors and texts: the nearest 100 by USearch and LanceDB, words by SQLite's FTS5 and by ripgrep over files.
 */
export async function run(parameters: readonly string[]) {
	const { values } = parseArgs({
		args: [...parameters],
		options: {
			chunks: { type: 'string', default: '100000' },
			questions: { type: 'string', default: '60' },
		},
	});
	const chunks = Number(values.chunks);
	const ports = benchPorts(0);
	const { settings } = settingsFromWire({});
	const catalogue = createModelCatalogue({ ports, settings, calls: callBook() });
	const model = await catalogue.embedding();
	const statics = await catalogue.staticVectors();
	if (!model || !statics) throw new Error('The bundled model is not in the build.');
	const dataDirectory = join(tmpdir(), `hybrid-bench-search-${chunks}`);
	await makeSyntheticIndex(ports, dataDirectory, {
		chunks,
		model: model.id,
		dimension: model.dimension,
		staticDimension: statics.dimension,
	});

	const open = async (snapshots = ports.snapshots) => {
		return openStores({ ports: { ...ports, snapshots }, dataDirectory, repositoryId: SYNTHETIC_WORKTREE.repositoryId });
	};
	const load = async ({ vectors }: Awaited<ReturnType<typeof open>>) => {
		const start = performance.now();
		// In the order of a coordinator: the index is read ahead, and the model is known when it has loaded.
		await vectors.termStatistics('codebase-context', { field: 'text', hashes: [], filter: { must: [{ key: 'workspace_id', match: { value: SYNTHETIC_WORKTREE.id } }] } });
		await vectors.useEmbeddingModel(model.id, model.dimension);
		await vectors.search('codebase-context', {
			dense: { vector: new Float32Array(model.dimension).fill(0.05) },
			limit: 1,
			filter: { must: [{ key: 'workspace_id', match: { value: SYNTHETIC_WORKTREE.id } }] },
		});
		return Math.round(performance.now() - start);
	};
	// Without snapshots first: what a window that has just indexed, or lost its snapshot, waits for.
	const first = await open({ ...ports.snapshots, open: () => null });
	const loadFromRowsMs = await load(first);
	await first.vectors.checkpoint();
	await first.vectors.close();
	const stores = await open();
	const { vectors, manifest } = stores;
	const loadMs = await load(stores);

	const status: IndexStatus = {
		phase: 'ready',
		folders: [],
		progress: null,
		vectors: { done: chunks, total: chunks },
		embedding: null,
		isSearchable: true,
		problems: [],
		sizeBytes: 0,
	};
	const ask = createAskPipeline({
		...plainAskParts(() => settings),
		stores: () => [{ worktree: SYNTHETIC_WORKTREE, vectors, manifest, ...(readsCommits ? { commits } : {}) }],
		knowledge: () => null,
		catalogue,
		ports,
		settings: () => settings,
		indexStatus: () => status,
	});
	const word = wordSource(seededRandom(7));
	let readsCommits = true;
	const paths = [...(await manifest.entries(SYNTHETIC_WORKTREE.id)).keys()];
	const commits = inventedCommits(paths, word, seededRandom(11));
	const prompts = Array.from({ length: Number(values.questions) }, () => `How does the ${word()} ${word()} handle a missing ${word()} before ${word()}?`);
	const times = {
		augment: [] as number[],
		store: [] as number[],
		embed: [] as number[],
	};
	await ask.augment({
		interactionId: 'warm-up',
		prompt: 'Where is it opened?',
		history: [],
		attachments: [],
		signals: {},
	});
	for (const [index, prompt] of prompts.entries()) {
		const start = performance.now();
		await ask.augment({
			interactionId: `bench-${index}`,
			prompt,
			history: [],
			attachments: [],
			signals: {},
		});
		times.augment.push(performance.now() - start);
		const { timings } = await ask.search({
			query: `${prompt} again`,
			limit: 10,
		});
		times.store.push(timings.storeMs);
		times.embed.push(timings.embedMs);
	}
	const issues = Array.from({ length: ISSUES }, () => `${word()} of ${word()} fails\n\n${Array.from({ length: ISSUE_WORDS }, word).join(' ')}`);
	const issueTimes = { with: [] as number[], without: [] as number[] };
	// In turns, so that both meet the machine as it is and caches as the other left them.
	for (const [index, prompt] of issues.entries()) {
		for (const kind of index % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const)) {
			readsCommits = kind === 'with';
			const start = performance.now();
			await ask.augment({ interactionId: `bench-issue-${kind}-${index}`, prompt: `${prompt} ${kind}`, history: [], attachments: [], signals: {} });
			issueTimes[kind].push(performance.now() - start);
		}
	}
	const database = join(dataDirectory, 'repositories', SYNTHETIC_WORKTREE.repositoryId, 'index.db');
	const queries: Float32Array[] = [];
	for (const prompt of prompts) queries.push(...(await model.embed([prompt], { purpose: 'query' })));
	const filter = { must: [{ key: 'workspace_id', match: { value: SYNTHETIC_WORKTREE.id } }] };
	const ours = await timesOf(queries, (vector) => vectors.rank('codebase-context', { dense: { vector }, filter, limit: 100 }));
	const corpus = readVectors(database, model.dimension);
	const peers = {
		nearest100: { ours, usearchExact: await usearchExact(corpus, queries), lanceFlat: await lanceFlat(corpus, queries) },
		sqliteFts5: await fullTextSearch(database, prompts),
		ripgrep: await ripgrepSearch(database, prompts.slice(0, 20)),
	};
	await vectors.close();
	await catalogue.close();
	return {
		data: `${chunks} invented chunks`,
		n: prompts.length,
		figures: {
			p50Ms: percentile(times.augment, 0.5),
			p95Ms: percentile(times.augment, 0.95),
			storeP50Ms: percentile(times.store, 0.5),
			storeP95Ms: percentile(times.store, 0.95),
			embedP95Ms: percentile(times.embed, 0.95),
			issueP50Ms: percentile(issueTimes.with, 0.5),
			issueP95Ms: percentile(issueTimes.with, 0.95),
			issueP50WithoutCommitsMs: percentile(issueTimes.without, 0.5),
			issueP95WithoutCommitsMs: percentile(issueTimes.without, 0.95),
			loadMs,
			loadFromRowsMs,
		},
		settings: { model: model.id, runtime: model.label, commits: commits.commits },
		peers,
	};
}
