const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const vscode = require('vscode');
const { startChatServer } = require('../support/chatServer.cjs');
const { until } = require('../support/until.cjs');

const EXTENSION = 'hybrid-coordinator.hybrid-coordinator';

/** What the user sees and does of the learned items, through the messages and commands that the view uses. */
describe('what was learned', () => {
	const set = (key, value) => vscode.workspace.getConfiguration('hybrid').update(key, value, vscode.ConfigurationTarget.Global);
	let client;
	let server;

	before(async () => {
		({ client } = await vscode.extensions.getExtension(EXTENSION).activate());
		await vscode.commands.executeCommand('hybrid.indexWorkspace');
		await until(() => client.status?.isSearchable, 'the index');
		server = await startChatServer({ name: 'learned-from' });
		await set('models.openaiUrls', [server.url]);
		await until(async () => (await client.request('models/list', { isFresh: true })).some(({ id }) => id.includes('learned-from')), 'the model');
	});
	after(async () => {
		// Nor does a pattern wait for the models of the suites that follow.
		await client.request('knowledge/forget', { everything: true });
		await server.close();
		await set('models.openaiUrls', undefined);
		await set('learning.enabled', undefined);
	});

	const ask = (prompt) =>
		client.ask({ interactionId: randomUUID(), prompt, history: [], attachments: [], signals: {} }, () => undefined, new vscode.CancellationTokenSource().token);
	const find = async (text) => (await client.request('knowledge/list', { text, limit: 10 })).items;

	it('holds an answer, which is shown, pinned, and deleted for good', async () => {
		await ask('which reminder level zebra is sent first?');
		const [item] = await until(async () => {
			const found = await find('zebra');
			return found.length > 0 && found;
		}, 'the memory of the answer');
		await vscode.commands.executeCommand('hybrid.showLearned', { item });
		const shown = () => vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'hybrid-coordinator' && uri.path.includes('zebra'));
		const document = await until(shown, 'the document');
		assert.match(document.getText(), /zebra[\s\S]*One\. Two\. Three\.[\s\S]*learned\\?-from/);
		await vscode.commands.executeCommand('hybrid.pinLearned', { item });
		assert.equal((await find('zebra'))[0].isPinned, true);
		await client.request('knowledge/delete', { ids: [item.id] });
		assert.deepEqual(await find('zebra'), []);
	});

	it('does not grow while learning is paused', async () => {
		await vscode.commands.executeCommand('hybrid.toggleLearning');
		await until(() => vscode.workspace.getConfiguration('hybrid').get('learning.enabled') === false, 'the pause');
		await ask('which okapi pays?');
		await vscode.commands.executeCommand('hybrid.toggleLearning');
		await ask('which quagga pays?');
		await until(async () => (await find('quagga')).length > 0, 'the memory of the answer after it');
		assert.deepEqual(await find('okapi'), []);
	});

	it('of the router is told and reset', async () => {
		const summary = await ask('which tapir pays?');
		assert.equal((await client.request('router/explain', { interactionId: summary.interactionId })).modelId, summary.model.id);
		await until(async () => (await find('tapir')).length > 0, 'the memory of the answer');
		await client.request('outcome/report', {
			signals: [{ id: randomUUID(), interactionId: summary.interactionId, kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs: Date.now() }],
		});
		const overview = await until(async () => {
			const told = await client.request('router/overview', null);
			// What became of answers in other suites may be heard meanwhile.
			return told.records.some(({ modelId }) => modelId === summary.model.id) && told;
		}, 'the outcome');
		assert.ok(JSON.parse(await client.request('router/export', null)).experiences.length >= overview.outcomes);
		await client.request('router/reset', null);
		assert.equal((await client.request('router/overview', null)).outcomes, 0);
	});
});
