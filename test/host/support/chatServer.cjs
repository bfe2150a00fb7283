const http = require('node:http');
const { networkInterfaces } = require('node:os');

const WORDS = ['One. ', 'Two. ', 'Three.'];

/** An address of this machine that is no loopback one: a server there is one on another machine to the coordinator. Undefined where the machine has none. */
exports.outsideAddress = () =>
	Object.values(networkInterfaces())
		.flat()
		.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** A real OpenAI-compatible server with one model, on loopback unless `host` says otherwise. `pauseMs`: time before each word; `reply`: the words for a request’s body; `promptTokens`: what it says that a prompt has; `key`: what it wants as a key, which may change. */
exports.startChatServer = async ({
	name = 'tiny-coder',
	pauseMs = 0,
	port = 0,
	host = '127.0.0.1',
	words = WORDS,
	reply = () => words,
	promptTokens = 1000,
	key = null,
} = {}) => {
	const state = { bodies: [], hangUps: 0, key };
	let isHeld = false;
	const server = http.createServer(async (request, response) => {
		if (state.key !== null && request.headers.authorization !== `Bearer ${state.key}`) {
			return response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: 'Incorrect API key provided' } }));
		}
		if (request.url === '/v1/models') return response.end(JSON.stringify({ object: 'list', data: [{ id: name, object: 'model' }] }));
		let body = '';
		for await (const part of request) body += part;
		state.bodies.push(JSON.parse(body));
		response.on('close', () => {
			if (!response.writableFinished) state.hangUps++;
		});
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.flushHeaders();
		if (isHeld) return;
		const send = (value) => response.write(`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: name, ...value })}\n\n`);
		for (const content of await reply(state.bodies.at(-1))) {
			if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
			send({ choices: [{ index: 0, delta: { content } }] });
		}
		send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: promptTokens, completion_tokens: 50, total_tokens: promptTokens + 50 } });
		response.end('data: [DONE]\n\n');
	});
	await new Promise((resolve) => server.listen(port, host, resolve));
	return Object.assign(state, {
		url: `http://${host}:${server.address().port}/v1`,
		/** From now on requests get no word. */
		hold: () => {
			isHeld = true;
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	});
};
