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
	let server;
	let model;

	before(async () => {
		const { client } = await vscode.extensions.getExtension(EXTENSION).activate();
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

	it('is told when the model is not there any more', async () => {
		await server.close();
		await assert.rejects(
			async () => textOf(await model.sendRequest([Message.User('revenue by month')], {})),
			/(?:is not there any more\. Pick another model|cannot be reached)/,
		);
	});
});
