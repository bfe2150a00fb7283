import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CoordinatorError } from '#core/base/errors';
import { createLearningLoop, type LearningLoop, type SettledInteraction } from '#core/learn/learningLoop';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import { EmbeddedOutcomeStore } from '#core/store/embedded/embeddedOutcomeStore';
import { EmbeddedRankingStore } from '#core/store/embedded/embeddedRankingStore';
import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { KNOWLEDGE_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { placeOf } from '#core/store/outcomeStore';
import { createLog } from '#node/log';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { codeContext, interaction, signalOn } from '../support/interactions.ts';
import { kernelModule, unit, uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const REFUND = codeContext(101, 'src/refund.ts', 'refundInvoice', 'export function refundInvoice(invoice) { return ledger.reverse(invoice); }');
const PARCEL = codeContext(102, 'src/ship.ts', 'shipParcel', 'export function shipParcel(parcel) { return carrier.book(parcel); }');
const ANSWERED = { query: 'where are refunds made?', response: 'In `refundInvoice`, see src/refund.ts.', contexts: [REFUND, PARCEL] };

describe('the learning loop', () => {
	let folder: TemporaryFolder;
	let history: EmbeddedVectorStore;
	let outcomes: EmbeddedOutcomeStore;
	let settled: SettledInteraction[];
	let settings: Settings;
	let onSettled: (settled: SettledInteraction) => Promise<void>;
	let loop: LearningLoop;
	const payload = async (number: number) => (await history.get('interaction-history', [uuid(number)]))[0]?.payload;

	beforeEach(async () => {
		folder = temporaryFolder();
		const path = folder.join('knowledge.db');
		const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(path);
		migrate(database, KNOWLEDGE_MIGRATIONS, { path, backup: () => undefined });
		history = new EmbeddedVectorStore(database, await kernelModule());
		outcomes = new EmbeddedOutcomeStore(database);
		settled = [];
		settings = DEFAULT_SETTINGS;
		onSettled = async (one) => {
			settled.push(one);
		};
		loop = createLearningLoop({
			history,
			outcomes,
			rankings: new EmbeddedRankingStore(database),
			settings: () => settings,
			log: createLog(() => undefined, 'off'),
			onSettled: (one) => onSettled(one),
		});
	});
	afterEach(async () => {
		await history.close();
		folder[Symbol.dispose]();
	});

	test('an outcome scores its interaction and credits what the answer used, and only that', async () => {
		await loop.remember(interaction(1, ANSWERED));
		expect(await payload(1)).toMatchObject({ outcome: null, value_score: 0, context_provided: [uuid(101), uuid(102)] });
		expect(await loop.report([signalOn(1, 'a', 'thumbs', 1)])).toBe(1);
		expect(await payload(1)).toMatchObject({ outcome: 'success', user_feedback: 1 });
		expect((await payload(1))?.value_score).toBeCloseTo(0.4 + 0.2 + 0.1 + 0.1 * ((0.5 * ANSWERED.response.length) / 2_000), 6);
		const places = [placeOf('w1', 'src/refund.ts', 'refundInvoice'), placeOf('w1', 'src/refund.ts', null), placeOf('w1', 'src/ship.ts', 'shipParcel')];
		const credits = await outcomes.creditsAt(places);
		expect(places.map((place) => credits.get(place)?.length)).toEqual([1, 1, undefined]);
	});

	test('late evidence scores again, and replaces what followed before', async () => {
		await loop.remember(interaction(1, ANSWERED));
		await loop.report([signalOn(1, 'a', 'edit-applied', 1)]);
		const early = await outcomes.creditsOf([uuid(1)]);
		await loop.report([signalOn(1, 'b', 'edit-reverted', -1), signalOn(1, 'c', 'diagnostics', -1)]);
		expect(await payload(1)).toMatchObject({ outcome: 'failure' });
		const late = await outcomes.creditsOf([uuid(1)]);
		expect(late).toHaveLength(early.length);
		expect(late[0]?.success).toBeLessThan(0.3);
		expect(settled.map(({ estimate }) => estimate.label)).toEqual(['partial', 'failure']);
	});

	test('the same signal twice, or of an unknown or forgotten interaction, changes nothing', async () => {
		await loop.remember(interaction(1, ANSWERED));
		await loop.report([signalOn(1, 'a', 'thumbs', 1)]);
		expect(await loop.report([signalOn(1, 'a', 'thumbs', -1), signalOn(7, 'x', 'thumbs', 1)])).toBe(0);
		expect(await payload(1)).toMatchObject({ user_feedback: 1 });
		await loop.forget([uuid(1)]);
		expect(await loop.report([signalOn(1, 'b', 'thumbs', 1)])).toBe(0);
		expect(await payload(1)).toBeUndefined();
		expect(await outcomes.counts()).toEqual({ signals: 0, credits: 0, pending: 0 });
	});

	test('what a dying process left outstanding is drawn by the next', async () => {
		await loop.remember(interaction(1, ANSWERED));
		onSettled = async () => {
			throw new CoordinatorError('internal', 'the process dies here');
		};
		await loop.report([signalOn(1, 'a', 'thumbs', 1)]);
		expect(await outcomes.counts()).toEqual({ signals: 1, credits: 0, pending: 1 });
		onSettled = async () => undefined;
		await loop.catchUp();
		expect(await outcomes.counts()).toEqual({ signals: 1, credits: 2, pending: 0 });
	});

	test('similar queries make an interaction less new and more reusable', async () => {
		const embedding = (...components: readonly number[]) => ({ embedding: { model: 'm', vector: unit(...components) } });
		await loop.remember(interaction(1, embedding(1, 0, 0, 0)));
		await loop.remember(interaction(2, embedding(0.95, 0.05, 0, 0)));
		await loop.remember(interaction(3, embedding(0.85, 0.5, 0, 0)));
		await loop.remember(interaction(4, embedding(0, 0, 1, 0)));
		await loop.report([signalOn(1, 'a', 'thumbs', 1)]);
		// Two at 0.8, one at 0.9: reusability 0.2, novelty 0.7.
		expect((await payload(1))?.value_score).toBeCloseTo(0.4 + 0.2 + 0.2 * 0.2 + 0.1 * 0.7, 6);
	});

	test('the next message of a conversation tells of the answer before it', async () => {
		await loop.remember(interaction(1, ANSWERED));
		await loop.remember(interaction(2, { query: 'thanks, that helped', follows: uuid(1), timeMs: 50_000 }));
		expect((await outcomes.signals(uuid(1))).map(({ kind, value }) => [kind, value])).toEqual([['follow-up', 1]]);
		const embedding = (...components: readonly number[]) => ({ embedding: { model: 'm', vector: unit(...components) } });
		await loop.remember(interaction(3, embedding(1, 0, 0, 0)));
		await loop.remember(interaction(4, { ...embedding(0.9, 0.1, 0, 0), follows: uuid(3), timeMs: 60_000 }));
		expect((await outcomes.signals(uuid(3))).map(({ kind, value }) => [kind, value])).toEqual([['rephrased', -1]]);
	});

	test('asking another model again tells that the first answer did not do', async () => {
		await loop.remember(interaction(1, ANSWERED));
		await loop.remember(interaction(2, { ...ANSWERED, retryOf: uuid(1), follows: uuid(1), timeMs: 20_000 }));
		expect((await outcomes.signals(uuid(1))).map(({ kind, value }) => [kind, value])).toEqual([['retried', -1]]);
	});

	test('nothing is remembered of secrets, and nothing at all while learning is paused', async () => {
		await loop.remember(interaction(1, { query: 'why does password = "hunter2-correct-horse" fail?', response: 'token = "ghp_0123456789abcdefghijABCDEFGHIJ012345"' }));
		expect(JSON.stringify(await payload(1))).not.toMatch(/hunter2|ghp_0123/);
		settings = { ...DEFAULT_SETTINGS, learning: { ...DEFAULT_SETTINGS.learning, enabled: false } };
		await loop.remember(interaction(2));
		expect(await payload(2)).toBeUndefined();
		expect(await loop.report([signalOn(1, 'a', 'thumbs', 1)])).toBe(0);
	});
});
