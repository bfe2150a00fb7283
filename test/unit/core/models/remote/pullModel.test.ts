import { expect, test } from 'vitest';
import type { PullProgress } from '#core/domain/modelInfo';
import { pullModel } from '#core/models/remote/pullModel';
import { type Answer, json, startModelServer } from '../../../../support/modelServer.ts';

/** Lines as Ollama documents them for `/api/pull`. */
const lines =
	(values: readonly object[], isOpen = false): Answer =>
	(response) => {
		response.writeHead(200, { 'content-type': 'application/x-ndjson' });
		for (const value of values) response.write(`${JSON.stringify(value)}\n`);
		if (!isOpen) response.end();
	};

function pull(url: string, signal?: AbortSignal) {
	const progress: PullProgress[] = [];
	const done = pullModel({ url, model: 'smollm2:135m', fetch, limits: { firstTokenTimeoutMs: 5_000 }, onProgress: (step) => progress.push(step), signal });
	return { progress, done };
}

test('tells how far all layers are together, and ends when the server has the model', async () => {
	await using server = await startModelServer(
		lines([
			{ status: 'pulling manifest' },
			{ status: 'pulling a', digest: 'sha256:a', total: 100, completed: 40 },
			{ status: 'pulling b', digest: 'sha256:b', total: 50 },
			{ status: 'pulling a', digest: 'sha256:a', total: 100, completed: 100 },
			{ status: 'success' },
		]),
	);
	const { progress, done } = pull(server.origin);
	await done;
	expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/api/pull' });
	expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ name: 'smollm2:135m', stream: true });
	expect(progress.map(({ completedBytes, totalBytes }) => [completedBytes, totalBytes])).toEqual([
		[0, null],
		[40, 100],
		[40, 150],
		[100, 150],
		[100, 150],
	]);
});

test('cancelling reaches the socket', async () => {
	await using server = await startModelServer(lines([{ status: 'pulling a', digest: 'sha256:a', total: 100, completed: 1 }], true));
	const controller = new AbortController();
	const { progress, done } = pull(server.origin, controller.signal);
	await expect.poll(() => progress.length).toBe(1);
	controller.abort();
	await expect(done).rejects.toMatchObject({ code: 'cancelled' });
	await server.closed;
});

test.each([
	['a model that its registry does not have', lines([{ status: 'pulling manifest' }, { error: 'pull model manifest: file does not exist' }]), 'not-found'],
	['an end before the model is there', lines([{ status: 'pulling manifest' }]), 'server-error'],
	['no way out of the machine', json(500, { error: 'dial tcp: lookup registry: no such host' }), 'server-error'],
])('%s is an error', async (_, answer, code) => {
	await using server = await startModelServer(answer);
	await expect(pull(server.origin).done).rejects.toMatchObject({ code });
});
