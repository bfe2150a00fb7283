import { describe, expect, test } from 'vitest';
import { QdrantTransport } from '#core/store/qdrant/qdrantTransport';
import { recorded, recordedTransport } from '../../../../support/recordedQdrant.ts';

const failure = async (transport: QdrantTransport) => {
	try {
		await transport.request('POST', '/collections/code-chunks/points/query', { body: {} });
	} catch (error) {
		return error as Error & { code: string; isRetryable: boolean };
	}
	throw new Error('The request was answered.');
};

/** What the platform's fetch does of a server that never answers. */
function hanging(signal: AbortSignal | null | undefined): Promise<never> {
	return new Promise((_, reject) => {
		const end = () => reject(signal?.reason);
		if (signal?.aborted) end();
		else signal?.addEventListener('abort', end);
	});
}

describe('requests to a Qdrant server', () => {
	test('give the result of an answer, and the root as it is', async () => {
		const { transport } = recordedTransport(['count exact', 'server info']);
		expect(await transport.request('POST', '/collections/x/points/count', { body: { exact: true } })).toEqual({ count: 10 });
		expect(await transport.request('GET', '/')).toMatchObject({ version: '1.18.3' });
	});

	test.each([
		['no api key', 'unauthorized', false],
		['wrong api key', 'unauthorized', false],
		['query unknown collection', 'not-found', false],
		['unknown route', 'not-found', false],
		['create collection again', 'server-error', false],
		['upsert wrong dimension', 'server-error', false],
		['limit 0', 'server-error', false],
		['strict limit', 'server-error', false],
		['strict unindexed filter', 'server-error', false],
	])('turn the answer “%s” into %s', async (name, code, isRetryable) => {
		const { transport, asked } = recordedTransport([name, 'count exact'], { retries: 2, apiKey: 'sesame' });
		const error = await failure(transport);
		expect([error.code, error.isRetryable]).toEqual([code, isRetryable]);
		expect(asked.length).toBe(1);
		expect(asked[0]?.headers.get('api-key')).toBe('sesame');
		const said = JSON.stringify(recorded(name).responseBody);
		const words = `${error.message} ${String(error.cause)} ${JSON.stringify(error)}`;
		expect(words).not.toContain('sesame');
		for (const word of said.match(/[A-Z][a-z]+ [a-z]+ [a-z]+/g) ?? []) expect(words).not.toContain(word);
	});

	const answering = (...answers: readonly (Response | Error | 'never')[]) => {
		let calls = 0;
		const transport = new QdrantTransport({
			url: 'http://127.0.0.1:6333/',
			apiKey: async () => 'sesame',
			clock: { delay: async () => undefined },
			searchTimeoutMs: 50,
			fetch: (_, init) => {
				const answer = answers[calls++];
				if (answer === 'never') return hanging(init?.signal);
				return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? new Error('no more answers'));
			},
		});
		return { transport, calls: () => calls };
	};

	test('ask a server again that restarts or is busy', async () => {
		const ok = new Response(JSON.stringify({ result: 7 }));
		const { transport, calls } = answering(new TypeError('sesame at the wrong port'), new Response('', { status: 503 }), ok);
		expect(await transport.request('GET', '/collections')).toBe(7);
		expect(calls()).toBe(3);
	});

	test('give up on a server that stays away, without a word of what was sent', async () => {
		const away = () => Object.assign(new TypeError('fetch failed: sesame'), { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
		const { transport } = answering(away(), away(), away());
		const error = await failure(transport);
		expect(error.code).toBe('server-unreachable');
		expect(`${error.message} ${String(error.cause)}`).not.toContain('sesame');
	});

	test('do not wait twice for a server that hangs', async () => {
		const { transport, calls } = answering('never', 'never');
		expect((await failure(transport)).code).toBe('server-timeout');
		expect(calls()).toBe(1);
	});

	test('know a full disk, and a server that is none of Qdrant', async () => {
		expect(
			(await failure(answering(new Response('{"status":{"error":"Service internal error: No space left on device (os error 28)"}}', { status: 500 })).transport)).code,
		).toBe('disk-full');
		expect((await failure(answering(new Response('<html>hello</html>')).transport)).code).toBe('server-error');
	});

	test('end with the caller', async () => {
		const controller = new AbortController();
		const { transport } = answering('never');
		const asked = transport.request('GET', '/collections', { signal: controller.signal, timeoutMs: 10_000 });
		controller.abort();
		await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
	});
});
