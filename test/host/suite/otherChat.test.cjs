const assert = require('node:assert/strict');
const vscode = require('vscode');
const { startChatServer } = require('../support/chatServer.cjs');
const { until } = require('../support/until.cjs');

const EXTENSION = 'hybrid-coordinator.hybrid-coordinator';
const VENDOR = 'hybrid-coordinator';

/** What an extension with a chat of its own sees of our models. */
describe('another chat that asks one of our models', () => {
	const { LanguageModelChatMessage: Message } = vscode;
	const configuration = () => vscode.workspace.getConfiguration('hybrid');
	let client;
	let server;
	let model;

	before(async () => {
		({ client } = await vscode.extensions.getExtension(EXTENSION).activate());
		await vscode.commands.executeCommand('hybrid.indexWorkspace');
		await until(() => client.status?.isSearchable, 'the index');
	});
	beforeEach(async () => {
		server = await startChatServer();
		await configuration().update('models.openaiUrls', [server.url], vscode.ConfigurationTarget.Global);
		const own = async () => (await vscode.lm.selectChatModels({ vendor: VENDOR })).find(({ id }) => id.includes(new URL(server.url).host));
		model = await until(own, 'the model');
	});
	afterEach(async () => {
		await server.close();
		await configuration().update('models.openaiUrls', undefined, vscode.ConfigurationTarget.Global);
	});

	const textOf = async (response) => {
		let text = '';
		for await (const part of response.text) text += part;
		return text;
	};

	it('has its whole conversation sent, with the code that fits the last question', async () => {
		const turns = Array.from({ length: 9 }, (_, index) => (index % 2 ? Message.Assistant(`answer ${index}`) : Message.User(`question ${index}`)));
		const response = await model.sendRequest([...turns, Message.Assistant('go on'), Message.User('where is revenue summed by month?')], {});
		assert.equal(await textOf(response), 'One. Two. Three.');
		const { messages } = server.bodies[0];
		assert.deepEqual(
			messages.slice(1, -1).map(({ role, content }) => `${role}: ${content}`),
			[...turns.map((_, index) => (index % 2 ? `assistant: answer ${index}` : `user: question ${index}`)), 'assistant: go on'],
		);
		assert.match(messages.at(-1).content, /^Query: where is revenue summed by month\?[\s\S]*func RevenueByMonth/);
	});

	it('is cancelled at the server when it cancels', async () => {
		server.hold();
		const source = new vscode.CancellationTokenSource();
		const response = await model.sendRequest([Message.User('revenue by month')], {}, source.token);
		const ended = textOf(response).then(
			() => 'ended',
			() => 'ended',
		);
		await until(() => server.bodies.length > 0, 'the request');
		source.cancel();
		await until(() => server.hangUps > 0, 'the hang-up');
		assert.equal(await ended, 'ended');
	});

	it('has the files heard of that are edited after what the user asked in it, as the doing of its agent where it gave one tools', async () => {
		const { LanguageModelToolCallPart: ToolCall, LanguageModelToolResultPart: ToolResult, LanguageModelTextPart: Text } = vscode;
		const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, 'reports', 'revenue.go');
		const before = (await vscode.workspace.fs.readFile(uri)).toString();
		const write = async (text) => {
			const document = await vscode.workspace.openTextDocument(uri);
			const edit = new vscode.WorkspaceEdit();
			edit.replace(uri, new vscode.Range(0, 0, document.lineCount, 0), text);
			await vscode.workspace.applyEdit(edit);
			assert.ok(await document.save());
		};
		const heard = async (query) => {
			const { items } = await client.request('knowledge/list', { collections: ['interaction-history'], text: query, limit: 5 });
			const details = await Promise.all(items.map(({ id }) => client.request('knowledge/detail', { id })));
			return details.flatMap(({ signals }) => signals.filter(({ kind }) => kind === 'edited-after').map(({ source }) => source));
		};
		try {
			await textOf(await model.sendRequest([Message.User('where is the revenue summed up by month?')], {}));
			await write(`${before}// One.\n`);
			await until(async () => (await heard('summed up by month')).includes('editor'), 'the file that was edited after the question');

			const tools = [{ name: 'edit', description: 'Edits a file.', inputSchema: { type: 'object' } }];
			const question = Message.User('now let the agent round the revenue by month');
			await textOf(await model.sendRequest([question], { tools }));
			const call = Message.Assistant([new ToolCall('1', 'edit', {})]);
			const result = Message.User([new ToolResult('1', [new Text('revenue by month was changed, said a tool')])]);
			await textOf(await model.sendRequest([question, call, result], { tools }));
			await write(`${before}// Two.\n`);
			await until(async () => (await heard('let the agent round')).includes('agent:vscode'), 'the file that the agent edited');
			assert.deepEqual(await heard('said a tool'), []);
			const statuses = async (text) =>
				(await client.request('knowledge/list', { collections: ['interaction-history'], text, limit: 5 })).items.map(({ status }) => status);
			// What an agent asks between turns of the user is kept as an agent's.
			assert.deepEqual([await statuses('let the agent round'), await statuses('said a tool')], [['active'], ['proposed']]);
		} finally {
			await write(before);
		}
	});

	it('is told when the model is not there any more', async () => {
		await server.close();
		await assert.rejects(
			async () => textOf(await model.sendRequest([Message.User('revenue by month')], {})),
			/(?:is not there any more\. Pick another model|cannot be reached)/,
		);
	});
});
