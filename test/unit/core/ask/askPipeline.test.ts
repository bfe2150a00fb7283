import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAskPipeline } from '#core/ask/askPipeline';
import { CoordinatorError } from '#core/base/errors';
import type { AskPart } from '#core/domain/answer';
import type { IndexStatus } from '#core/domain/indexStatus';
import type { AskQuery } from '#core/domain/requests';
import { WordPiece } from '#core/domain/wordPiece';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { LanguageModel, ModelPart } from '#core/models/languageModel';
import { DEFAULT_SETTINGS } from '#core/settings';
import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { INDEX_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import { createLog } from '#node/log';
import { createSqliteEngine } from '#node/sqlite';
import { plainAskParts } from '../../../support/askParts.ts';
import { assetsPath } from '../../../support/assets.ts';
import { createManualClock, type ManualClock } from '../../../support/manualClock.ts';
import { createMemoryFiles } from '../../../support/memoryFiles.ts';
import { describeModel, PLAIN_INFO } from '../../../support/modelInfo.ts';
import { codePoint, kernelModule, unit } from '../../../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../support/workspace.ts';

const STATUS: IndexStatus = {
	phase: 'ready',
	folders: [],
	progress: null,
	vectors: { done: 0, total: 0 },
	embedding: null,
	isSearchable: true,
	problems: [],
	sizeBytes: 0,
};
const never = <T>() => new Promise<T>(() => undefined);
/** Lets everything that is ready run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the ask pipeline', () => {
	let folder: TemporaryFolder;
	let vectors: EmbeddedVectorStore;
	let clock: ManualClock;
	let embedding: EmbeddingModel | null;
	let loads: number;
	let isLoaded: boolean;
	let findModel: () => Promise<LanguageModel | null>;
	let logged: string[];

	beforeEach(async () => {
		folder = temporaryFolder();
		const path = folder.join('index.db');
		const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(path);
		migrate(database, INDEX_MIGRATIONS, { path, backup: () => undefined });
		vectors = new EmbeddedVectorStore(database, await kernelModule());
		await vectors.upsert('codebase-context', [
			codePoint(1, 'export function refundInvoice(invoice) { return ledger.reverse(invoice); }', { file_path: 'src/refund.ts', symbol: 'refundInvoice' }),
			codePoint(2, 'export function shipParcel(parcel) { return carrier.book(parcel); }', { file_path: 'src/ship.ts', symbol: 'shipParcel' }),
		]);
		clock = createManualClock();
		embedding = null;
		loads = 0;
		isLoaded = false;
		findModel = async () => null;
		logged = [];
	});
	afterEach(async () => {
		await vectors.close();
		folder[Symbol.dispose]();
	});

	function pipeline() {
		return createAskPipeline({
			...plainAskParts(),
			stores: () => [{ worktree: { id: 'w1', repositoryId: 'r', path: '/w', name: 'w' }, vectors, manifest: {} as never }],
			knowledge: () => null,
			catalogue: {
				embedding: async () => {
					loads++;
					return embedding;
				},
				loadedEmbedding: () => (isLoaded ? embedding : null),
				staticVectors: async () => null,
				wordPiece: async () => new WordPiece('[UNK]'),
				languageModel: () => findModel(),
				endpoints: async () => [],
				describe: async () => {
					const model = await findModel();
					return model ? [describeModel(model)] : [];
				},
			},
			ports: {
				clock,
				files: createMemoryFiles({ '/w/src/open.ts': 'const invoice = refundInvoice(parcel);\n' }),
				log: createLog((_, message) => logged.push(message), 'info'),
				uuid: randomUUID,
			},
			settings: () => DEFAULT_SETTINGS,
			indexStatus: () => STATUS,
		});
	}
	const query = (prompt = 'how is an invoice refunded'): AskQuery => ({ interactionId: 'i', prompt, history: [], attachments: [], signals: {} });
	const embedder = (more: Partial<EmbeddingModel> = {}): EmbeddingModel => ({
		id: 'm',
		label: 'M',
		dimension: 2,
		maxTokens: 10,
		isRemote: false,
		embed: async (texts) => texts.map(() => unit(1, 0)),
		calibrate: (cosine) => cosine,
		close: async () => undefined,
		...more,
	});
	const talker = (stream: LanguageModel['stream']): LanguageModel => ({
		id: 'x',
		label: 'X',
		destination: 'example.org',
		isRemote: true,
		contextTokens: null,
		info: PLAIN_INFO,
		stream,
	});
	async function* say(...texts: string[]): AsyncGenerator<ModelPart> {
		for (const text of texts) yield { type: 'delta', text };
		yield { type: 'end', reason: 'stop', usage: { inputTokens: 5, outputTokens: 2, isEstimate: false } };
	}
	const ask = async (signal?: AbortSignal, more: Partial<AskQuery> = {}) => {
		const parts: AskPart[] = [];
		const summary = await pipeline().ask({ ...query(), ...more }, (part) => parts.push(part), signal);
		return { summary, parts };
	};

	it('answers with the code itself when there is no model, and says that nothing left', async () => {
		const { summary } = await ask();
		expect(summary).toMatchObject({ model: null, sentTo: [], endReason: 'stop' });
		expect(summary.notices).toContainEqual({ code: 'no-model' });
		expect(summary.text).toContain('refundInvoice');
	});

	it('streams a model’s answer with its own figures, after the references', async () => {
		findModel = async () => talker(() => say('In ', 'refund.ts.'));
		const { summary, parts } = await ask();
		expect(summary).toMatchObject({ text: 'In refund.ts.', usage: { inputTokens: 5 }, sentTo: ['example.org'], endReason: 'stop' });
		expect(parts.findIndex(({ type }) => type === 'references')).toBeLessThan(parts.findIndex(({ type }) => type === 'delta'));
		expect(logged.filter((line) => line.startsWith('Route of i: '))).toHaveLength(1);
	});

	it('falls back to the code when the model fails before its first word, and still says who got the question', async () => {
		findModel = async () =>
			talker(async function* () {
				yield* [];
				throw new CoordinatorError('server-error', 'It broke.');
			});
		const { summary } = await ask();
		expect(summary).toMatchObject({ model: null, sentTo: ['example.org'] });
		expect(summary.text).toContain('refundInvoice');
		expect(summary.notices).toContainEqual({ code: 'model-failed', model: 'X', message: 'It broke.', errorCode: 'server-error' });
	});

	it('keeps what a model said before it failed', async () => {
		findModel = async () =>
			talker(async function* () {
				yield { type: 'delta', text: 'Half' } as const;
				throw new CoordinatorError('server-error', 'It broke.');
			});
		expect((await ask()).summary).toMatchObject({ text: 'Half', endReason: 'failed', model: { label: 'X' } });
	});

	it('answers with the code when the model cannot even be looked up', async () => {
		findModel = () => Promise.reject(new CoordinatorError('server-unreachable', 'Nobody there.'));
		const { summary } = await ask();
		expect(summary.text).toContain('refundInvoice');
		expect(summary.notices).toContainEqual(expect.objectContaining({ code: 'model-failed', errorCode: 'server-unreachable' }));
	});

	it('shows the code to be explained and what relates to it where no model is to be asked, and says so', async () => {
		const signals = { activeFile: '/w/src/open.ts', activeLanguage: 'typescript' };
		const { summary, parts } = await ask(undefined, { prompt: 'Explain this code.', command: 'explain', model: null, signals });
		const drawn = parts.map((part) => (part.type === 'section' ? `[${part.section}]` : part.type === 'delta' ? part.text : '')).filter((text) => text !== '');
		expect(drawn[0]).toBe('[attached]');
		expect(drawn[1]).toBe('### src/open.ts:1-1\n```typescript\nconst invoice = refundInvoice(parcel);\n```');
		expect(drawn[2]).toBe('[related]');
		expect(drawn[3]).toContain('export function refundInvoice');
		expect(summary.notices).toContainEqual({ code: 'not-explained' });
		expect(summary.model).toBeNull();
	});

	it('shows the lines that failed first where no model is to be asked', async () => {
		const attachments = [{ path: '/w/src/open.ts', startLine: 1, endLine: 61, failedLine: 1 }, { path: '/w/src/open.ts' }];
		const { summary, parts } = await ask(undefined, { model: null, attachments });
		const drawn = parts.map((part) => (part.type === 'section' ? `[${part.section}]` : part.type === 'delta' ? part.text : '')).filter((text) => text !== '');
		expect(drawn.slice(0, 3)).toEqual(['[failed]', '### src/open.ts:1\n```text\n> 1 | const invoice = refundInvoice(parcel);\n```', '[related]']);
		expect(drawn[3]).toContain('export function refundInvoice');
		expect(summary.text.indexOf('> 1 | const')).toBeLessThan(summary.text.indexOf('export function refundInvoice'));
	});

	it('says that a model which was picked is not there any more, and answers with the code', async () => {
		const { summary } = await ask(undefined, { model: 'openai:gone/m' });
		expect(summary.text).toContain('refundInvoice');
		expect(summary.notices).toContainEqual(expect.objectContaining({ code: 'model-failed', model: 'openai:gone/m', errorCode: 'not-found' }));
	});

	describe('asked by another chat', () => {
		const otherChat = { instructions: 'Answer in rhymes.' };
		const turns = Array.from({ length: 20 }, (_, index) => ({
			role: index % 2 ? ('assistant' as const) : ('user' as const),
			text: `turn ${index} ${'x'.repeat(5_000)}`,
		}));

		it('sends its instructions and its whole conversation', async () => {
			let sent: readonly { readonly role: string; readonly text: string }[] = [];
			findModel = async () =>
				talker((messages) => {
					sent = messages;
					return say('Fine.');
				});
			await ask(undefined, { history: turns, otherChat });
			expect(sent[0]?.text).toMatch(/never follow it[\s\S]*Answer in rhymes\.$/);
			expect(sent.slice(1, -1)).toEqual(turns);
			await ask(undefined, { history: turns });
			expect(sent.slice(1, -1).map(({ text }) => text.length)).toEqual(Array(6).fill(4_000));
			expect(sent[0]?.text).not.toContain('rhymes');
		});

		it('rejects instead of answering with code when the model fails or is gone', async () => {
			await expect(ask(undefined, { model: 'openai:gone/m', otherChat })).rejects.toMatchObject({ code: 'not-found' });
			findModel = async () =>
				talker(async function* () {
					yield* [];
					throw new CoordinatorError('server-error', 'It broke.');
				});
			await expect(ask(undefined, { model: 'x', otherChat })).rejects.toMatchObject({ code: 'server-error' });
		});
	});

	it.each([
		['while its words are embedded', () => (embedding = embedder({ embed: never }))],
		['while the model is looked up', () => (findModel = never)],
		['while the model is silent', () => (findModel = async () => talker((_, { signal }) => silent(signal)))],
	])('ends at once when it is cancelled %s', async (_, arrange) => {
		arrange();
		const controller = new AbortController();
		const asked = ask(controller.signal);
		await settle();
		controller.abort();
		expect((await asked).summary.endReason).toBe('cancelled');
		expect(clock.waiting).toBe(0);
	});
	async function* silent(signal: AbortSignal | undefined): AsyncGenerator<ModelPart> {
		await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new CoordinatorError('cancelled', 'Stopped.'))));
		yield { type: 'delta', text: 'never' };
	}

	it('searches by words when the embedding model hangs, after a limit', async () => {
		embedding = embedder({ embed: never });
		const searched = pipeline().search({ query: 'refund invoice', limit: 3 });
		await settle();
		clock.advance(60_000);
		expect((await searched).hits[0]?.filePath).toBe('src/refund.ts');
	});

	it('stops embedding candidates when their time is up, in the middle of a batch', async () => {
		embedding = embedder({ embed: async (texts, { purpose }) => (purpose === 'query' ? texts.map(() => unit(1, 0)) : never()) });
		const searched = pipeline().search({ query: 'refund invoice', limit: 3 });
		while (clock.waiting === 0) await settle();
		await settle();
		clock.advance(DEFAULT_SETTINGS.search.onDemandMs);
		await settle();
		clock.advance(1);
		expect((await searched).hits[0]?.filePath).toBe('src/refund.ts');
	});

	it('loads no model for a live search, and sends no half-typed words to another machine', async () => {
		let texts = 0;
		embedding = embedder({ isRemote: true, embed: async (given) => given.map(() => (texts++, unit(1, 0))) });
		const live = { query: 'refund inv', limit: 3, canEmbed: false };
		expect((await pipeline().search(live)).hits[0]?.filePath).toBe('src/refund.ts');
		isLoaded = true;
		await pipeline().search(live);
		expect([loads, texts]).toEqual([0, 0]);
		embedding = embedder({ embed: async (given) => given.map(() => (texts++, unit(1, 0))) });
		await pipeline().search(live);
		expect([loads, texts]).toEqual([0, 1]);
	});
});
