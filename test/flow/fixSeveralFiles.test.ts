import { randomUUID } from 'node:crypto';
import { rmSync, symlinkSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { FixProposal, FixRequest } from '#core/domain/fix';
import type { FixOutcome } from '#core/domain/learnedFix';
import type { Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { type ChatServer, startChatServer } from '../support/chatServer.ts';
import { outsideAddress } from '../support/modelServer.ts';
import { quietPorts } from '../support/ports.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const ITEM = 'export interface Item {\n\tname: string;\n\tprice: number;\n}\n';
const CART = "import type { Item } from './item';\n\nexport const total = (item: Item) => item.price * item.amount;\n";
const MESSAGE = "Property 'amount' does not exist on type 'Item'.";
const FILES = {
	'src/item.ts': ITEM,
	'src/cart.ts': CART,
	'src/private.ts': '// hybrid:local-only\nexport const margin = 0.4;\n',
	'.env': 'API_KEY=1\n',
	'.gitignore': 'dist/\n',
	'dist/item.js': 'exports.price = 1;\n',
	'assets/pixels.bin': new Uint8Array([0, 1, 2, 255, 0, 3]),
};

const edit = (search: string, replace: string) => `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;
const inItem = edit('\tprice: number;', '\tprice: number;\n\tamount: number;');
const answer = (path: string, edits = inItem) => `The type lacks it.\n\n\`\`\`ts\n${path}\n${edits}\`\`\`\n`;

interface Started {
	readonly coordinator: Coordinator;
	readonly workspace: TemporaryFolder;
	readonly server: ChatServer;
	/** What the model answers from now on, the last again and again. */
	readonly say: (...answers: readonly string[]) => void;
}

describe('a fix of several files, from the coordinator', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	async function start(options: { readonly address?: string } = {}): Promise<Started> {
		let answers: readonly string[] = [];
		const reply = () => {
			const [next = '', ...rest] = answers;
			if (rest.length > 0) answers = rest;
			return next;
		};
		const workspace = temporaryFolder();
		const data = temporaryFolder();
		const server = await startChatServer({ name: 'tiny-coder', reply, ...options });
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
			async () => server[Symbol.asyncDispose](),
		);
		workspace.write(FILES);
		const settings = settingsFromWire({ embedding: { provider: 'none' }, models: { openaiUrls: [server.url] }, ledger: { controlShare: 0 } }).settings;
		const { coordinator } = await createCoordinator({ ports: quietPorts(), settings, dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'shop' }]);
		await coordinator.startIndexing();
		await coordinator.whenIdle();
		await vi.waitUntil(async () => (await coordinator.models({ isFresh: true })).some(({ id }) => id === server.id), { timeout: 30_000 });
		return {
			coordinator,
			workspace,
			server,
			say: (...next) => {
				answers = next;
			},
		};
	}
	const propose = ({ coordinator, workspace, server }: Started, more: Partial<FixRequest> = {}): Promise<FixProposal> => {
		const path = workspace.join('src/cart.ts');
		const diagnostics = [{ path, line: 3, severity: 'error' as const, message: MESSAGE, source: 'ts', code: '2339' }];
		return coordinator.proposeFix({
			interactionId: randomUUID(),
			path,
			text: CART,
			language: 'typescript',
			diagnostics,
			model: server.id,
			retryOf: randomUUID(),
			...more,
		});
	};
	const lastPrompt = ({ server }: Started) => server.chats.at(-1)?.messages.map(({ content }) => content) ?? [];

	test('changes the file that the error comes from, which the model was shown', async () => {
		const started = await start();
		const item = started.workspace.join('src/item.ts');
		started.say(answer('src/item.ts'));
		expect(await propose(started, { related: [{ path: item, startLine: 1, endLine: 4 }] })).toMatchObject({
			status: 'proposed',
			files: [{ path: item, edits: [{ search: ['\tprice: number;'], replace: ['\tprice: number;', '\tamount: number;'] }] }],
			explanation: 'The type lacks it.',
		});
		const [system, question] = lastPrompt(started);
		expect(system).toMatch(/edit other files whose code is shown/);
		expect(question).toMatch(/### src\/cart\.ts:1-3[\s\S]*### src\/item\.ts:1-4\n```\w*\nexport interface Item/);
	});

	test('takes the text that the editor has of it', async () => {
		const started = await start();
		started.say(answer('src/item.ts', edit('\tcost: number;', '\tcost: number;\n\tamount: number;')));
		const unsaved = [{ path: started.workspace.join('src/item.ts'), text: ITEM.replace('price', 'cost') }];
		expect(await propose(started, { unsaved })).toMatchObject({ status: 'proposed' });
		expect(await propose(started)).toMatchObject({ status: 'refused', reason: 'not-found', file: 'src/item.ts' });
	});

	test('is asked for once more where one file does not do, with its name and the reason', async () => {
		const started = await start();
		started.say(answer('src/item.ts', edit('\tcost: number;', '\tcost: 1;')), answer('src/item.ts'));
		expect(await propose(started)).toMatchObject({ status: 'proposed' });
		expect(lastPrompt(started)).toContainEqual('The lines of a SEARCH part are not in src/item.ts. Copy them without any change. Give all edits again.');
	});

	test('leaves the folder by no way, and changes nothing that is secret, left out of the index or not there', async () => {
		using outside = temporaryFolder();
		outside.write({ 'item.ts': ITEM });
		const started = await start();
		const { workspace } = started;
		const asked = (path: string, edits = inItem) => {
			started.say(answer(path, edits));
			return propose(started);
		};
		const reasons = {
			'.env': 'secret-file',
			'dist/item.js': 'not-indexed',
			'assets/pixels.bin': 'not-indexed',
			'src/missing.ts': 'not-indexed',
			[`../${outside.path.split('/').at(-1)}/item.ts`]: 'not-indexed',
			[outside.join('item.ts')]: 'not-indexed',
			'src/../src/item.ts': 'not-indexed',
			'src/Item.ts': 'not-indexed',
			'/etc/passwd': 'not-indexed',
		};
		for (const [path, reason] of Object.entries(reasons)) expect(await asked(path), path).toMatchObject({ status: 'refused', reason, file: path });
		expect(await asked('src/new.ts', edit('', 'export {};'))).toMatchObject({ reason: 'new-file', file: 'src/new.ts' });
		// A link may take the place of a file after it was indexed.
		rmSync(workspace.join('src/item.ts'));
		symlinkSync(outside.join('item.ts'), workspace.join('src/item.ts'));
		expect(await asked('src/item.ts')).toMatchObject({ reason: 'not-indexed' });
	});

	test('may change local-only text by a model of this machine', async () => {
		const started = await start();
		started.say(answer('src/private.ts', edit('export const margin = 0.4;', 'export const margin = 0.5;')));
		expect(await propose(started)).toMatchObject({ status: 'proposed', files: [{ path: started.workspace.join('src/private.ts') }] });
	});

	test.skipIf(!outsideAddress)('does not change or tell local-only text by a model elsewhere, whatever it guesses (needs an address beside loopback)', async () => {
		const started = await start({ address: outsideAddress ?? '' });
		const related = [{ path: started.workspace.join('src/private.ts'), startLine: 1, endLine: 2 }];
		const told: unknown[] = [];
		for (const guess of ['export const margin = 0.4;', 'export const margin = 0.6;']) {
			started.say(answer('src/private.ts', edit(guess, 'export const margin = 0.5;')));
			const proposal = await propose(started, { related });
			expect(proposal).toMatchObject({ status: 'refused', reason: 'local-only', file: 'src/private.ts' });
			told.push(lastPrompt(started).find((content) => content.includes('Give all edits again')));
		}
		// Right or wrong, it hears the same.
		expect(told[0]).toBe(told[1]);
		expect(told[0]).toMatch(/src\/private\.ts is no file that may be edited/);
		for (const { messages } of started.server.chats) for (const { role, content } of messages) if (role !== 'assistant') expect(content).not.toMatch(/margin/);
	});

	describe('when it is judged', () => {
		const outcome = ({ workspace }: Started, more: Partial<FixOutcome> = {}): FixOutcome => ({
			path: workspace.join('src/cart.ts'),
			languageId: 'typescript',
			text: CART,
			diagnostic: { message: MESSAGE, source: 'ts', code: '2339', offset: CART.indexOf('amount') },
			after: CART.replace('amount', 'quantity'),
			isVerified: true,
			interactionIds: [],
			...more,
		});
		const changes = ({ workspace }: Started) => [
			{ path: workspace.join('src/cart.ts'), before: 'item.amount', after: 'item.quantity' },
			{ path: workspace.join('src/item.ts'), before: '', after: '\tquantity: number;' },
		];
		const solutions = async ({ coordinator }: Started) => {
			const { items } = await coordinator.knowledge.list({ collections: ['error-solutions'], limit: 9 });
			return Promise.all(items.map(async ({ id }) => Object.fromEntries((await coordinator.knowledge.detail(id)).fields.map(({ name, value }) => [name, value]))));
		};

		test('is told with the names of all files and counted, and teaches no template', async () => {
			const started = await start();
			for (let time = 0; time < 4; time++) await started.coordinator.recordFix(outcome(started, { changes: changes(started) }));
			const [solution, ...others] = await solutions(started);
			expect(others).toEqual([]);
			expect(solution?.solution).toBe('In src/cart.ts\nBefore:\nitem.amount\nAfter:\nitem.quantity\n\nIn src/item.ts\nBefore:\n\nAfter:\n\tquantity: number;');
			expect(solution).toMatchObject({ solution_verified: true, success_count: 4, failure_count: 0 });
			expect(await started.coordinator.offerFixes(outcome(started))).toEqual([]);
			const [found] = await started.coordinator.findKnowledge({ text: `src/cart.ts(3,60): error TS2339: ${MESSAGE}`, collections: ['error-solutions'], limit: 3 });
			expect(found?.text).toContain('In src/item.ts');
		});

		test('teaches a template where the file of the error alone was changed: the two are counted apart', async () => {
			const started = await start();
			for (const name of ['item', 'row', 'cell', 'word']) {
				const text = `export const total${name} = (${name}: Item) => ${name}.price * ${name}.amount;\n`;
				const diagnostic = { ...outcome(started).diagnostic, offset: text.indexOf('amount') };
				await started.coordinator.recordFix(outcome(started, { text, diagnostic, after: text.replace('amount', 'quantity') }));
			}
			await started.coordinator.recordFix(outcome(started, { changes: changes(started) }));
			await started.coordinator.recordFix(outcome(started, { changes: changes(started), isVerified: false }));
			expect(await started.coordinator.offerFixes(outcome(started))).toMatchObject([{ worked: 4, used: 4 }]);
			expect((await solutions(started)).map(({ success_count, failure_count }) => [success_count, failure_count])).toEqual(
				expect.arrayContaining([
					[4, 0],
					[1, 1],
				]),
			);
		});

		test('is taken back where it does not hold', async () => {
			const started = await start();
			const record = (isVerified: boolean | null, wasVerified: boolean) =>
				started.coordinator.recordFix({ ...outcome(started, { changes: changes(started) }), isVerified, wasVerified });
			await record(null, true);
			expect(await solutions(started)).toEqual([]);
			await started.coordinator.recordFix(outcome(started, { changes: changes(started) }));
			await record(false, true);
			expect(await solutions(started)).toMatchObject([{ success_count: 0, failure_count: 1, solution_verified: false }]);
			await record(true, false);
			expect(await solutions(started)).toMatchObject([{ success_count: 1, failure_count: 0, solution_verified: true }]);
		});

		test('counts a failure of nothing known as nothing, and keeps no code of secret files or of other folders', async () => {
			const started = await start();
			const { coordinator, workspace } = started;
			const including = (path: string) => outcome(started, { changes: [...changes(started), { path, before: 'a', after: 'b' }] });
			await coordinator.recordFix(outcome(started, { changes: changes(started), isVerified: false }));
			await coordinator.recordFix(including(workspace.join('.env')));
			await coordinator.recordFix(including('/elsewhere/a.ts'));
			expect(await solutions(started)).toEqual([]);
		});

		test('is for this machine alone where one of its files is', async () => {
			const started = await start();
			const more = { path: started.workspace.join('src/private.ts'), before: '0.4', after: '0.5' };
			await started.coordinator.recordFix(outcome(started, { changes: [...changes(started), more] }));
			expect(await started.coordinator.findKnowledge({ text: `src/cart.ts(3,60): error TS2339: ${MESSAGE}`, collections: ['error-solutions'], limit: 3 })).toEqual([]);
			expect(await solutions(started)).toHaveLength(1);
		});
	});
});
