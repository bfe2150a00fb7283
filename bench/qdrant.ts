import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createCoordinator } from '#core/coordinator';
import { termVector } from '#core/domain/terms';
import { settingsFromWire } from '#core/settingsFromWire';
import { openStores } from '#core/store/openStores';
import { QdrantTransport } from '#core/store/qdrant/qdrantTransport';
import { QdrantVectorStore } from '#core/store/qdrant/qdrantVectorStore';
import type { SearchRequest } from '#core/store/vectorStore';
import { createClock } from '#node/clock';
import { benchPorts } from './support/benchPorts.ts';
import { percentile } from './support/peers.ts';

/** Kept in order: the depth at which rankings are compared. */
const DEPTH = 10;

/**
 * Whether a question gives the same hits on the Qdrant server that QDRANT_URL names as on the embedded store, and how long each takes. `--workspace
 * DIR` (default: this repository's `src`) is indexed with its vectors and moved there; the questions are the subjects of the last `--questions N`
 * (default 60) commits of its history. Its collections are deleted at the end. Without a server nothing is measured, and that is said.
 */
export async function run(parameters: readonly string[]) {
	const url = process.env.QDRANT_URL;
	if (!url) return { skipped: 'QDRANT_URL names no server' };
	const { values } = parseArgs({
		args: [...parameters],
		options: { workspace: { type: 'string' }, questions: { type: 'string', default: '60' }, shards: { type: 'string', default: '1' } },
	});
	const workspace = resolve(values.workspace ?? join(import.meta.dirname, '../src'));
	const questions = execFileSync('git', ['log', '--format=%s', '-n', values.questions], { cwd: workspace, encoding: 'utf8' }).trim().split('\n');
	const dataDirectory = mkdtempSync(join(tmpdir(), 'hybrid-bench-qdrant-'));
	const prefix = `bench-${randomUUID().slice(0, 8)}-`;
	const awake = setInterval(() => undefined, 1_000);
	const apiKey = process.env.QDRANT_API_KEY ?? null;
	const ports = { ...benchPorts(0), secrets: { get: async () => apiKey } };
	const folders = [{ path: workspace, name: 'workspace' }];
	const qdrant = { url, prefix, user: 'bench', shards: Number(values.shards), onDisk: false };
	const open = (wire: Readonly<Record<string, unknown>>) => createCoordinator({ ports, settings: settingsFromWire(wire).settings, dataDirectory });
	const ask = async (coordinator: Awaited<ReturnType<typeof open>>['coordinator']) => {
		const hits: string[][] = [];
		const times: number[] = [];
		for (const query of ['a first search loads what is loaded once', ...questions]) {
			const startedMs = performance.now();
			const result = await coordinator.search({ query, limit: DEPTH });
			times.push(performance.now() - startedMs);
			hits.push(result.hits.map(({ filePath, startLine }) => `${filePath}:${startLine}`));
		}
		return { hits: hits.slice(1), times: times.slice(1) };
	};
	const transport = new QdrantTransport({ url, apiKey: async () => apiKey, fetch, clock: createClock() });
	try {
		const embedded = await open({});
		await embedded.coordinator.openFolders(folders);
		await embedded.coordinator.startIndexing();
		await embedded.coordinator.whenIdle({ vectors: true });
		const here = await ask(embedded.coordinator);
		const [folder] = embedded.coordinator.status().folders;
		const { embedding } = embedded.coordinator.status();
		await embedded.coordinator.close();
		if (!folder || !embedding) throw new Error('The workspace was not indexed.');

		const shared = await open({ qdrant });
		await shared.coordinator.openFolders(folders);
		await shared.coordinator.startIndexing();
		await shared.coordinator.whenIdle({ vectors: true });
		const movedMs = performance.now();
		const report = await shared.coordinator.moveStores('qdrant', () => undefined);
		const moveSeconds = Math.round((performance.now() - movedMs) / 100) / 10;
		if (!report.isVerified) throw new Error(`The move was not verified: ${JSON.stringify(report)}`);
		const there = await ask(shared.coordinator);
		if (shared.coordinator.status().problems.length > 0) throw new Error('The server was not used throughout.');
		await shared.coordinator.close();

		const settings = settingsFromWire({ qdrant }).settings.qdrant;
		const layout = { prefix, shards: settings.shards, replicas: 1, isOnDisk: false, quantization: settings.quantization, staticDimension: 256 };
		const remote = new QdrantVectorStore(transport, layout, { user: 'bench', team: null });
		const local = await openStores({ ports, dataDirectory, repositoryId: folder.repositoryId });
		const rankings = await compareRankings(local.vectors, remote, { questions, embedding, workspaceId: folder.worktreeId });
		await local.vectors.close();
		await local.manifest.close();
		const overlaps = here.hits.map((hits, i) => overlap(hits, there.hits[i] ?? []));
		return {
			data: `${workspace}, ${folder.chunks} chunks`,
			n: questions.length,
			figures: {
				moveSeconds,
				sameHitsAt10: mean(overlaps),
				sameFirstHit: mean(here.hits.map((hits, i) => (hits[0] === there.hits[i]?.[0] ? 1 : 0))),
				identicalLists: mean(here.hits.map((hits, i) => (hits.join() === there.hits[i]?.join() ? 1 : 0))),
				embeddedP50Ms: percentile(here.times, 0.5),
				embeddedP95Ms: percentile(here.times, 0.95),
				qdrantP50Ms: percentile(there.times, 0.5),
				qdrantP95Ms: percentile(there.times, 0.95),
				...rankings,
			},
		};
	} finally {
		clearInterval(awake);
		const { collections } = await transport.request<{ readonly collections: readonly { readonly name: string }[] }>('GET', '/collections');
		for (const { name } of collections) if (name.startsWith(prefix)) await transport.request('DELETE', `/collections/${name}`, { timeoutMs: 60_000 });
		rmSync(dataDirectory, { recursive: true, force: true });
	}
}

