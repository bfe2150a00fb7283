import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAskPipeline } from '#core/ask/askPipeline';
import { createModelCatalogue } from '#core/models/modelCatalogue';
import { settingsFromWire } from '#core/settingsFromWire';
import { openStores } from '#core/store/openStores';
import { plainAskParts } from '../../test/support/askParts.ts';
import { callBook } from '../../test/support/callBook.ts';
import { benchPorts } from './benchPorts.ts';
import { makeSyntheticIndex, SYNTHETIC_WORKTREE, seededRandom, wordSource } from './syntheticIndex.ts';

// Run by the memory bench: `memoryChild.ts CHUNKS QUESTIONS` prints one JSON object of MiB.
const [chunks = 0, questions = 0] = process.argv.slice(2).map(Number);
const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
const bareMb = mebibytes(process.memoryUsage().rss);
const ports = benchPorts(0);
const { settings } = settingsFromWire({});
const catalogue = createModelCatalogue({ ports, settings, calls: callBook() });
const [model, statics] = await Promise.all([catalogue.embedding(), catalogue.staticVectors()]);
if (!model || !statics) throw new Error('The bundled model is not in the build.');
const dataDirectory = join(tmpdir(), `hybrid-bench-search-${chunks}`);
await makeSyntheticIndex(ports, dataDirectory, {
	chunks,
	model: model.id,
	dimension: model.dimension,
	staticDimension: statics.dimension,
});
const { vectors, manifest } = await openStores({
	ports,
	dataDirectory,
	repositoryId: SYNTHETIC_WORKTREE.repositoryId,
});
await vectors.useEmbeddingModel(model.id, model.dimension);
const ask = createAskPipeline({
	...plainAskParts(() => settings),
	stores: () => [{ worktree: SYNTHETIC_WORKTREE, vectors, manifest }],
	knowledge: () => null,
	catalogue,
	ports,
	settings: () => settings,
	indexStatus: () => ({
		phase: 'ready',
		folders: [],
		progress: null,
		vectors: { done: chunks, total: chunks },
		embedding: null,
		isSearchable: true,
		problems: [],
		sizeBytes: 0,
	}),
});
const word = wordSource(seededRandom(11));
for (let i = 0; i < questions; i++) {
	await ask.augment({
		interactionId: `bench-${i}`,
		prompt: `How does the ${word()} handle a missing ${word()}?`,
		history: [],
		attachments: [],
		signals: {},
	});
}
if (questions === 0) {
	// The next process starts as a coordinator does whose index was made before.
	const filter = { must: [{ key: 'workspace_id', match: { value: SYNTHETIC_WORKTREE.id } }] };
	await vectors.termStatistics('codebase-context', { field: 'text', hashes: [], filter });
	await vectors.checkpoint();
}
const { rss, heapUsed } = process.memoryUsage();
process.stdout.write(
	JSON.stringify({
		rssMb: mebibytes(rss),
		peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
		heapMb: mebibytes(heapUsed),
		bareMb,
	}),
);
process.exit(0);
