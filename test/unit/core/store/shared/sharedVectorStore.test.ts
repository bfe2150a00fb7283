import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CoordinatorError } from '#core/base/errors';
import { hashTerm } from '#core/domain/lexicalVector';
import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { INDEX_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { Outbox } from '#core/store/shared/outbox';
import { OutboxDelivery } from '#core/store/shared/outboxDelivery';
import { SharedLink } from '#core/store/shared/sharedLink';
import { SharedVectorStore } from '#core/store/shared/sharedVectorStore';
import type { SqliteDatabase } from '#core/store/sqlite';
import type { VectorPoint, VectorStore } from '#core/store/vectorStore';
import { createClock } from '#node/clock';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../../../../support/assets.ts';
import { codePoint, kernelModule, unit, uuid } from '../../../../support/stores.ts';
import { temporaryFolder } from '../../../../support/workspace.ts';

const CODE = 'codebase-context';
const LOG = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const words = (word: string) => ({ lexical: [{ field: 'text', terms: [{ hash: hashTerm(word), weight: 1 }] }], limit: 9 }) as const;

describe('a store that is shared over a server', () => {
	let folder: ReturnType<typeof temporaryFolder>;
	let database: SqliteDatabase;
	let local: EmbeddedVectorStore;
	let server: EmbeddedVectorStore;
	let fault: CoordinatorError | null;
	let requests: string[];
	let store: SharedVectorStore;

	const openDatabase = async (name: string) => {
		const path = folder.join(name);
		const opened = await createSqliteEngine({ assetsPath: assetsPath(), prefer: 'node:sqlite' }).open(path);
		migrate(opened, INDEX_MIGRATIONS, { path, backup: () => undefined });
		return opened;
	};
	/** The server is another store behind a wire that can fail. */
	const remote = () =>
		new Proxy(server, {
			get: (target, name: keyof VectorStore) => {
				if (typeof target[name] !== 'function') return target[name];
				return async (...parameters: readonly unknown[]) => {
					if (name === 'close') return undefined;
					requests.push(name);
					if (fault) throw fault;
					if (name === 'upsert' && JSON.stringify(parameters[1]).includes('unwanted'))
						throw new CoordinatorError('server-error', 'refused', { details: { status: 400 } });
					return (target[name] as (...given: readonly unknown[]) => unknown).apply(target, [...parameters]);
				};
			},
		}) as VectorStore;
	const open = (owner = 'one', target = 'server') =>
		new SharedVectorStore((model) => {
			const link = new SharedLink(async () => {
				if (fault) throw fault;
			});
			const outbox = new Outbox(database, target);
			const wire = remote();
			const delivery = new OutboxDelivery({
				database,
				outbox,
				remote: wire,
				link,
				model,
				owner,
				mayLeave: async (_, points) => points.map(({ payload }) => !('code_snippet' in payload && payload.code_snippet.includes('private'))),
				countShared: (collection) => server.count(collection),
				countLocal: (collection) => local.count(collection),
				clock: createClock(),
				log: LOG,
			});
			return { local, remote: wire, outbox, delivery, link, own: () => ({}) };
		});
	const found = async (word: string) => (await store.search(CODE, words(word))).map(({ id }) => id);
	const onServer = async () => (await server.scroll(CODE, { limit: 99 })).points.map(({ id }) => id);

	beforeEach(async () => {
		folder = temporaryFolder();
		database = await openDatabase('local.db');
		local = new EmbeddedVectorStore(database, await kernelModule());
		server = new EmbeddedVectorStore(await openDatabase('server.db'), await kernelModule());
		fault = null;
		requests = [];
		store = open();
		await store.useEmbeddingModel('model-a', 4);
	});
	afterEach(async () => {
		await store.close();
		await server.close();
		folder[Symbol.dispose]();
	});

	test('is searched here until everything is delivered, and there from then on', async () => {
		await store.upsert(CODE, [codePoint(1, 'alpha', {}, { vector: unit(1, 0, 0, 0) }), codePoint(2, 'alpha beta')]);
		expect((await found('alpha')).sort()).toEqual([uuid(1), uuid(2)]);
		expect(requests).not.toContain('search');
		expect(await store.deliver()).toBe(true);
		expect(await onServer()).toEqual([uuid(1), uuid(2)]);
		expect((await found('alpha')).sort()).toEqual([uuid(1), uuid(2)]);
		expect(requests).toContain('search');
		const dense = await store.rank(CODE, { dense: { vector: unit(1, 0, 0, 0) }, limit: 5 });
		expect(dense.map(({ id, score }) => [id, Math.round(score * 100)])).toEqual([[uuid(1), 100]]);
	});

	test('delivers changes, deletions, and vectors that come later', async () => {
		await store.upsert(CODE, [codePoint(1, 'alpha'), codePoint(2, 'beta')]);
		await store.deliver();
		await store.setPayload(CODE, [uuid(1)], { access_count: 5 });
		await store.delete(CODE, { ids: [uuid(2)] });
		await store.putVectors([{ contentHash: 'hash1', vector: unit(0, 1, 0, 0) }]);
		expect(store.outbox.size()).toBe(2);
		await store.deliver();
		expect(store.outbox.size()).toBe(0);
		expect(await onServer()).toEqual([uuid(1)]);
		const [point] = await server.get(CODE, [uuid(1)]);
		expect([point?.payload.access_count, point?.hasVector]).toEqual([5, true]);
	});

	test('keeps what may not leave here, finds it beside the rest, and takes back what may no more', async () => {
		await store.upsert(CODE, [codePoint(1, 'alpha'), codePoint(2, 'alpha private')]);
		await store.deliver();
		expect(await onServer()).toEqual([uuid(1)]);
		expect((await found('alpha')).sort()).toEqual([uuid(1), uuid(2)]);
		expect((await store.rank(CODE, words('private'))).map(({ id }) => id)).toEqual([uuid(2)]);
		await store.upsert(CODE, [codePoint(1, 'alpha private too', { content_hash: 'changed' })]);
		await store.deliver();
		expect(await onServer()).toEqual([]);
		expect((await found('alpha')).sort()).toEqual([uuid(1), uuid(2)]);
		await store.upsert(CODE, [codePoint(2, 'alpha', { content_hash: 'open' })]);
		await store.deliver();
		expect(await onServer()).toEqual([uuid(2)]);
	});

	const FAULTS = [
		['away', new CoordinatorError('server-unreachable', 'away', { isRetryable: true })],
		['hung', new CoordinatorError('server-timeout', 'hung', { isRetryable: true })],
		['full', new CoordinatorError('disk-full', 'full')],
		['read-only', new CoordinatorError('unauthorized', 'read-only')],
		['without one of its shards', new CoordinatorError('server-error', 'Service internal error: 1 of 2 read operations failed', { isRetryable: true })],
		['too old', new CoordinatorError('server-error', 'too old', { details: { reason: 'too-old' } })],
	] as const;
	test.each(FAULTS)('goes on over a server that is %s, and delivers once it is back', async (_, problem) => {
		await store.upsert(CODE, [codePoint(1, 'alpha')]);
		await store.deliver();
		fault = problem;
		expect(await found('alpha')).toEqual([uuid(1)]);
		expect(store.link.problem?.code).toBe(problem.code);
		const asked = requests.length;
		expect(await found('alpha')).toEqual([uuid(1)]);
		// A question does not wait again for a server that has just failed.
		expect(requests.length).toBe(asked);
		await store.upsert(CODE, [codePoint(2, 'alpha')]);
		await expect(store.deliver()).rejects.toBeInstanceOf(CoordinatorError);
		expect((await found('alpha')).sort()).toEqual([uuid(1), uuid(2)]);
		fault = null;
		await store.deliver();
		expect(await onServer()).toEqual([uuid(1), uuid(2)]);
		expect(store.link.problem).toBeNull();
	});

	test('forgets nothing when a process dies between delivery and its note', async () => {
		await store.upsert(CODE, [codePoint(1, 'alpha'), codePoint(2, 'beta')]);
		const before = store.outbox.pending(9);
		await store.deliver();
		// As if the note had not been written.
		store.outbox.addAll();
		expect(before.length).toBe(2);
		await store.deliver();
		expect(await onServer()).toEqual([uuid(1), uuid(2)]);
		expect(store.outbox.size()).toBe(0);
	});

	test('what is changed while it is delivered is delivered again', async () => {
		await store.upsert(CODE, [codePoint(1, 'alpha')]);
		const entries = store.outbox.pending(9);
		await store.setPayload(CODE, [uuid(1)], { access_count: 3 });
		store.outbox.done(entries, new Set());
		expect(store.outbox.size()).toBe(1);
		await store.deliver();
		expect((await server.get(CODE, [uuid(1)]))[0]?.payload.access_count).toBe(3);
	});

	test('a point that the server refuses stays here and is found, and the others go', async () => {
		await store.upsert(CODE, [codePoint(1, 'alpha'), codePoint(2, 'alpha unwanted'), codePoint(3, 'alpha')]);
		await store.deliver();
		expect(await onServer()).toEqual([uuid(1), uuid(3)]);
		expect((await found('alpha')).sort()).toEqual([uuid(1), uuid(2), uuid(3)]);
	});

	test('a model that is chosen after the first delivery has its vectors delivered with the next', async () => {
		await store.useEmbeddingModel(null, 0);
		await store.upsert(CODE, [codePoint(1, 'alpha')]);
		await store.deliver();
		await store.useEmbeddingModel('model-b', 4);
		await store.putVectors([{ contentHash: 'hash1', vector: unit(0, 0, 1, 0) }]);
		await store.deliver();
		requests = [];
		expect((await store.rank(CODE, { dense: { vector: unit(0, 0, 1, 0) }, limit: 5 })).map(({ id }) => id)).toEqual([uuid(1)]);
		expect(requests).toContain('rank');
	});

	test('one process delivers at a time', async () => {
		await store.upsert(CODE, [codePoint(1, 'alpha')]);
		expect(store.outbox.acquire('another', Date.now(), Date.now() + 60_000)).toBe(true);
		expect(await store.deliver()).toBe(false);
		expect(await onServer()).toEqual([]);
		store.outbox.release('another');
		expect(await store.deliver()).toBe(true);
	});

	test('what was written before, or for another server, is delivered too', async () => {
		await store.upsert(CODE, [codePoint(1, 'alpha')]);
		await store.deliver();
		expect(store.outbox.size()).toBe(0);
		const other = open('two', 'another server');
		expect(other.outbox.size()).toBe(1);
	});

	test('a server that was emptied is told everything again', async () => {
		await store.upsert(CODE, [codePoint(1, 'alpha'), codePoint(2, 'private')]);
		await store.deliver();
		await server.delete(CODE, { ids: [uuid(1)] });
		fault = new CoordinatorError('server-unreachable', 'away', { isRetryable: true });
		await found('alpha');
		fault = null;
		await store.deliver();
		expect(await onServer()).toEqual([uuid(1)]);
	});

	test('moves there and back, with counts and samples compared', async () => {
		const options = { clock: createClock(), onProgress: () => undefined };
		await store.upsert(CODE, [codePoint(1, 'alpha'), codePoint(2, 'private')]);
		await store.upsert('skills-patterns', [{ ...codePoint(3, 'skill', { content_hash: 'h3' }) } as never]);
		expect(await store.move('qdrant', options)).toEqual([
			{ collection: CODE, here: 2, kept: 1, there: 1, compared: 1, different: 0 },
			{ collection: 'skills-patterns', here: 1, kept: 0, there: 1, compared: 1, different: 0 },
		]);
		// Of another machine of the same user.
		await server.upsert('skills-patterns', [{ ...codePoint(4, 'other', { content_hash: 'h4' }) } as never]);
		expect((await store.move('embedded', options)).at(-1)).toEqual({ collection: 'skills-patterns', here: 2, kept: 0, there: 2, compared: 2, different: 0 });
		expect((await local.get('skills-patterns', [uuid(4)])).length).toBe(1);
		await store.upsert(CODE, [codePoint(9, 'later')]);
		expect(store.outbox.size()).toBe(0);
	});

	test('says which points differ', async () => {
		await store.upsert(CODE, [codePoint(1, 'alpha')]);
		await store.deliver();
		await server.setPayload(CODE, [uuid(1)], { access_count: 99 });
		const [moved] = await store.move('qdrant', { clock: createClock(), onProgress: () => undefined });
		expect(moved?.different).toBe(1);
	});

	test('finds and reads what others share, and never changes it', async () => {
		await server.useEmbeddingModel('model-a', 4);
		await server.upsert('skills-patterns', [{ ...codePoint(7, 'shared'), vector: unit(1, 0, 0, 0) } as never]);
		await store.deliver();
		expect((await store.search('skills-patterns', { dense: { vector: unit(1, 0, 0, 0) }, limit: 5 })).map(({ id }) => id)).toEqual([uuid(7)]);
		expect((await store.get('skills-patterns', [uuid(7)]))[0]?.id).toBe(uuid(7));
		expect(await store.count('skills-patterns')).toBe(1);
		await store.setPayload('skills-patterns', [uuid(7)], { status: 'retired' });
		await store.delete('skills-patterns', { ids: [uuid(7)] });
		await store.deliver();
		expect((await server.get('skills-patterns', [uuid(7)]))[0]?.payload.status).toBe('active');
	});

	test('begins an item of its own where others alone have it', async () => {
		await server.useEmbeddingModel('model-a', 4);
		const theirs = codePoint(7, 'shared') as never as VectorPoint<'skills-patterns'>;
		await server.upsert('skills-patterns', [theirs]);
		await store.deliver();
		expect((await store.get('skills-patterns', [uuid(7)])).length).toBe(1);
		expect(await store.own('skills-patterns', [uuid(7)])).toEqual([]);
		const mine = { ...theirs, payload: { ...theirs.payload, value_score: 0.9 } };
		expect(await store.replace('skills-patterns', mine, theirs.payload)).toBe(false);
		expect(await store.replace('skills-patterns', mine, null)).toBe(true);
		expect((await local.get('skills-patterns', [uuid(7)]))[0]?.payload.value_score).toBe(0.9);
		expect(store.outbox.size()).toBe(1);
	});
});
