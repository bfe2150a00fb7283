const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const vscode = require('vscode');
const { outsideAddress, startChatServer } = require('../support/chatServer.cjs');
const { until } = require('../support/until.cjs');

const EXTENSION = 'hybrid-coordinator.hybrid-coordinator';
const VENDOR = 'hybrid-coordinator';
const PRICE = { inputUsdPerMillion: 3, outputUsdPerMillion: 15, asOf: '2026-11-01' };
const EASY = 'where is value added tax rounded?';
const HARD = 'Design and refactor the architecture of the billing module: compare alternatives, consider concurrency, and explain the trade-offs step by step.';

/** Two real servers: one on loopback, one on another address of this machine, which to the coordinator is another machine. */
describe('questions that the router sends somewhere', function () {
	const { LanguageModelChatMessage: Message, ConfigurationTarget } = vscode;
	const set = (key, value) => vscode.workspace.getConfiguration('hybrid').update(key, value, ConfigurationTarget.Global);
	let client;
	let local;
	let remote;

	before(async () => {
		if (!outsideAddress()) this.ctx.skip();
		({ client } = await vscode.extensions.getExtension(EXTENSION).activate());
		await vscode.commands.executeCommand('hybrid.indexWorkspace');
		await until(() => client.status?.isSearchable, 'the index');
	});
	beforeEach(async () => {
		local = await startChatServer({ name: 'qwen2.5-coder-7b-instruct', words: ['Local ', 'answer.'] });
		remote = await startChatServer({ name: 'gpt-4.1', host: outsideAddress(), words: ['Remote ', 'answer.'] });
		await set('models.prices', { 'gpt-4.1': PRICE });
		await set('routing.explorationShare', 0);
		await set('models.openaiUrls', [local.url, remote.url]);
		await until(async () => (await client.request('models/list', { isFresh: true })).length === 2, 'both models');
	});
	afterEach(async () => {
		await Promise.all([local.close().catch(() => undefined), remote.close()]);
		for (const key of ['models.openaiUrls', 'models.prices', 'routing.explorationShare', 'routing.policy', 'routing.hybridTokenThreshold', 'budget.dailyUsd'])
			await set(key, undefined);
	});

	const ask = (prompt, more = {}) =>
		client.ask({ interactionId: randomUUID(), prompt, history: [], attachments: [], signals: {}, ...more }, () => undefined, new vscode.CancellationTokenSource().token);
	const codes = ({ route }) => route.reasons.map(({ code }) => code);

	it('has an easy one answered on this machine, with what that saved and why', async () => {
		const summary = await ask(EASY);
		assert.equal(summary.text, 'Local answer.');
		assert.equal(summary.route.target, 'local');
		assert.deepEqual(codes(summary), ['best-utility']);
		assert.equal(remote.bodies.length, 0);
		assert.equal(summary.money.costUsd, 0);
		assert.equal(summary.money.elsewhere.priceAsOf, PRICE.asOf);
		assert.ok(Math.abs(summary.money.elsewhere.usd - (1000 * 3 + 50 * 15) / 1e6) < 1e-9);
		const spending = await client.request('ledger/summary', { withDetails: true });
		assert.ok(spending.today.answeredLocally >= 1 && spending.today.savedUsd > 0);
		assert.ok(spending.details.models.some(({ modelLabel }) => modelLabel.includes('qwen2.5-coder')));
		await vscode.commands.executeCommand('hybrid.showCosts');
		const costs = await until(() => vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'hybrid-coordinator' && /cost/i.test(uri.path)), 'the document');
		assert.match(costs.getText(), /# Costs and Savings[\s\S]*qwen2\.5\\?-coder/);
	});

	it('has a hard one answered by the remote model, and a heavy one after a model here shortened its code', async () => {
		await set('routing.policy', 'tree');
		await until(async () => (await ask(HARD)).text === 'Remote answer.', 'the remote answer');
		await set('routing.hybridTokenThreshold', 500);
		const summary = await until(async () => {
			const answer = await ask(`${HARD} Where are reminders sent, and where is revenue summed by month? ${Math.random()}`);
			return answer.route.target === 'hybrid' && answer;
		}, 'a hybrid route');
		assert.equal(summary.text, 'Remote answer.');
		assert.ok(codes(summary).includes('heavy-context'));
		assert.ok(summary.notices.some(({ code }) => code === 'compressed' || code === 'not-compressed'));
	});

	it('falls back and says so when the server of the chosen model is gone', async () => {
		await ask(EASY);
		await local.close();
		const summary = await ask('where are unpaid invoices reminded?');
		assert.equal(summary.text, 'Remote answer.');
		const failed = summary.notices.find(({ code }) => code === 'model-failed');
		const excluded = summary.route.alternatives.find(({ isRemote }) => !isRemote)?.excludedBy;
		assert.ok(failed || excluded?.code === 'unhealthy', JSON.stringify(summary.notices));
	});

	it('stays on this machine once nothing may be spent any more', async () => {
		await set('budget.dailyUsd', 0);
		await set('routing.policy', 'tree');
		const summary = await until(async () => {
			const answer = await ask(`${HARD} ${Math.random()}`);
			return answer.route.policy === 'rule' && answer;
		}, 'the limit');
		assert.equal(summary.text, 'Local answer.');
		assert.ok(codes(summary).includes('budget-local'));
		assert.ok(summary.notices.some(({ code }) => code === 'budget-reached'));
	});

	it('answers in another chat that picked Hybrid (auto), with the answer alone', async () => {
		const [model] = await vscode.lm.selectChatModels({ vendor: VENDOR, id: 'auto' });
		assert.equal(model.name, 'Hybrid (auto)');
		let text = '';
		for await (const part of (await model.sendRequest([Message.User(`${EASY} Say it briefly.`)], {})).text) text += part;
		assert.equal(text, 'Local answer.');
		assert.match(local.bodies[0].messages.at(-1).content, /^Query: where is value added tax rounded\?/);
	});

	it('tells another chat that picked Hybrid (auto) when there is no model', async () => {
		await set('models.openaiUrls', []);
		await until(async () => (await client.request('models/list', null)).length === 0, 'no models');
		const [model] = await vscode.lm.selectChatModels({ vendor: VENDOR, id: 'auto' });
		await assert.rejects(async () => {
			for await (const part of (await model.sendRequest([Message.User(EASY)], {})).text) assert.fail(part);
		}, /No model is there that may answer/);
	});
});
