import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { createRouter } from '#core/ask/route/router';
import { DEFAULT_SETTINGS } from '#core/settings';
import { benchPorts } from './support/benchPorts.ts';
import { promptVectors } from './support/promptVectors.ts';
import { routeRequest } from './support/routeRequests.ts';
import { calibrationError, mean, pgrOf, round, seededRandom } from './support/routingMetrics.ts';
import { loadStreamRows, type StreamRow } from './support/streamRows.ts';

/** Something that says how much a row needs the strong model, and is told what the chosen one made of it. */
interface StreamPolicy {
	choose(row: StreamRow): { readonly isStrong: boolean; readonly confidence: number };
	see(row: StreamRow, isStrong: boolean): void;
}

type Made = StreamRow & { readonly quality: number; readonly confidence: number; readonly isStrong: boolean };

/**
 * Does routing get better from outcomes? Rows with both models' outcomes are replayed as a stream through the product's router, which is told
 * only what the model that it chose made of each. `--data FILE`: lines of `{id, prompt, context, weak, strong}`, or a list of `{question,
 * scores}` with `--weak` and `--strong` naming two models. `--part choose` takes the rows that the protocol leaves out: parameters are chosen
 * there, and reported on the others. `--task NAME` (several may be named) keeps rows of that task. `--no-embedding`: words and form only.
 */
export async function run(parameters: string[]) {
	const { values } = parseArgs({
		args: parameters,
		allowNegative: true,
		options: {
			data: { type: 'string' },
			weak: { type: 'string', default: 'qwen2.5-7b-instruct' },
			strong: { type: 'string', default: 'llama-3.1-nemotron-51b-instruct' },
			part: { type: 'string', default: 'report' },
			task: { type: 'string', multiple: true, default: [] },
			seeds: { type: 'string', default: '20' },
			cap: { type: 'string', default: '2000' },
			share: { type: 'string', default: '0.3' },
			embedding: { type: 'boolean', default: true },
		},
	});
	if (!values.data) throw new Error('Name the data: --data FILE');
	const share = Number(values.share);
	const { weak, strong, part } = values;
	if (part !== 'report' && part !== 'choose') throw new Error('--part is report or choose');
	const rows = loadStreamRows(values.data, { weak, strong, cap: Number(values.cap), part, tasks: values.task });
	if (rows.length < 30) throw new Error(`Only ${rows.length} rows: too few for a stream`);
	const prompts = rows.map(({ prompt }) => prompt);
	const vectors = new Map(values.embedding ? (await promptVectors(prompts, benchPorts(0))).map((vector, index) => [rows[index]?.id, vector]) : []);

	const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
	const replayAll = (make: (random: () => number) => StreamPolicy) => summarise(seeds.map((seed) => replay(rows, make, seed)));
	const router = replayAll((random) => routerPolicy(vectors, share, random));
	const random = replayAll((chance) => ({ choose: () => ({ isStrong: chance() < share, confidence: 0.5 }), see: () => undefined }));
	const length = replayAll((chance) => scorePolicy(({ prompt }) => prompt.length, share, chance));
	const table = rows.every(({ task }) => task === null) ? null : replayAll((chance) => tablePolicy(share, chance));
	return {
		data: `${basename(values.data)}${values.data.endsWith('.json') ? `, ${weak} → ${strong}` : ''}${values.task.length > 0 ? `, ${values.task.join(' + ')}` : ''}, part ${part}`,
		n: rows.length,
		figures: {
			pgrFirstThird: router.first,
			pgrLastThird: router.last,
			share: router.share,
			pgrRandom: random.last,
			ece: router.ece,
			eceLastThird: router.eceLast,
			pgrPooledFirstThird: router.pooledFirst,
			pgrPooledLastThird: router.pooledLast,
			pgrPooledRandom: random.pooledLast,
		},
		peers: { random, length, ...(table ? { tableToldTheTask: table } : {}) },
		settings: { seeds: seeds.length, share, embedding: values.embedding },
	};
}

