import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QdrantTransport } from '#core/store/qdrant/qdrantTransport';
import { repositoryRoot } from './assets.ts';

export interface Exchange {
	readonly name: string;
	readonly method: string;
	readonly path: string;
	readonly requestBody: unknown;
	readonly status: number;
	readonly responseBody: unknown;
}

const EXCHANGES: ReadonlyMap<string, Exchange> = new Map(
	readFileSync(join(repositoryRoot, 'test/fixtures/qdrant/exchanges-1.18.3.jsonl'), 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Exchange)
		.map((exchange) => [exchange.name, exchange]),
);

/** What a real server of version 1.18.3 answered. */
export function recorded(name: string): Exchange {
	const exchange = EXCHANGES.get(name);
	if (!exchange) throw new Error(`There is no exchange of the name ${name}.`);
	return exchange;
}

export interface AskedRequest {
	readonly method: string;
	readonly path: string;
	readonly body: unknown;
	readonly headers: Headers;
}

/** A transport whose server gives recorded answers, one after the other or by a function of the request; `asked` are the requests. */
export function recordedTransport(
	answer: readonly string[] | ((request: AskedRequest, index: number) => string),
	options: { readonly apiKey?: string; readonly retries?: number } = {},
): { readonly transport: QdrantTransport; readonly asked: readonly AskedRequest[] } {
	const asked: AskedRequest[] = [];
	const transport = new QdrantTransport({
		url: 'http://127.0.0.1:6333',
		apiKey: async () => options.apiKey ?? null,
		clock: { delay: async () => undefined },
		retries: options.retries ?? 0,
		fetch: async (input, init) => {
			const url = new URL(String(input));
			const request = { method: init?.method ?? 'GET', path: url.pathname, body: init?.body ? JSON.parse(String(init.body)) : null, headers: new Headers(init?.headers) };
			asked.push(request);
			const name = typeof answer === 'function' ? answer(request, asked.length - 1) : answer[asked.length - 1];
			const { status, responseBody } = recorded(name ?? 'unknown route');
			return new Response(typeof responseBody === 'string' ? responseBody : JSON.stringify(responseBody), { status });
		},
	});
	return { transport, asked };
}
