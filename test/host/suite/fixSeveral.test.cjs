const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { startChatServer } = require('../support/chatServer.cjs');
const { until } = require('../support/until.cjs');

const EXTENSION = 'hybrid-coordinator.hybrid-coordinator';
const ITEM = 'export interface StockItem {\n\tname: string;\n\tprice: number;\n}\n';
const LINE = '\treturn item.price * item.amount;';
const CART = `import type { StockItem } from './stockItem';\n\nexport function stockValue(item: StockItem): number {\n${LINE}\n}\n`;
const edit = (search, replace) => `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;
const inCart = edit(LINE, LINE.replace('amount', 'quantity'));
const inItem = edit('\tprice: number;', '\tprice: number;\n\tquantity: number;');
const both = `The type lacks it.\n\`\`\`ts\n${inCart}stockItem.ts\n${inItem}\`\`\`\n`;

describe('a fix of several files', () => {
	const configuration = () => vscode.workspace.getConfiguration('hybrid');
	const folder = () => vscode.workspace.workspaceFolders[0].uri.fsPath;
	const cart = () => path.join(folder(), 'stockCart.ts');
	const item = () => path.join(folder(), 'stockItem.ts');
	const open = (file) => vscode.workspace.openTextDocument(vscode.Uri.file(file));
	const text = async (file) => (await open(file)).getText();
	const preview = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs).find(({ label }) => label.startsWith('stockCart.ts: apply these changes?'));
	const apply = () => vscode.commands.executeCommand('hybrid.applyEdit');
	const fixedCart = CART.replace('amount', 'quantity');
	const fixedItem = ITEM.replace('price: number;', 'price: number;\n\tquantity: number;');
	const is = async (inCartNow, inItemNow) => assert.deepEqual([await text(cart()), await text(item())], [inCartNow, inItemNow]);
	let client;
	let server;
	let answer;

	before(async () => {
		({ client } = await vscode.extensions.getExtension(EXTENSION).activate());
		await vscode.commands.executeCommand('hybrid.indexWorkspace');
		await until(() => client.status?.isSearchable, 'the index');
	});
	beforeEach(async () => {
		answer = both;
		server = await startChatServer({ reply: () => [answer] });
		await configuration().update('models.openaiUrls', [server.url], vscode.ConfigurationTarget.Global);
		await until(async () => (await client.request('models/list', { isFresh: true })).some(({ id }) => id.includes(new URL(server.url).host)), 'the model');
		fs.writeFileSync(item(), ITEM);
		fs.writeFileSync(cart(), CART);
		const found = async () => (await client.request('search', { query: 'StockItem', limit: 10 })).hits;
		await until(async () => (await found()).some(({ filePath }) => filePath === 'stockItem.ts'), 'the other file in the index');
		await vscode.window.showTextDocument(vscode.Uri.file(cart()), { preview: false });
		await until(() => vscode.languages.getDiagnostics(vscode.Uri.file(cart())).length === 1, 'the error');
	});
	afterEach(async () => {
		for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
			await vscode.window.showTextDocument(document);
			await vscode.commands.executeCommand('workbench.action.files.revert');
		}
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		for (const file of [cart(), item()]) fs.rmSync(file, { force: true });
		await server.close();
		await configuration().update('models.openaiUrls', undefined, vscode.ConfigurationTarget.Global);
	});
	const fix = async () => {
		const uri = vscode.Uri.file(cart());
		await vscode.commands.executeCommand('hybrid.fixDiagnostics', { uri, diagnostics: vscode.languages.getDiagnostics(uri) });
		return preview();
	};
	const change = async (file, from, to) => {
		const document = await open(file);
		const start = document.positionAt(document.getText().indexOf(from));
		const workspaceEdit = new vscode.WorkspaceEdit();
		workspaceEdit.replace(document.uri, new vscode.Range(start, start.translate(0, from.length)), to);
		await vscode.workspace.applyEdit(workspaceEdit);
	};

	it('is shown in one tab, applied to all, and taken back by one undo', async () => {
		assert.ok(await fix());
		await is(CART, ITEM);
		await apply();
		await is(fixedCart, fixedItem);
		assert.equal(preview(), undefined);
		assert.equal(vscode.window.activeTextEditor.document.uri.fsPath, cart());
		await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
		await vscode.commands.executeCommand('undo');
		await until(async () => (await text(cart())) === CART && (await text(item())) === ITEM, 'both files as they were');
	});

	it('changes nothing when it is discarded', async () => {
		assert.ok(await fix());
		await vscode.commands.executeCommand('hybrid.discardEdit');
		assert.equal(preview(), undefined);
		await is(CART, ITEM);
		await apply();
		await is(CART, ITEM);
	});

	it('is placed in the text that the editor has, saved or not, with any line ends', async () => {
		const document = await open(item());
		const editor = await vscode.window.showTextDocument(document, { preview: false });
		await editor.edit((builder) => {
			builder.setEndOfLine(vscode.EndOfLine.CRLF);
			builder.insert(new vscode.Position(0, 0), '// not saved\n');
		});
		assert.ok(await fix());
		await apply();
		await is(fixedCart, `// not saved\n${fixedItem}`.replaceAll('\n', '\r\n'));
	});

	it('is fitted anew and shown again when one of its files changed meanwhile: nothing is applied before', async () => {
		assert.ok(await fix());
		await change(item(), 'export interface', '/* moved */ export interface');
		const moved = (whole) => whole.replace('export interface', '/* moved */ export interface');
		await apply();
		assert.ok(preview(), 'it is shown again');
		await is(CART, moved(ITEM));
		await apply();
		await is(fixedCart, moved(fixedItem));
	});

	it('changes none of its files when its lines are gone from one', async () => {
		assert.ok(await fix());
		await change(item(), 'price: number', 'cost: number');
		await apply();
		await is(CART, ITEM.replace('price', 'cost'));
	});

	it('changes none of its files when one became read-only or went away, and is not shown for such', async () => {
		assert.ok(await fix());
		fs.chmodSync(item(), 0o444);
		await apply();
		await is(CART, ITEM);
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await vscode.window.showTextDocument(vscode.Uri.file(cart()), { preview: false });
		await until(() => vscode.languages.getDiagnostics(vscode.Uri.file(cart())).length === 1, 'the error');
		assert.equal(await fix(), undefined);
		fs.chmodSync(item(), 0o644);
		assert.ok(await fix());
		fs.rmSync(item());
		await apply();
		assert.equal(await text(cart()), CART);
		assert.ok(!fs.existsSync(item()));
	});

	it('is asked for anew where the answer before did not do, and is told what was wrong', async () => {
		answer = `\`\`\`ts\n../stockItem.ts\n${inItem}\`\`\`\n`;
		assert.equal(await fix(), undefined);
		assert.equal(server.bodies.length, 2);
		assert.match(JSON.stringify(server.bodies[1].messages), /\.\.\/stockItem\.ts is no file that may be edited/);
		answer = both;
		assert.ok(await fix());
		assert.equal(server.bodies.length, 3);
		await is(CART, ITEM);
	});

	it('is asked for with the definition of a type that its file does not even name', async () => {
		fs.writeFileSync(item(), `${ITEM}\nexport const inStock: StockItem[] = [];\n`);
		fs.writeFileSync(cart(), "import { inStock } from './stockItem';\n\nexport const first = inStock[0].amount;\n");
		await until(() => vscode.languages.getDiagnostics(vscode.Uri.file(cart()))[0]?.range.start.line === 2, 'the error');
		await fix();
		assert.match(server.bodies[0].messages.at(-1).content, /### stockCart\.ts:1-3[\s\S]*### stockItem\.ts:1-4[\s\S]*## Codebase Context/);
	});

	it('may be of the other file alone, which is shown as one', async () => {
		answer = `\`\`\`ts\nstockItem.ts\n${edit('\tprice: number;', '\tprice: number;\n\tamount: number;')}\`\`\`\n`;
		await fix();
		assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab.label, 'stockItem.ts: apply this change?');
		await apply();
		await is(CART, ITEM.replace('price: number;', 'price: number;\n\tamount: number;'));
		assert.equal(vscode.window.activeTextEditor.document.uri.fsPath, cart());
		await until(() => vscode.languages.getDiagnostics(vscode.Uri.file(cart())).length === 0, 'the error to be cleared');
	});
});