/** The product's router, told to spend the share. */
function routerPolicy(vectors: ReadonlyMap<string | undefined, Float32Array>, share: number, random: () => number): StreamPolicy {
	const router = createRouter({ settings: () => ({ ...DEFAULT_SETTINGS.routing, remoteShare: share }), store: null, random });
	let timeMs = 0;
	return {
		choose({ id, prompt, context }) {
			timeMs += 60_000;
			const { modelId, confidence } = router.decide(routeRequest({ id, text: prompt, context, vector: vectors.get(id), timeMs }));
			return { isStrong: modelId === 'strong', confidence };
		},
		see({ id, weak, strong }, isStrong) {
			router.observe({ interactionId: id, modelId: isStrong ? 'strong' : 'weak', success: isStrong ? strong : weak, weight: 1, timeMs });
		},
	};
}

function replay(rows: readonly StreamRow[], make: (random: () => number) => StreamPolicy, seed: number): Made[] {
	const random = seededRandom(seed);
	const order = [...rows];
	for (let i = order.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[order[i], order[j]] = [order[j] as StreamRow, order[i] as StreamRow];
	}
	const policy = make(random);
	return order.map((row) => {
		const { isStrong, confidence } = policy.choose(row);
		policy.see(row, isStrong);
		return { ...row, isStrong, confidence, quality: isStrong ? row.strong : row.weak };
	});
}

function summarise(runs: readonly (readonly Made[])[]) {
	const third = (made: readonly Made[]) => Math.floor(made.length / 3);
	const over = (value: (made: readonly Made[]) => number) => round(mean(runs.map(value).filter(Number.isFinite)));
	// Of all shuffles together: where the gap between the models is small, the shares of single shuffles are mostly noise.
	const pooled = (part: (made: readonly Made[]) => readonly Made[]) => round(pgrOf(runs.flatMap(part)));
	return {
		pooledFirst: pooled((made) => made.slice(0, third(made))),
		pooledLast: pooled((made) => made.slice(-third(made))),
		first: over((made) => pgrOf(made.slice(0, third(made)))),
		last: over((made) => pgrOf(made.slice(-third(made)))),
		share: over((made) => mean(made.map(({ isStrong }) => Number(isStrong)))),
		ece: over(calibrationError),
		eceLast: over((made) => calibrationError(made.slice(-third(made)))),
	};
}

/** The protocol's threshold over any score: the quantile of the last 200, steered to the share. */
function scorePolicy(score: (row: StreamRow) => number, share: number, random: () => number): StreamPolicy {
	const past: number[] = [];
	let used = 0;
	return {
		choose(row) {
			const value = score(row) + 1e-9 * random();
			const recent = past.slice(-200).sort((a, b) => a - b);
			const ahead = past.length > 0 ? used / past.length - share : 0;
			const at = Math.min(0.999, Math.max(0, 1 - share + ahead));
			const isStrong = recent.length < 10 ? random() < share : value > (recent[Math.floor(at * recent.length)] ?? 0);
			past.push(value);
			if (isStrong) used++;
			return { isStrong, confidence: 0.5 };
		},
		see: () => undefined,
	};
}

/** A table of success per task and model, told the task, which a product is not. */
function tablePolicy(share: number, random: () => number): StreamPolicy {
	const cells = new Map<string, { count: number; sum: number }>();
	const cell = (key: string, count = 0, sum = 0) => {
		const found = cells.get(key) ?? { count, sum };
		cells.set(key, found);
		return found;
	};
	const estimate = (task: string | null, model: string) => {
		const all = cell(model, 1, 0.5);
		const own = cell(`${model} ${task}`);
		return (own.sum + (4 * all.sum) / all.count) / (own.count + 4);
	};
	return {
		...scorePolicy(({ task }) => estimate(task, 'strong') - estimate(task, 'weak'), share, random),
		see({ task, weak, strong }, isStrong) {
			const model = isStrong ? 'strong' : 'weak';
			for (const entry of [cell(model, 1, 0.5), cell(`${model} ${task}`)]) {
				entry.count++;
				entry.sum += isStrong ? strong : weak;
			}
		},
	};
}
