import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { LearnedFixOffer } from '#core/domain/learnedFix';
import type { Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { startChatServer } from '../support/chatServer.ts';
import { isInDatabase } from '../support/knowledge.ts';
import { quietPorts } from '../support/ports.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const MESSAGE = "Property 'lenght' does not exist on type 'string[]'. Did you mean 'length'?";

const OTHER = 'export function total(values: string[]) {\n\tlog(values.lenght + 1);\n}\n';
const PLACES = [
	(name: string) => `return ${name}.lenght;`,
	(name: string) => `if (${name}.lenght > 3) stop();`,
	(name: string) => `const size = ${name}.lenght;`,
	(name: string) => `for (let i = 0; i < ${name}.lenght; i++) show(${name}[i]);`,
];

describe('learned fixes, from the coordinator', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	interface Folders {
		readonly workspace: TemporaryFolder;
		readonly data: TemporaryFolder;
	}
	function folders(): Folders {
		const made = { workspace: temporaryFolder(), data: temporaryFolder() };
		cleanUps.push(
			() => made.workspace[Symbol.dispose](),
			() => made.data[Symbol.dispose](),
		);
		return made;
	}
	async function start(
		wire: Record<string, unknown> = {},
		{ workspace, data } = folders(),
	): Promise<{ readonly coordinator: Coordinator; readonly workspace: TemporaryFolder }> {
		workspace.write({ 'src/a.ts': 'export {};\n' });
		const ports = quietPorts();
		const settings = settingsFromWire({ embedding: { provider: 'none' }, ...wire }).settings;
		const { coordinator } = await createCoordinator({ ports, settings, dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
		return { coordinator, workspace };
	}
	const request = (path: string, text: string) => ({
		path,
		languageId: 'typescript',
		text,
		diagnostic: { message: MESSAGE, source: 'ts', code: '2551', offset: text.indexOf('lenght') },
	});
	const apply = (text: string, offer: LearnedFixOffer | undefined) =>
		[...(offer?.edits ?? [])].sort((a, b) => b.start - a.start).reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
	const teach = async (coordinator: Coordinator, path: string, names: readonly string[]) => {
		for (const [index, name] of names.entries()) {
			const text = `export function count${name}(${name}: string[]) {\n\t${PLACES[index % PLACES.length]?.(name)}\n}\n`;
			await coordinator.recordFix({ ...request(path, text), after: text.replace('lenght', 'length'), isVerified: true, interactionIds: [] });
		}
	};

	const onlySolution = async ({ knowledge }: Coordinator) => {
		const [item] = (await knowledge.list({ collections: ['error-solutions'], limit: 5 })).items;
		const { fields } = await knowledge.detail(item?.id ?? '');
		return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
	};

	test('what was verified is offered for the same kind of error elsewhere, with its record and no model', async () => {
		const { coordinator, workspace } = await start();
		const path = workspace.join('src/a.ts');
		const other = OTHER;
		expect(await coordinator.offerFixes(request(path, other))).toEqual([]);
		await teach(coordinator, path, ['items', 'rows', 'cells', 'words']);
		const [offer] = await coordinator.offerFixes(request(path, other));
		expect(apply(other, offer)).toBe(other.replace('lenght', 'length'));
		expect(offer).toMatchObject({ worked: 4, used: 4 });
		expect((await coordinator.knowledge.list({ collections: ['error-solutions'], limit: 5 })).total).toBe(1);
	});

	test('a fix that failed is not offered again', async () => {
		const { coordinator, workspace } = await start();
		const path = workspace.join('src/a.ts');
		await teach(coordinator, path, ['items', 'rows', 'cells']);
		const text = OTHER;
		expect(await coordinator.offerFixes(request(path, text))).toHaveLength(1);
		await coordinator.recordFix({ ...request(path, text), after: text.replace('lenght', 'length'), isVerified: false, interactionIds: [] });
		expect(await coordinator.offerFixes(request(path, text))).toEqual([]);
	});

	test('a success that does not hold is taken back with what it taught, and comes back', async () => {
		const { coordinator, workspace } = await start();
		const path = workspace.join('src/a.ts');
		const text = OTHER;
		const after = text.replace('lenght', 'length');
		const record = (isVerified: boolean | null, wasVerified?: boolean) =>
			coordinator.recordFix({ ...request(path, text), after, isVerified, interactionIds: [], ...(wasVerified === undefined ? {} : { wasVerified }) });
		await teach(coordinator, path, ['items', 'rows', 'cells']);
		await record(true);
		expect(await coordinator.offerFixes(request(path, text))).toMatchObject([{ worked: 4, used: 4 }]);
		await record(false, true);
		expect(await coordinator.offerFixes(request(path, text))).toEqual([]);
		expect(await onlySolution(coordinator)).toMatchObject({ success_count: 3, failure_count: 1 });
		await record(true, false);
		expect(await coordinator.offerFixes(request(path, text))).toMatchObject([{ worked: 4, used: 4 }]);
		await record(null, true);
		expect(await coordinator.offerFixes(request(path, text))).toMatchObject([{ worked: 3, used: 3 }]);
		// What is not there is not taken back.
		await record(null, true);
		expect(await coordinator.offerFixes(request(path, text))).toMatchObject([{ worked: 3, used: 3 }]);
	});

	test('all that spoke for a fix is taken back, and nothing is left of it', async () => {
		const { coordinator, workspace } = await start();
		const path = workspace.join('src/a.ts');
		const outcome = { ...request(path, OTHER), after: OTHER.replace('lenght', 'length'), interactionIds: [] };
		await coordinator.recordFix({ ...outcome, isVerified: null, wasVerified: true });
		expect((await coordinator.knowledge.list({ collections: ['error-solutions'], limit: 5 })).total).toBe(0);
		await coordinator.recordFix({ ...outcome, isVerified: true });
		await coordinator.recordFix({ ...outcome, isVerified: false, wasVerified: true });
		expect(await onlySolution(coordinator)).toMatchObject({ success_count: 0, failure_count: 1, solution_verified: false, solution: '' });
	});

	test('nothing is learned of secret files, outside the workspace, or while learning is paused', async () => {
		const { coordinator, workspace } = await start();
		for (const path of [workspace.join('.env'), '/elsewhere/a.ts']) await teach(coordinator, path, ['items', 'rows', 'cells']);
		expect((await coordinator.knowledge.list({ collections: ['error-solutions'], limit: 5 })).total).toBe(0);
		const paused = await start({ learning: { enabled: false } });
		await teach(paused.coordinator, paused.workspace.join('src/a.ts'), ['items', 'rows', 'cells']);
		expect((await paused.coordinator.knowledge.list({ collections: ['error-solutions'], limit: 5 })).total).toBe(0);
	});

	test('what was learned in files of one kind of line ends fits files of the other, and keeps theirs', async () => {
		for (const [learned, met] of [
			['\n', '\r\n'],
			['\r\n', '\n'],
			['\r\n', '\r\n'],
		] as const) {
			const { coordinator, workspace } = await start();
			const path = workspace.join('src/a.ts');
			for (const name of ['a', 'b', 'c']) {
				const text = `export function count${name}(${name}: string[]) {\n\treturn ${name}.lenght;\n}\n`;
				const after = text.replace('\treturn ', '\tstart();\n\treturn ').replace('lenght', 'length');
				const asThere = (content: string) => content.replaceAll('\n', learned);
				await coordinator.recordFix({ ...request(path, asThere(text)), after: asThere(after), isVerified: true, interactionIds: [] });
			}
			const other = `// first\n\nexport function total(values: string[]) {\n\treturn values.lenght;\n}\n`.replaceAll('\n', met);
			const [offer] = await coordinator.offerFixes(request(path, other));
			expect(apply(other, offer)).toBe(other.replace('\treturn ', `\tstart();${met}\treturn `).replace('lenght', 'length'));
		}
	});

	test('problems at one place have each their own fix', async () => {
		const { coordinator, workspace } = await start();
		const path = workspace.join('src/a.ts');
		const unused = "'size' is assigned a value but never used.";
		const problem = (text: string, message: string, at: string) => ({
			path,
			languageId: 'typescript',
			text,
			diagnostic: { message, source: 'eslint', code: 'no-unused-vars', offset: text.indexOf(at) },
		});
		await teach(coordinator, path, ['items', 'rows', 'cells', 'words']);
		for (const name of ['items', 'rows', 'cells']) {
			const text = `export function f(${name}: string[]) {\n\tconst size = ${name}.length;\n}\n`;
			await coordinator.recordFix({ ...problem(text, unused, 'size'), after: text.replace('size', '_size'), isVerified: true, interactionIds: [] });
		}
		const text = 'export function g(words: string[]) {\n\tconst size = words.lenght;\n}\n';
		const [named] = await coordinator.offerFixes(problem(text, unused, 'size'));
		const [spelled] = await coordinator.offerFixes(request(path, text));
		expect(apply(text, named)).toBe(text.replace('size', '_size'));
		expect(apply(text, spelled)).toBe(text.replace('lenght', 'length'));
		// The one leaves the other to be found anew, in the text that came of it.
		const after = apply(text, named);
		expect(apply(after, (await coordinator.offerFixes(request(path, after)))[0])).toBe(after.replace('lenght', 'length'));
	});

	test('the same is offered as often as it is asked for, in a folder whose name has spaces too', async () => {
		const { coordinator, workspace } = await start();
		const path = workspace.join('src/my files/one more.ts');
		await teach(coordinator, path, ['items', 'rows', 'cells', 'words']);
		const first = await coordinator.offerFixes(request(path, OTHER));
		expect(first).toHaveLength(1);
		// Confidence fades with the time.
		const same = first.map(({ confidence: _fading, ...offer }) => offer);
		for (let time = 0; time < 5; time++) expect(await coordinator.offerFixes(request(path, OTHER))).toMatchObject(same);
	});

	test('what a deleted answer taught is forgotten, and so is what its fix has still to teach', async () => {
		const at = folders();
		const server = await startChatServer({ name: 'tiny-coder', reply: () => 'Count the zanzibar.' });
		cleanUps.push(async () => server[Symbol.asyncDispose]());
		const { coordinator, workspace } = await start({ models: { openaiUrls: [server.url] } }, at);
		const path = workspace.join('src/a.ts');
		const interactionId = randomUUID();
		await coordinator.ask({ interactionId, prompt: MESSAGE, history: [], attachments: [], signals: {}, model: server.id }, () => undefined);
		await expect.poll(() => coordinator.knowledge.detail(interactionId).catch(() => null), { timeout: 20_000 }).not.toBeNull();
		const text = 'const zanzibar = [""];\nconst last = zanzibar.lenght;\n';
		const outcome = { ...request(path, text), after: text.replace('lenght', 'length'), isVerified: true, interactionIds: [interactionId] };
		await teach(coordinator, path, ['items', 'rows', 'cells']);
		await coordinator.recordFix(outcome);
		const isKept = async (words: string) => {
			const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(at.data.join('knowledge.db'));
			const isThere = isInDatabase(database, words);
			database.close();
			return isThere;
		};
		expect((await coordinator.knowledge.detail(interactionId)).derived).toMatchObject([{ title: MESSAGE }]);
		expect(await isKept('zanzibar')).toBe(true);
		await coordinator.knowledge.remove([interactionId]);
		expect([await isKept('zanzibar'), await isKept(interactionId), await isKept('cells.lenght')]).toEqual([false, false, true]);
		const [offer] = await coordinator.offerFixes(request(path, OTHER));
		expect(apply(OTHER, offer)).toBe(OTHER.replace('lenght', 'length'));
		// The editor goes on watching a fix.
		for (const isVerified of [true, false]) await coordinator.recordFix({ ...outcome, isVerified });
		expect([await isKept('zanzibar'), await isKept(interactionId)]).toEqual([false, false]);
	});

	test('two windows offer what either learned, and count it together', async () => {
		const both = folders();
		const { coordinator: one } = await start({}, both);
		const { coordinator: other } = await start({}, both);
		const path = both.workspace.join('src/a.ts');
		const uses = (coordinator: Coordinator, used: number) =>
			vi.waitFor(async () => expect(await coordinator.offerFixes(request(path, OTHER))).toMatchObject([{ used }]), { timeout: 20_000 });
		await teach(one, path, ['items', 'rows', 'cells']);
		await uses(other, 3);
		await teach(other, path, ['words', 'lines']);
		await uses(one, 5);
	});
});
