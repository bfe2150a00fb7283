import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { AnswerEdit, CommandRun } from '#core/domain/commandRun';
import type { Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { type ChatServer, startChatServer } from '../support/chatServer.ts';
import { commandRun, printed } from '../support/commands.ts';
import { isInDatabase } from '../support/knowledge.ts';
import { quietPorts } from '../support/ports.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const QUESTION = "My tests fail with\nE   KeyError: 'price'\nwhat is wrong?";
const SHOP = 'def total(lines):\n    return sum(line["price"] for line in lines)\n';

interface Started {
	readonly coordinator: Coordinator;
	readonly workspace: TemporaryFolder;
	readonly data: TemporaryFolder;
	readonly server: ChatServer;
	readonly apply: (wire: Record<string, unknown>) => Promise<void>;
}

describe('commands that fail and pass again', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	async function start(wire: Record<string, unknown> = {}): Promise<Started> {
		const workspace = temporaryFolder();
		const data = temporaryFolder();
		const server = await startChatServer({ name: 'tiny-coder', reply: () => 'Ask for the price with `get`, or `pip install shop-prices`.' });
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
			async () => server[Symbol.asyncDispose](),
		);
		workspace.write({ 'shop.py': SHOP, 'test_shop.py': 'from shop import total\n', 'other.py': 'x = 1\n' });
		const given = (more: Record<string, unknown>) =>
			settingsFromWire({ embedding: { provider: 'none' }, models: { openaiUrls: [server.url] }, ledger: { controlShare: 0 }, ...more }).settings;
		const { coordinator, applySettings } = await createCoordinator({ ports: quietPorts(), settings: given(wire), dataDirectory: data.path });
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
		return { coordinator, workspace, data, server, apply: (more) => applySettings(given(more)) };
	}
	const ask = async ({ coordinator, server }: Started, prompt: string, more: { readonly agent?: string } = {}) => {
		const interactionId = randomUUID();
		await coordinator.ask({ interactionId, prompt, history: [], attachments: [], signals: {}, model: server.id, ...more }, () => undefined);
		return interactionId;
	};
	const run = ({ coordinator, workspace }: Started, more: Partial<CommandRun> = {}) => coordinator.commandEnded(commandRun({ cwd: workspace.path, ...more }));
	const fail = (started: Started, more: Partial<CommandRun> = {}) => run(started, { output: printed('pytest'), ...more });
	const edit = ({ coordinator, workspace }: Started, interactionId: string, more: Partial<AnswerEdit> = {}) =>
		coordinator.answerEdited({
			interactionId,
			path: workspace.join('shop.py'),
			before: '    return sum(line["price"] for line in lines)',
			after: '    return sum(line.get("price", 0) for line in lines)',
			...more,
		});
	const solutions = async ({ coordinator }: Started) => {
		const { items } = await coordinator.knowledge.list({ collections: ['error-solutions'], limit: 9 });
		return Promise.all(
			items.map(async ({ id }) =>
				Object.fromEntries((await coordinator.knowledge.detail(id)).fields.map(({ name, value }) => [name, value] as const).concat([['id', id]])),
			),
		);
	};
	const signalsOf = async ({ coordinator }: Started, id: string) => (await coordinator.knowledge.detail(id)).signals;
	const find = ({ coordinator }: Started, text: string) => coordinator.findKnowledge({ text, collections: ['error-solutions'], limit: 3 });
	/** Fails, is asked about, is fixed, passes. */
	const solve = async (started: Started, prompt = QUESTION) => {
		await fail(started);
		const interactionId = await ask(started, prompt);
		edit(started, interactionId);
		await run(started, { exitCode: 0 });
		return interactionId;
	};

	test('teach what solved the error, for the next of its kind', async () => {
		const started = await start();
		const interactionId = await solve(started);
		const [solution, ...others] = await solutions(started);
		expect(others).toEqual([]);
		expect(solution).toMatchObject({
			error_message: "KeyError: 'price'",
			error_type: 'terminal pytest:KeyError',
			solution_verified: true,
			success_count: 1,
			failure_count: 0,
		});
		expect(solution?.solution).toBe(
			'In shop.py\nBefore:\n    return sum(line["price"] for line in lines)\nAfter:\n    return sum(line.get("price", 0) for line in lines)',
		);
		await expect.poll(() => signalsOf(started, interactionId)).toMatchObject([{ kind: 'task', value: 1, subject: 'python3 -m pytest' }]);

		const other = printed('python').replaceAll('price', 'amount').replaceAll('shop', 'bill');
		expect(await find(started, other)).toMatchObject([{ id: solution?.id, text: solution?.solution }]);
		expect(await find(started, "KeyError: 'customer'")).toHaveLength(1);
		expect(await find(started, printed('node-type'))).toEqual([]);
		await ask(started, `Why?\n${other}`);
		expect(started.server.chats.at(-1)?.messages.at(-1)?.content).toMatch(/Similar Error Solutions[\s\S]*line\.get\("price", 0\)/);
	});

	test('as tasks teach from what their problem matchers found', async () => {
		const started = await start();
		const path = started.workspace.join('shop.py');
		const found = { path, line: 2, severity: 'error', message: "Property 'lenght' does not exist on type 'string[]'.", source: 'ts', code: '2339' } as const;
		const task = { source: 'task', commandLine: 'npm: build' } as const;
		await run(started, { ...task, diagnostics: [found] });
		edit(started, await ask(started, `Fix what the editor reports:\n- line 2: error ts 2339: ${found.message}`));
		await run(started, { ...task, exitCode: 0 });
		expect(await solutions(started)).toMatchObject([{ error_type: 'task tsc:TS2339', success_count: 1 }]);
		expect(await find(started, "src/b.ts(3,4): error TS2339: Property 'heigth' does not exist on type 'Box'.")).toHaveLength(1);
	});

	test('find what solved for the editor what a terminal says, too', async () => {
		const started = await start();
		const text = 'var total = 1;\n';
		const diagnostic = { message: 'Unexpected var, use let or const instead.', source: 'eslint', code: 'no-var', offset: 0 };
		const outcome = { path: started.workspace.join('a.js'), languageId: 'javascript', text, after: 'let total = 1;\n', diagnostic, isVerified: true, interactionIds: [] };
		await started.coordinator.recordFix(outcome);
		expect(await find(started, printed('eslint'))).toMatchObject([{ text: expect.stringContaining('let total = 1;') }]);
	});

	test('teach nothing where nobody asked, or an agent did', async () => {
		const started = await start();
		await fail(started);
		await run(started, { exitCode: 0 });
		expect(await solutions(started)).toEqual([]);
		await fail(started);
		await ask(started, 'What is the weather like?');
		await ask(started, QUESTION, { agent: 'agent:other' });
		await run(started, { exitCode: 0 });
		expect(await solutions(started)).toEqual([]);
	});

	test('teach the words of an answer only where something was done since: what passes by itself teaches nothing', async () => {
		const started = await start();
		const { coordinator, workspace } = started;
		const deeds: readonly [boolean, () => unknown][] = [
			[false, () => undefined],
			[false, () => coordinator.filesChanged([{ path: workspace.join('__pycache__/shop.pyc'), kind: 'changed' }])],
			[false, () => run(started, { commandLine: 'git status', exitCode: 0 })],
			[false, () => run(started, { commandLine: 'pip install shop-prices', exitCode: 1 })],
			[true, () => coordinator.filesChanged([{ path: workspace.join('shop.py'), kind: 'changed' }])],
			[true, () => run(started, { commandLine: 'pip install shop-prices', exitCode: 0 })],
		];
		let learned = 0;
		for (const [isDeed, act] of deeds) {
			await fail(started);
			await ask(started, QUESTION);
			await act();
			await run(started, { exitCode: 0 });
			learned += isDeed ? 1 : 0;
			expect((await solutions(started))[0]?.success_count ?? 0).toBe(learned);
		}
		expect(await solutions(started)).toMatchObject([{ solution: 'Ask for the price with `get`, or `pip install shop-prices`.' }]);
	});

	test('count an attempt that the same error came back after as a failure, and what passes as its solution', async () => {
		const started = await start();
		await fail(started);
		const first = await ask(started, QUESTION);
		edit(started, first, { after: '    return 0' });
		await fail(started);
		expect(await solutions(started)).toEqual([]);
		await expect.poll(() => signalsOf(started, first)).toMatchObject([{ kind: 'task', value: -1 }]);
		const second = await ask(started, `${QUESTION} still`);
		edit(started, second);
		await run(started, { exitCode: 0 });
		expect(await solutions(started)).toMatchObject([{ success_count: 1, failure_count: 1 }]);
		// Later attempts that fail are counted at once, and what fails too often is not offered.
		for (let again = 0; again < 3; again++) {
			await fail(started);
			edit(started, await ask(started, `${QUESTION} ${again}`));
		}
		await fail(started);
		expect(await solutions(started)).toMatchObject([{ success_count: 1, failure_count: 4 }]);
		await ask(started, `Again: ${QUESTION}`);
		expect(started.server.chats.at(-1)?.messages.at(-1)?.content).not.toContain('Similar Error Solutions');
	});

	test('believe no edit that the run did not see: not saved, made later, taken back, or of another error', async () => {
		const started = await start();
		const path = started.workspace.join('shop.py');
		const attempts: readonly [(id: string) => Promise<unknown> | unknown, Partial<CommandRun>][] = [
			[() => undefined, { unsavedPaths: [path] }],
			[() => undefined, { startedMs: Date.now() - 60_000 }],
			[
				(id) =>
					started.coordinator.reportOutcome([
						{ id: randomUUID(), interactionId: id, kind: 'edit-reverted', value: -1, subject: null, source: 'editor', timeMs: Date.now() },
					]),
				{},
			],
			[(id) => started.coordinator.knowledge.remove([id]), {}],
		];
		for (const [meanwhile, more] of attempts) {
			await fail(started);
			const id = await ask(started, QUESTION);
			edit(started, id);
			await meanwhile(id);
			await run(started, { exitCode: 0, ...more });
		}
		await fail(started);
		edit(started, await ask(started, 'Rename x'), { path: started.workspace.join('other.py') });
		await run(started, { exitCode: 0 });
		await fail(started);
		edit(started, await ask(started, QUESTION));
		await run(started, { exitCode: 0, commandLine: 'python3 -m pytest -k other' });
		expect(await solutions(started)).toEqual([]);
	});

	test('count one answer once, however often it is run', async () => {
		const started = await start();
		const interactionId = await solve(started);
		for (let again = 0; again < 3; again++) {
			await fail(started);
			edit(started, interactionId);
			await run(started, { exitCode: 0 });
		}
		expect(await solutions(started)).toMatchObject([{ success_count: 1, failure_count: 0 }]);
	});

	test('are forgotten with what is deleted', async () => {
		const started = await start();
		await solve(started);
		const [solution] = await solutions(started);
		await started.coordinator.knowledge.remove([String(solution?.id)]);
		expect(await find(started, "KeyError: 'customer'")).toEqual([]);
		await solve(started);
		expect(await solutions(started)).toHaveLength(1);
		await fail(started);
		await started.coordinator.knowledge.forget({ everything: true });
		expect(await solutions(started)).toEqual([]);
		expect(await started.coordinator.lastFailure()).toBeNull();
	});

	test('are forgotten with the question whose answer solved it, and keep what other answers said', async () => {
		const started = await start();
		const { coordinator, workspace, data } = started;
		const answered = async (prompt: string) => {
			await fail(started);
			const interactionId = await ask(started, prompt);
			await coordinator.filesChanged([{ path: workspace.join('shop.py'), kind: 'changed' }]);
			await run(started, { exitCode: 0 });
			return interactionId;
		};
		const isKept = async (text: string) => {
			const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(data.join('knowledge.db'));
			const isThere = isInDatabase(database, text);
			database.close();
			return isThere;
		};
		const first = await answered(QUESTION);
		expect((await coordinator.knowledge.detail(first)).derived).toMatchObject([{ title: "KeyError: 'price'" }]);
		expect(await isKept('shop-prices')).toBe(true);
		expect(await coordinator.knowledge.remove([first])).toMatchObject({ 'interaction-history': 1, 'error-solutions': 1 });
		expect([await solutions(started), await isKept('shop-prices'), await isKept(first)]).toEqual([[], false, false]);

		const second = await answered(QUESTION);
		const third = await solve(started, `${QUESTION} again`);
		expect(await coordinator.knowledge.remove([second])).toMatchObject({ 'interaction-history': 1, 'error-solutions': 0 });
		const [solution] = await solutions(started);
		expect(solution?.solution).toContain('line.get("price", 0)');
		expect((await coordinator.knowledge.detail(String(solution?.id))).sources.map(({ interactionId }) => interactionId)).toEqual([third]);
		expect(await isKept(second)).toBe(false);
		expect(await find(started, "KeyError: 'customer'")).toHaveLength(1);
	});

	test.each([
		['learning is paused', { learning: { enabled: false } }],
		['they are not to be learned from', { learning: { terminalErrors: false } }],
		['the workspace is not trusted', { isTrusted: false }],
	])('teach nothing while %s', async (_, wire) => {
		const started = await start(wire);
		await solve(started);
		expect(await started.coordinator.lastFailure()).toBeNull();
		await started.apply({});
		expect(await solutions(started)).toEqual([]);
		await fail(started);
		await started.apply(wire);
		await started.apply({});
		expect(await started.coordinator.lastFailure()).toBeNull();
	});

	test('teach nothing outside the open folders', async () => {
		const started = await start();
		await fail(started, { cwd: '/elsewhere' });
		expect(await started.coordinator.lastFailure()).toBeNull();
	});

	test('are solved by another command that runs the test that failed, once, and not for good', async () => {
		const started = await start();
		await fail(started);
		edit(started, await ask(started, QUESTION));
		await run(started, { commandLine: 'python3 -m pytest other.py', exitCode: 0 });
		expect([await solutions(started), (await started.coordinator.lastFailure())?.exitCode]).toEqual([[], 1]);
		await run(started, { commandLine: 'python3 -m pytest -x test_shop.py', exitCode: 0 });
		expect(await solutions(started)).toMatchObject([{ success_count: 1, failure_count: 0 }]);
		expect(await started.coordinator.lastFailure()).toBeNull();
		await run(started, { commandLine: 'python3 -m pytest test_shop.py::test_total', exitCode: 0 });
		expect(await solutions(started)).toMatchObject([{ success_count: 1, failure_count: 0 }]);
		await fail(started);
		expect(await solutions(started)).toMatchObject([{ success_count: 1, failure_count: 1 }]);
		expect((await started.coordinator.lastFailure())?.exitCode).toBe(1);
	});

	test('are solved once where two commands failed with the same error and a fix that asked no model solved it', async () => {
		const started = await start();
		await fail(started);
		await fail(started, { commandLine: 'python3 -m pytest -q' });
		edit(started, '');
		await run(started, { commandLine: 'python3 -m pytest -q', exitCode: 0 });
		expect(await solutions(started)).toMatchObject([{ success_count: 1 }]);
		await run(started, { exitCode: 0 });
		expect(await solutions(started)).toMatchObject([{ success_count: 1 }]);
	});

	test('name the files of a stack of Java where Maven and Gradle have them', async () => {
		const started = await start();
		const { workspace, coordinator } = started;
		workspace.write({ 'src/main/java/shop/Order.java': 'package shop;\n', 'src/test/java/shop/OrderTest.java': 'package shop;\n' });
		await fail(started, { commandLine: 'mvn test', output: printed('mvn-test') });
		const failure = await coordinator.lastFailure();
		expect(failure?.errors.map(({ path, line }) => `${path}:${line}`)).toEqual([
			workspace.join('src/test/java/shop/OrderTest.java:12'),
			workspace.join('src/main/java/shop/Order.java:14'),
		]);
		expect(failure?.files.map(({ path }) => path)).toEqual(['src/test/java/shop/OrderTest.java', 'src/main/java/shop/Order.java'].map((name) => workspace.join(name)));
	});

	test('are heard of while the folders are being opened', async () => {
		const started = await start();
		const { coordinator, workspace } = started;
		await coordinator.openFolders([]);
		const opened = coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
		await fail(started);
		await opened;
		expect(await coordinator.lastFailure()).toMatchObject({ exitCode: 1, errors: [{ code: 'AssertionError' }, { code: 'KeyError' }] });
	});

	test('keep what was learned of local-only files here', async () => {
		const started = await start({ privacy: { localOnly: ['shop.py'] } });
		await solve(started);
		const { items } = await started.coordinator.knowledge.list({ collections: ['error-solutions'], limit: 9 });
		expect(items).toMatchObject([{ isLocalOnly: true }]);
		expect(await find(started, "KeyError: 'customer'")).toEqual([]);
		// First among the files that a question goes with, so that it stays here too.
		await fail(started);
		expect((await started.coordinator.lastFailure())?.files[0]?.path).toBe(started.workspace.join('shop.py'));
	});

	test('tell of the last of them without secrets, with the files that it names', async () => {
		const started = await start();
		const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
		await fail(started, { commandLine: `TOKEN=${token} python3 -m pytest`, output: `${token}\r\n${printed('pytest')}` });
		const failure = await started.coordinator.lastFailure();
		expect(JSON.stringify(failure)).not.toContain(token);
		expect(failure).toMatchObject({ exitCode: 1, errors: [{ code: 'AssertionError' }, { code: 'KeyError' }], solutions: [] });
		expect(failure?.files.map(({ path, line }) => [path, line])).toEqual([
			[started.workspace.join('test_shop.py'), 4],
			[started.workspace.join('shop.py'), 2],
		]);
		await run(started, { exitCode: 0, commandLine: `TOKEN=${token} python3 -m pytest` });
		expect(await started.coordinator.lastFailure()).toBeNull();
	});
});