/** Each ranking of the store alone: the share of the best ten that both have, and how the two order what both have. */
async function compareRankings(
	local: Awaited<ReturnType<typeof openStores>>['vectors'],
	remote: QdrantVectorStore,
	options: { readonly questions: readonly string[]; readonly embedding: { readonly id: string; readonly dimension: number }; readonly workspaceId: string },
) {
	const { questions, embedding, workspaceId } = options;
	await local.useEmbeddingModel(embedding.id, embedding.dimension);
	await remote.useEmbeddingModel(embedding.id, embedding.dimension);
	const filter = { must: [{ key: 'workspace_id', match: { value: workspaceId } }] };
	const { points } = await local.scroll('codebase-context', { filter, limit: questions.length });
	const vectors = [...(await local.vectors(points.map(({ payload }) => payload.content_hash))).values()];
	const lexical = (question: string, field: 'text' | 'path' | 'symbol') => {
		const { hashes, counts } = termVector(question);
		return { field, terms: [...hashes].map((hash, i) => ({ hash, weight: counts[i] ?? 1 })) };
	};
	const requests: Readonly<Record<string, (i: number) => SearchRequest>> = {
		text: (i) => ({ lexical: [lexical(questions[i] ?? '', 'text')], limit: DEPTH, filter }),
		path: (i) => ({ lexical: [lexical(questions[i] ?? '', 'path')], limit: DEPTH, filter }),
		dense: (i) => ({ dense: { vector: vectors[i % vectors.length] as Float32Array }, limit: DEPTH, filter }),
		fused: (i) => ({ dense: { vector: vectors[i % vectors.length] as Float32Array }, lexical: [lexical(questions[i] ?? '', 'text')], limit: DEPTH, filter }),
	};
	const figures: Record<string, number> = {};
	for (const [name, request] of Object.entries(requests)) {
		const shares: number[] = [];
		const orders: number[] = [];
		const times: number[] = [];
		for (const i of questions.keys()) {
			const ours = (await local.rank('codebase-context', request(i))).map(({ id }) => id);
			const startedMs = performance.now();
			const theirs = (await remote.rank('codebase-context', request(i))).map(({ id }) => id);
			times.push(performance.now() - startedMs);
			if (ours.length === 0) continue;
			shares.push(overlap(ours, theirs));
			orders.push(agreement(ours, theirs));
		}
		figures[`${name}SameAt10`] = mean(shares);
		figures[`${name}Order`] = mean(orders);
		figures[`${name}P50Ms`] = percentile(times, 0.5);
	}
	return figures;
}

function overlap(ours: readonly string[], theirs: readonly string[]): number {
	if (ours.length === 0) return theirs.length === 0 ? 1 : 0;
	return ours.filter((id) => theirs.includes(id)).length / ours.length;
}

/** Share of the pairs that both have which stand in the same order. */
function agreement(ours: readonly string[], theirs: readonly string[]): number {
	const common = ours.filter((id) => theirs.includes(id));
	let pairs = 0;
	let same = 0;
	for (const [i, a] of common.entries()) {
		for (const b of common.slice(i + 1)) {
			pairs++;
			if (theirs.indexOf(a) < theirs.indexOf(b)) same++;
		}
	}
	return pairs === 0 ? 1 : same / pairs;
}

function mean(values: readonly number[]): number {
	return Math.round((values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1)) * 1_000) / 1_000;
}
