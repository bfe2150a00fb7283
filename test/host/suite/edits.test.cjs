const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { DatabaseSync } = require('node:sqlite');
const vscode = require('vscode');
const { startChatServer } = require('../support/chatServer.cjs');
const { until } = require('../support/until.cjs');

const EXTENSION = 'hybrid-coordinator.hybrid-coordinator';
const broken = 'export function half(amount: number): string {\n\treturn amount / 2;\n}\n\nexport const whole: number = "1";\n';
const answer = ['Convert it.\n```ts\n<<<<<<< SEARCH\n\treturn amount / 2;\n=======\n\treturn String(amount / 2);\n>>>>>>> REPLACE\n```\n'];

describe('quick fixes and their edits', () => {
	const configuration = () => vscode.workspace.getConfiguration('hybrid');
	const file = () => path.join(vscode.workspace.workspaceFolders[0].uri.fsPath, 'half.ts');
	const uri = () => vscode.Uri.file(file());
	const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
	const preview = () => tabs().find(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.scheme === 'hybrid-edit');
	const text = async () => (await vscode.workspace.openTextDocument(uri())).getText();
	const signals = () => {
		const database = new DatabaseSync(path.join(process.env.HYBRID_DATA_DIRECTORY, 'knowledge.db'), { readOnly: true });
		try {
			return database
				.prepare('SELECT kind, value, subject FROM signals ORDER BY time_ms')
				.all()
				.map(({ kind, value, subject }) => `${kind} ${value} ${subject}`);
		} finally {
			database.close();
		}
	};
	let client;
	let server;
	let diagnostics;

	before(async () => {
		({ client } = await vscode.extensions.getExtension(EXTENSION).activate());
		await vscode.commands.executeCommand('hybrid.indexWorkspace');
		await until(() => client.status?.isSearchable, 'the index');
	});
	beforeEach(async () => {
		server = await startChatServer({ reply: () => answer });
		await configuration().update('models.openaiUrls', [server.url], vscode.ConfigurationTarget.Global);
		await until(async () => (await client.request('models/list', { isFresh: true })).some(({ id }) => id.includes(new URL(server.url).host)), 'the model');
		fs.writeFileSync(file(), broken);
		await vscode.window.showTextDocument(uri(), { preview: false });
		diagnostics = await until(() => {
			const found = vscode.languages.getDiagnostics(uri());
			return found.length === 2 && found;
		}, 'the errors');
	});
	afterEach(async () => {
		const document = await vscode.workspace.openTextDocument(uri());
		if (document.isDirty) await vscode.window.showTextDocument(document).then(() => vscode.commands.executeCommand('workbench.action.files.revert'));
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		fs.rmSync(file(), { force: true });
		await server.close();
		await configuration().update('models.openaiUrls', undefined, vscode.ConfigurationTarget.Global);
	});
	const undo = async () => {
		await vscode.window.showTextDocument(uri(), { preview: false });
		await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
		await vscode.commands.executeCommand('undo');
	};
	const fix = async () => {
		await vscode.commands.executeCommand('hybrid.fixDiagnostics', { uri: uri(), diagnostics: diagnostics.slice(0, 1) });
		return preview();
	};

	// First: what later tests undo counts against it.
	it('that were learned are the same as often as they are asked for, fit other line ends, fail when they are undone, and leave a file alone that changed or is gone', async () => {
		const message = "Type 'number' is not assignable to type 'string'.";
		for (const name of ['price', 'share', 'total']) {
			const before = `export function text(${name}: number): string {\n\treturn ${name} / 3;\n}\n`;
			const diagnostic = { message, source: 'ts', code: '2322', offset: before.indexOf('return') };
			const after = before.replace(`${name} / 3`, `String(${name} / 3)`);
			await client.request('fix/record', { path: file(), languageId: 'typescript', text: before, diagnostic, after, isVerified: true, interactionIds: [] });
		}
		const document = await vscode.workspace.openTextDocument(uri());
		const editor = await vscode.window.showTextDocument(document);
		await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
		const learned = async () => {
			const [first] = vscode.languages.getDiagnostics(uri());
			if (!first) return [];
			const list = vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri(), first.range, vscode.CodeActionKind.QuickFix.value);
			const actions = await list.then(
				(found) => found,
				() => [],
			);
			return actions.filter(({ command }) => command?.command === 'hybrid.applyLearnedFix');
		};
		const [action] = await until(async () => {
			const found = await learned();
			return found.length > 0 && found;
		}, 'the learned fix');
		assert.match(action.title, /3 of 3/);
		for (let time = 0; time < 5; time++)
			assert.deepEqual(
				(await learned()).map(({ title }) => title),
				[action.title],
			);
		const run = () => vscode.commands.executeCommand(action.command.command, ...action.command.arguments);
		await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// meanwhile\n'));
		await run();
		assert.ok(!(await text()).includes('String('), 'the file changed');
		await vscode.commands.executeCommand('undo');
		await until(async () => !(await text()).includes('meanwhile'), 'the change to be undone');
		await run();
		assert.equal(await text(), broken.replace('amount / 2', 'String(amount / 2)').replaceAll('\n', '\r\n'));
		assert.equal(server.bodies.length, 0);
		await undo();
		await until(async () => !(await text()).includes('String('), 'the fix to be undone');
		const failures = async () => {
			const { items } = await client.request('knowledge/list', { collections: ['error-solutions'], limit: 9 });
			const details = await Promise.all(items.map(({ id }) => client.request('knowledge/detail', { id })));
			return details.flatMap(({ fields }) => fields.filter(({ name, value }) => name === 'failure_count' && value > 0));
		};
		await until(async () => (await failures()).length === 1, 'the undone fix to count as failed');
		await until(async () => vscode.languages.getDiagnostics(uri()).length === 2 && (await learned()).length === 0, 'the fix not to be offered any more');
		await vscode.commands.executeCommand('redo');
		await until(async () => (await text()).includes('String(') && (await failures()).length === 0, 'the failure to be taken back');
		await vscode.commands.executeCommand('workbench.action.files.revert');
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		fs.rmSync(file());
		await run();
		assert.ok(!fs.existsSync(file()));
		fs.writeFileSync(file(), broken);
	});

	it('are offered for one diagnostic and for all of the file, and ask no model before one is chosen', async () => {
		const list = () => vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri(), diagnostics[0].range, vscode.CodeActionKind.QuickFix.value);
		const titles = await until(async () => {
			const actions = await list().then(
				(found) => found,
				() => [],
			);
			return actions.some(({ title }) => title === 'Fix with Hybrid') && actions.map(({ title }) => title);
		}, 'the quick fixes');
		assert.ok(titles.includes('Explain with Hybrid'), titles.join());
		assert.ok(titles.includes('Fix all 2 problems in this file with Hybrid'), titles.join());
		assert.equal(server.bodies.length, 0);
	});

	it('change an unsaved file as it is in the editor, in one step that can be undone', async () => {
		const document = await vscode.workspace.openTextDocument(uri());
		const editor = await vscode.window.showTextDocument(document);
		await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// not saved\n'));
		assert.ok(await fix());
		await vscode.commands.executeCommand('hybrid.applyEdit');
		assert.equal(await text(), `// not saved\n${broken.replace('amount / 2', 'String(amount / 2)')}`);
		assert.ok(document.isDirty);
		assert.equal(preview(), undefined);
		await undo();
		await until(async () => (await text()) === `// not saved\n${broken}`, 'the change to be undone');
	});

	it('are fitted anew and shown again when the file changed meanwhile, and refused when their lines are gone', async () => {
		assert.ok(await fix());
		const change = async (from, to) => {
			const edit = new vscode.WorkspaceEdit();
			const document = await vscode.workspace.openTextDocument(uri());
			const start = document.positionAt(document.getText().indexOf(from));
			edit.replace(uri(), new vscode.Range(start, start.translate(0, from.length)), to);
			await vscode.workspace.applyEdit(edit);
		};
		await change('export function', '/* moved */ export function');
		await vscode.commands.executeCommand('hybrid.applyEdit');
		assert.ok(preview(), 'it is shown again');
		assert.ok(!(await text()).includes('String('));
		await vscode.commands.executeCommand('hybrid.applyEdit');
		assert.match(await text(), /^\/\* moved \*\/ export function[\s\S]*String\(amount \/ 2\)/);
		await undo();
		await until(async () => !(await text()).includes('String('), 'the change to be undone');
		assert.ok(await fix());
		await change('amount / 2', 'amount / 3');
		await vscode.commands.executeCommand('hybrid.applyEdit');
		assert.ok(!(await text()).includes('String('));
		await vscode.commands.executeCommand('hybrid.discardEdit');
		assert.equal(preview(), undefined);
	});

	it('are not shown for a file that is read-only', async () => {
		fs.chmodSync(file(), 0o444);
		assert.equal(await fix(), undefined);
		assert.equal(await text(), broken);
		fs.chmodSync(file(), 0o644);
	});

	it('are cancelled at the server', async () => {
		server.hold();
		const source = new vscode.CancellationTokenSource();
		const range = { path: file(), line: 2, severity: 'error', message: 'Something', source: 'ts', code: '1' };
		const query = { interactionId: '00000000-0000-4000-8000-000000000009', path: file(), text: broken, language: 'typescript', diagnostics: [range] };
		const proposed = client.request('fix/propose', query, source.token).then(
			({ reason }) => reason,
			({ code }) => code,
		);
		await until(() => server.bodies.length > 0, 'the request');
		source.cancel();
		await until(() => server.hangUps > 0, 'the hang-up');
		assert.match(String(await proposed), /cancelled|-32800/);
	});

	it('are judged by the diagnostic that is gone and by a test task that ends after them', async () => {
		assert.ok(await fix());
		await vscode.commands.executeCommand('hybrid.applyEdit');
		await until(() => signals().includes('edit-applied 1 half.ts'), 'the applied edit');
		await until(() => signals().includes('diagnostics 1 half.ts'), 'the cleared diagnostic');
		const [folder] = vscode.workspace.workspaceFolders;
		const task = (exitCode) => new vscode.Task({ type: 'process' }, folder, 'unit tests', 'made up', new vscode.ProcessExecution('sh', ['-c', `exit ${exitCode}`]));
		await vscode.tasks.executeTask(task(0));
		await until(() => signals().includes('task 1 made up: unit tests'), 'the passed task');
		await vscode.tasks.executeTask(task(3));
		await until(() => signals().includes('task -1 made up: unit tests'), 'the failed task');
	});
});
