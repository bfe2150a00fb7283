const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { startChatServer } = require('../support/chatServer.cjs');
const { until } = require('../support/until.cjs');

const EXTENSION = 'hybrid-coordinator.hybrid-coordinator';
/** Slow enough for the window to hear of a file that was saved just before. */
const COMMAND = 'sleep 1; node order.js';
const BROKEN = 'const order = { items: [] };\nconsole.log(order.lines.length);\n';

/** Real commands in a real terminal with shell integration, and real tasks. */
describe('commands that fail', () => {
	const set = (key, value) => vscode.workspace.getConfiguration('hybrid').update(key, value, vscode.ConfigurationTarget.Global);
	const folder = () => vscode.workspace.workspaceFolders[0];
	const file = () => path.join(folder().uri.fsPath, 'order.js');
	let client;
	let server;
	let terminal;

	before(async () => {
		({ client } = await vscode.extensions.getExtension(EXTENSION).activate());
		await vscode.commands.executeCommand('hybrid.indexWorkspace');
		await until(() => client.status?.isSearchable, 'the index');
		server = await startChatServer({ name: 'fixes-commands', words: ['Read `items`: ', 'an order has no `lines`.'] });
		await set('models.openaiUrls', [server.url]);
		await until(async () => (await client.request('models/list', { isFresh: true })).some(({ id }) => id.includes('fixes-commands')), 'the model');
		terminal = vscode.window.createTerminal({ name: 'shop', shellPath: '/bin/bash' });
		terminal.show();
		await until(() => terminal.shellIntegration, 'the shell integration');
	});
	after(async () => {
		terminal.dispose();
		await client.request('knowledge/forget', { everything: true });
		await server.close();
		await set('models.openaiUrls', undefined);
		await set('learning.terminalErrors', undefined);
		fs.rmSync(file(), { force: true });
	});

	/** Gives the exit code. */
	const run = async (commandLine) => {
		let ended = null;
		const subscription = vscode.window.onDidEndTerminalShellExecution(({ terminal: other, execution, exitCode }) => {
			if (other === terminal && execution.commandLine.value === commandLine) ended = { exitCode };
		});
		terminal.shellIntegration.executeCommand(commandLine);
		await until(() => ended, `the end of ${commandLine}`, 30_000).finally(() => subscription.dispose());
		return ended.exitCode;
	};
	/** As the user does, in the editor: then the window knows of it at once. */
	const change = async (text) => {
		const document = await vscode.workspace.openTextDocument(file());
		const edit = new vscode.WorkspaceEdit();
		edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
		await vscode.workspace.applyEdit(edit);
		assert.ok(await document.save());
	};
	const last = () => client.request('command/last', null);
	const failed = (commandLine) => until(async () => (await last())?.commandLine === commandLine && last(), `the failure of ${commandLine}`);
	const passed = (commandLine) => until(async () => (await last())?.commandLine !== commandLine, `the end of the failure of ${commandLine}`);
	const model = async () => (await client.request('models/list', null)).find(({ id }) => id.includes('fixes-commands')).id;
	const ask = async (prompt) =>
		client.ask(
			{ interactionId: randomUUID(), prompt, history: [], attachments: [], signals: {}, model: await model() },
			() => undefined,
			new vscode.CancellationTokenSource().token,
		);
	const solutions = async () => (await client.request('knowledge/list', { collections: ['error-solutions'], limit: 9 })).items;

	it('in a terminal are known by their errors, and solved when they pass', async () => {
		fs.writeFileSync(file(), BROKEN);
		assert.equal(await run(COMMAND), 1);
		const failure = await failed(COMMAND);
		assert.deepEqual([failure.source, failure.exitCode, failure.errors[0].code], ['terminal', 1, 'TypeError']);
		assert.equal(failure.errors[0].message, "Cannot read properties of undefined (reading 'length')");
		assert.deepEqual(failure.files[0], { path: file(), line: 2 });
		await ask(`What is wrong here?\n\n${failure.excerpt}`);
		await change(BROKEN.replace('order.lines', 'order.items'));
		assert.equal(await run(COMMAND), 0);
		await passed(COMMAND);
		const [solution] = await until(async () => (await solutions()).length > 0 && solutions(), 'the solution');
		assert.match(solution.text, /Read `items`/);

		// Another instance of the same error, of another program.
		const command = `node -e "const bill = {}; bill.entries.map(String)"`;
		assert.equal(await run(command), 1);
		const [known] = (await failed(command)).solutions;
		assert.equal(known.id, solution.id);
		await ask(`Why?\n${(await last()).excerpt}`);
		assert.match(server.bodies.at(-1).messages.at(-1).content, /Similar Error Solutions[\s\S]*Read `items`/);
		assert.equal(await run(command.replace('{}', '{ entries: [] }')), 0);
	});

	it('are known to a coordinator that was started anew', async () => {
		assert.equal(await run('node missing.js'), 1);
		const before = await failed('node missing.js');
		const { processId } = client;
		process.kill(processId, 'SIGKILL');
		await until(() => client.processId !== undefined && client.processId !== processId && client.status?.isSearchable, 'the restart');
		assert.deepEqual(await failed('node missing.js'), before);
		await vscode.commands.executeCommand('hybrid.restartCoordinator');
		assert.deepEqual(await failed('node missing.js'), before);
	});

	it('as tasks are known by what their terminal shows and their problem matchers found', async () => {
		const execute = async (script, matchers) => {
			const task = new vscode.Task({ type: 'shell' }, folder(), 'compile', 'shop', new vscode.ShellExecution(script), matchers);
			const ended = new Promise((resolve) => {
				const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
					if (execution.task.name !== 'compile') return;
					subscription.dispose();
					resolve(exitCode);
				});
			});
			await vscode.tasks.executeTask(task);
			return ended;
		};
		assert.equal(await execute(`printf "src/a.ts(2,3): error TS2322: Type 'number' is not assignable to type 'string'.\\n"; exit 2`, ['$tsc']), 2);
		const failure = await failed('shop: compile');
		assert.deepEqual([failure.source, failure.exitCode], ['task', 2]);
		assert.deepEqual(
			failure.errors.map(({ tool, code, line }) => [tool, code, line]),
			[['tsc', 'TS2322', 2]],
		);
		await ask(`And this?\n${failure.excerpt}`);
		await change('// Nothing to see.\n');
		assert.equal(await execute('sleep 1', ['$tsc']), 0);
		await passed('shop: compile');
		await until(async () => (await solutions()).some(({ title }) => title.startsWith("TS2322: Type 'number'")), 'the solution');
	});

	it('are not heard of while they are not to be learned from', async () => {
		await set('learning.terminalErrors', false);
		await until(async () => (await last()) === null, 'the setting');
		assert.equal(await run('node missing.js'), 1);
		assert.equal(await last(), null);
		await set('learning.terminalErrors', true);
		await until(async () => {
			assert.equal(await run('node missingToo.js'), 1);
			return (await last())?.commandLine === 'node missingToo.js';
		}, 'the failure of a command after it');
	});
});
