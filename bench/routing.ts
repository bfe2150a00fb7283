import { parseArgs } from 'node:util';
import { createRouter } from '#core/ask/route/router';
import { DEFAULT_SETTINGS } from '#core/settings';
import { routeRequest, STRONG, WEAK } from './support/routeRequests.ts';
import { apgrOf, mean, round, seededRandom } from './support/routingMetrics.ts';
import { loadRoutingSets, type RoutingItem } from './support/routingSets.ts';

/** Random scores are drawn so many times. */
const RANDOM_RUNS = 10;

/**
 * Which questions need the strong model, as the router sees it on the first day of a new user: no outcome was ever seen. `--data DIR` holds
 * folders of CSV files; `--half even|odd` takes every other question (the weights of `difficultyOf` were chosen on the even ones).
 * `--scores` is a filter instead: `{id, prompt}` lines in, `{id, score}` lines out, the score being how much the strong model is needed.
 */
export async function run(parameters: string[]) {
	const { values } = parseArgs({
		args: parameters,
		options: { data: { type: 'string' }, half: { type: 'string' }, scores: { type: 'boolean', default: false } },
	});
	if (values.scores) return filterScores();
	if (!values.data) throw new Error('Name the folder of the data: --data DIR');
	const sets = loadRoutingSets(values.data);
	if (sets.size === 0) throw new Error(`There are no responses in ${values.data}`);
	const figures: Record<string, Readonly<Record<string, number>>> = {};
	const peers: Record<string, Record<string, ReturnType<typeof apgrOf>>> = { length: {}, random: {}, oracle: {} };
	let count = 0;
	for (const [name, all] of sets) {
		const items = all.filter((_, index) => values.half === undefined || (index % 2 === 0) === (values.half === 'even'));
		count += items.length;
		const length = apgrOf(
			items,
			items.map(({ text }) => text.length),
		);
		const scores = items.map(({ text }, index) => scoreOf(text, String(index)));
		figures[name] = { n: items.length, ...apgrOf(items, scores), apgrLength: length.apgr };
		Object.assign(peers.length ?? {}, { [name]: length });
		Object.assign(peers.random ?? {}, { [name]: randomly(items) });
		const oracle = items.map(({ weak, strong }) => strong - weak);
		Object.assign(peers.oracle ?? {}, { [name]: apgrOf(items, oracle) });
	}
	return {
		data: `${[...sets.keys()].join(', ')}${values.half ? `, ${values.half} rows` : ''}`,
		n: count,
		figures,
		peers,
		settings: { policy: 'learned', outcomesSeen: 0 },
	};
}

/** What a new user's router predicts the strong model to be better by. */
function scoreOf(text: string, id: string): number {
	const router = createRouter({ settings: () => DEFAULT_SETTINGS.routing, store: null, random: () => 1 });
	const { alternatives } = router.decide(routeRequest({ id, text }));
	const successOf = (modelId: string) => alternatives.find((alternative) => alternative.modelId === modelId)?.successProbability ?? 0;
	return successOf(STRONG.id) - successOf(WEAK.id);
}

function randomly(items: readonly RoutingItem[]): ReturnType<typeof apgrOf> {
	const runs = Array.from({ length: RANDOM_RUNS }, (_, seed) => {
		const random = seededRandom(seed + 1);
		return apgrOf(
			items,
			items.map(() => random()),
		);
	});
	const over = (figure: 'apgr' | 'cpt50' | 'cpt80') => round(mean(runs.map((run) => run[figure])));
	return { apgr: over('apgr'), cpt50: over('cpt50'), cpt80: over('cpt80') };
}

/** Nothing but scores goes to standard output, and then the process ends. */
async function filterScores(): Promise<never> {
	process.stdin.setEncoding('utf8');
	let text = '';
	for await (const part of process.stdin) text += part;
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	const scores = lines.map((line) => {
		const { id, prompt } = JSON.parse(line) as { readonly id: unknown; readonly prompt: string };
		return `${JSON.stringify({ id, score: scoreOf(prompt, String(id)) })}\n`;
	});
	await new Promise((resolve) => process.stdout.write(scores.join(''), resolve));
	process.exit(0);
}
