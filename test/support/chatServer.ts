import { type ModelServer, startModelServer } from './modelServer.ts';

/** What was sent for an answer. */
export interface ChatBody {
	readonly model: string;
	readonly messages: readonly { readonly role: string; readonly content: string }[];
	readonly max_tokens?: number;
}

/** A real OpenAI-compatible server with one model; `chats` are the questions it got. */
export interface ChatServer extends AsyncDisposable {
	readonly url: string;
	/** The model's id in a catalogue. */
	readonly id: string;
	readonly chats: ChatBody[];
	readonly requests: ModelServer['requests'];
}

/** Starts one on a free port. `reply` makes the answer, at once or in time, or null, and it hangs up; tokens are counted as `usage` says. */
export async function startChatServer(options: {
	readonly name: string;
	readonly address?: string;
	readonly reply?: (body: ChatBody) => string | null | Promise<string>;
	readonly usage?: (body: ChatBody) => { readonly prompt_tokens: number; readonly completion_tokens: number };
}): Promise<ChatServer> {
	const { name, address, reply = () => 'Fine.', usage = () => ({ prompt_tokens: 1_000, completion_tokens: 50 }) } = options;
	const chats: ChatBody[] = [];
	const server = await startModelServer(async (response, request, text) => {
		if (request.url === '/v1/models') return void response.end(JSON.stringify({ object: 'list', data: [{ id: name, object: 'model' }] }));
		const body = JSON.parse(text) as ChatBody;
		chats.push(body);
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.flushHeaders();
		const send = (value: object) => response.write(`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: name, ...value })}\n\n`);
		const content = await reply(body);
		if (content === null) return void response.destroy();
		send({ choices: [{ index: 0, delta: { content } }] });
		send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: usage(body) });
		response.end('data: [DONE]\n\n');
	}, address);
	return {
		url: `${server.origin}/v1`,
		id: `openai:${new URL(server.origin).host}/${name}`,
		chats,
		requests: server.requests,
		[Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
	};
}
