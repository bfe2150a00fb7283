import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SkillEvidence } from '#core/domain/collection';
import { createKnowledgeBook } from '#core/learn/book/knowledgeBook';
import { createBreath } from '#core/learn/breathe';
import { buildDataset } from '#core/learn/dataset/buildDataset';
import { createSolutionKeeper } from '#core/learn/error/solutionKeeper';
import { createLearningLoop } from '#core/learn/learningLoop';
import { interactionPoint } from '#core/learn/outcome/interactionPoint';
import { createSkillKeeper } from '#core/learn/pattern/skillKeeper';
import { endorsePractices } from '#core/learn/practice/endorse';
import { DEFAULT_SETTINGS } from '#core/settings';
import { openKnowledge } from '#core/store/openStores';
import { SyntaxParser } from '#core/syntax/syntaxParser';
import { benchPorts } from './support/benchPorts.ts';

const DIMENSION = 384;
const DAY_MS = 86_400_000;

/**
 * What learning costs when much was learned: `--interactions N` (default 5,000) with vectors and a tenth as many skills, each with twenty
 * interactions of evidence. A signal with all that follows from it in the coordinator, a page of the list, a search in it, the training data,
 * and the deletion of one interaction.
 */
export async function run(args: readonly string[]) {
	const { values } = parseArgs({ args: [...args], options: { interactions: { type: 'string', default: '5000' }, signals: { type: 'string', default: '200' } } });
	const [count, signals] = [Number(values.interactions), Number(values.signals)];
	const dataDirectory = mkdtempSync(join(tmpdir(), 'hybrid-bench-'));
	// The clock's delays keep no process alive.
	const awake = setInterval(() => undefined, 1_000);
	try {
		const ports = benchPorts(1);
		const stores = await openKnowledge({ ports, dataDirectory });
		const { collections: store, outcomes, rankings, extractions } = stores;
		await store.useEmbeddingModel('bench', DIMENSION);
		const settings = () => DEFAULT_SETTINGS;
		const skills = createSkillKeeper({ store, outcomes, extractions, settings, clock: ports.clock });
		const loop = createLearningLoop({
			history: store,
			outcomes,
			rankings,
			settings,
			log: ports.log,
			onSettled: async (settled) => {
				await skills.settled(settled);
				await endorsePractices({ store, outcomes }, settled);
			},
		});
		const parser = new SyntaxParser((path) => ports.assets.read(path), { nowMs: () => ports.clock.nowMs(), timeoutMs: 200 });
		const solutions = createSolutionKeeper({ store, parser, clock: ports.clock });
		const book = createKnowledgeBook({ store, ...stores, skills, solutions, clock: ports.clock, settings });
		const random = generator(7);
		const ids = Array.from({ length: count }, (_, index) => idOf(index));
		for (let start = 0; start < count; start += 500) {
			await store.upsert(
				'interaction-history',
				ids.slice(start, start + 500).map((id, index) => {
					const at = start + index;
					const point = interactionPoint({
						...{ id, query: `question ${at} about part ${at % 97} of module ${at % 31}`, response: `answer ${at}. ${'It is in the code. '.repeat(40)}` },
						...{ embedding: { model: 'bench', vector: unitVector(random) }, modelId: 'ollama:x', isRemote: false, workspaceId: 'w1', repositoryId: 'r1' },
						...{ contexts: [], tokensUsed: 900, latencyMs: 1_000, timeMs: at * DAY_MS * 0.05, isLocalOnly: false, follows: null, retryOf: null, agent: 'user' },
					});
					const outcome = at % 5 === 4 ? ('failure' as const) : ('success' as const);
					return { ...point, payload: { ...point.payload, outcome, value_score: at % 2 === 0 ? 0.8 : 0.6 } };
				}),
			);
		}
		for (let at = 0; at < count / 10; at++) {
			const evidence = Array.from(
				{ length: 20 },
				(_, index): SkillEvidence => ({
					...{ interaction_id: idOf(at * 10 + (index % 10)), conversation_id: idOf(at), role: index < 10 ? 'source' : 'used', outcome: 'success' },
					...{ text: `question ${at} ${'about it '.repeat(12)}`, value_score: 0.8, timestamp: new Date(index).toISOString() },
				}),
			);
			await store.upsert('skills-patterns', [
				{
					id: idOf(1_000_000 + at),
					vector: unitVector(random),
					payload: {
						...{ skill_name: `skill ${at}`, description: `how to do ${at}`, usage_pattern: 'step by step', success_examples: [], failure_examples: [] },
						...{ prerequisites: [], related_skills: [], value_score: 0.8, last_updated: new Date(at).toISOString(), evidence, workspace_id: 'w1' },
						...{ repository_id: 'r1', scope: 'workspace', status: 'active', provenance: [idOf(at * 10)], embedding_model: 'bench', content_hash: `skill-${at}` },
					},
				},
			]);
		}
		const signalMs: number[] = [];
		for (let at = 0; at < signals; at++) {
			const interactionId = idOf(at * 7);
			await outcomes.recordContexts(interactionId, [{ pointId: idOf(1_000_000 + at), place: idOf(1_000_000 + at), isUsed: true }]);
			signalMs.push(await timed(() => loop.report([{ id: `s${at}`, interactionId, kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs: Date.now() }])));
		}
		signalMs.sort((a, b) => a - b);
		const figures = {
			signalMedianMs: round(signalMs[Math.floor(signals / 2)] ?? 0),
			signalP95Ms: round(signalMs[Math.floor(signals * 0.95)] ?? 0),
			listPageMs: round(await timed(() => book.list({ limit: 50 }))),
			listSkillsMs: round(await timed(() => book.list({ collections: ['skills-patterns'], limit: 50 }))),
			searchListMs: round(await timed(() => book.list({ text: 'part 42', limit: 50 }))),
			datasetMs: round(await timed(() => buildDataset(store, {}, DEFAULT_SETTINGS.learning, createBreath(ports.clock)))),
			deleteOneMs: round(await timed(() => book.remove([idOf(3)]))),
		};
		await store.close();
		return { data: 'generated', n: count, figures, settings: { skills: Math.ceil(count / 10), signals } };
	} finally {
		clearInterval(awake);
		rmSync(dataDirectory, { recursive: true, force: true });
	}
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const startedMs = performance.now();
	await work();
	return performance.now() - startedMs;
}

function idOf(number: number): string {
	return `${number.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

/** A linear congruential generator, 0…1. */
function generator(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

function unitVector(random: () => number): Float32Array {
	const vector = Float32Array.from({ length: DIMENSION }, () => random() - 0.5);
	const length = Math.hypot(...vector);
	return vector.map((component) => component / length);
}

function round(value: number): number {
	return Math.round(value * 100) / 100;
}
