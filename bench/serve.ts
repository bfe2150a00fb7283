import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { seededRandom } from './support/routingMetrics.ts';
import { type ProcessUse, ServedWorkspace } from './support/servedWorkspace.ts';

/** Of ten calls, what an agent calls. */
const MIX = [
	'search_context',
	'search_context',
	'search_context',
	'search_context',
	'augment_query',
	'augment_query',
	'find_error_solution',
	'index_status',
	'track',
	'track',
];

/** After the load the server is left alone for so long: until it rests. */
const REST_MS = 30_000;
const MINUTE_MS = 60_000;

/**
 * `serve` under load: `--clients N` (default 50) agents of as many users over `--seconds N` (default 600), each with a pause of `--pause MS`
 * (default 1,000) after an answer, on `--workspace DIR`. Times of calls that succeeded, errors, the processors' time, and the server's memory: when the
 * index was made, at the end of each minute, and at rest; `heap…` is what is held after a garbage collection.
 */
export async function run(parameters: string[]) {
	const number = (value: string) => ({ type: 'string', default: value }) as const;
	const { values } = parseArgs({ args: parameters, options: { workspace: { type: 'string' }, clients: number('50'), seconds: number('600'), pause: number('1000') } });
	if (!values.workspace) throw new Error('Name the data: --workspace DIR.');
	const [clients, seconds, pauseMs] = [values.clients, values.seconds, values.pause].map(Number) as [number, number, number];
	const server = await ServedWorkspace.start(values.workspace, clients);
	const times: Record<string, number[]> = {};
	let errors = 0;
	const failures = new Set<string>();
	try {
		const open = await Promise.all(server.tokens.map((token) => connect(server.url, token)));
		const topics = await topicsOf(open[0] as Client);
		await vectorsOf(open[0] as Client);
		const before = await server.use({ collect: true });
		const minutes: ProcessUse[] = [];
		const end = performance.now() + seconds * 1_000;
		const watch = setInterval(() => void server.use().then((use) => minutes.push(use)), MINUTE_MS);
		await Promise.all(
			open.map(async (client, index) => {
				const random = seededRandom(index + 1);
				while (performance.now() < end) {
					const tool = MIX[Math.floor(random() * MIX.length)] ?? 'search_context';
					const topic = topics[Math.floor(random() * topics.length)] ?? 'main';
					const start = performance.now();
					try {
						await callOne(client, tool, topic);
						times[tool] ??= [];
						times[tool].push(performance.now() - start);
					} catch (error) {
						errors++;
						failures.add(String(error).slice(0, 200));
					}
					await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + random())));
				}
			}),
		);
		clearInterval(watch);
		const loaded = await server.use();
		await new Promise((resolve) => setTimeout(resolve, REST_MS));
		const rested = await server.use({ collect: true });
		const all = Object.values(times).flat();
		for (const [tool, taken] of Object.entries(times)) process.stderr.write(`${tool}: ${taken.length} calls, p50 ${at(taken, 0.5)} ms, p95 ${at(taken, 0.95)} ms\n`);
		for (const failure of failures) process.stderr.write(`failed: ${failure}\n`);
		return {
			data: `${clients} clients for ${seconds} s`,
			n: all.length,
			figures: {
				callsPerSecond: at([all.length / seconds], 0),
				p50Ms: at(all, 0.5),
				p95Ms: at(all, 0.95),
				p99Ms: at(all, 0.99),
				errors,
				rssIndexedMb: Math.round(before.rssMb),
				rssMinutesMb: minutes.map(({ rssMb }) => Math.round(rssMb)),
				rssRestMb: Math.round(rested.rssMb),
				heapIndexedMb: at([before.heapMb], 0),
				heapRestMb: at([rested.heapMb], 0),
				busyCores: at([(loaded.cpuSeconds - before.cpuSeconds) / seconds], 0),
			},
			settings: { clients, seconds, pauseMs },
		};
	} finally {
		await server.close();
	}
}

async function connect(url: string, token: string): Promise<Client> {
	const client = new Client({ name: 'bench', version: '1.0.0' });
	const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } });
	await client.connect(transport as Parameters<Client['connect']>[0]);
	return client;
}

/** Names of the code that is served, as things to ask for; the first call waits for the index. */
async function topicsOf(client: Client): Promise<readonly string[]> {
	const found = new Set<string>();
	for (const query of ['open a file', 'send a request', 'parse text', 'test', 'configuration', 'error']) {
		const { structuredContent } = await client.callTool({ name: 'search_context', arguments: { query, limit: 20 } });
		for (const name of JSON.stringify(structuredContent).matchAll(/"symbol":"([^"]+)"/g)) found.add(name[1] ?? '');
	}
	if (found.size === 0) throw new Error('Nothing was found in the workspace.');
	return [...found];
}

/** Waits until every piece of code has its vector: making them is not what is measured. */
async function vectorsOf(client: Client): Promise<void> {
	for (;;) {
		const { structuredContent } = await client.callTool({ name: 'index_status', arguments: {} });
		const { vectors } = structuredContent as { readonly vectors: { readonly done: number; readonly total: number } };
		if (vectors.total > 0 && vectors.done === vectors.total) return;
		await client.callTool({ name: 'search_context', arguments: { query: 'start', limit: 1 } });
		await new Promise((resolve) => setTimeout(resolve, 1_000));
	}
}

async function callOne(client: Client, tool: string, topic: string): Promise<void> {
	const call = async (name: string, input: Record<string, unknown>) => {
		const result = await client.callTool({ name, arguments: input });
		if (result.isError) throw new Error(`${name}: ${JSON.stringify(result.content)}`);
		return result.structuredContent as Record<string, unknown>;
	};
	if (tool === 'track') {
		const { interaction_id } = await call('track_interaction', { query: `How does ${topic} work?`, response: `${topic} is described in its comment.` });
		await call('update_outcome', { interaction_id, outcome: 'success' });
	} else if (tool === 'index_status') await call(tool, {});
	else if (tool === 'find_error_solution') await call(tool, { error: `Cannot find name '${topic}'.` });
	else await call(tool, { query: `Where is ${topic} used, and what does it return?` });
}

function at(sorted: readonly number[], quantile: number): number {
	const values = [...sorted].sort((a, b) => a - b);
	return Math.round((values[Math.min(values.length - 1, Math.floor(quantile * values.length))] ?? 0) * 10) / 10;
}
