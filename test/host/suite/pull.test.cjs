const assert = require('node:assert/strict');
const http = require('node:http');
const vscode = require('vscode');
const { until } = require('../support/until.cjs');

/** A server that speaks as much of Ollama's interface as pulling a model needs. */
describe('a model that an Ollama server fetches', () => {
	const set = (value) => vscode.workspace.getConfiguration('hybrid').update('models.ollamaUrl', value, vscode.ConfigurationTarget.Global);
	let server;
	let url;

	before(async () => {
		server = http.createServer((request, response) => {
			if (request.url !== '/api/pull') return response.end(JSON.stringify({ models: [] }));
			const lines = [{ status: 'pulling manifest' }, { status: 'pulling', digest: 'sha256:1', total: 100, completed: 40 }, { status: 'success' }];
			response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
		});
		await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
		url = `http://127.0.0.1:${server.address().port}`;
		await set(url);
	});
	after(async () => {
		await set(undefined);
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});

	it('tells how far it is', async () => {
		const { client } = await vscode.extensions.getExtension('hybrid-coordinator.hybrid-coordinator').activate();
		await until(async () => (await client.request('models/endpoints', null)).some(({ key }) => key === url), 'the server');
		const seen = [];
		await client.pullModel({ url, model: 'tiny' }, (progress) => seen.push(progress), new vscode.CancellationTokenSource().token);
		assert.ok(
			seen.some(({ completedBytes, totalBytes }) => completedBytes === 40 && totalBytes === 100),
			JSON.stringify(seen),
		);
	});
});
