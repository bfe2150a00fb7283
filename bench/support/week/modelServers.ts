import type { ServerResponse } from 'node:http';
import { loadTokenCounter } from '#core/domain/tokenCount';
import { type Answer, json, type ModelServer, outsideAddress, startModelServer } from '../../../test/support/modelServer.ts';
import type { BrokenCode } from './brokenCode.ts';
import { chance } from './chance.ts';
import type { Question } from './questions.ts';

/** What the person wants at the moment, so that a model can be right or wrong about it. */
export type Wish = { readonly key: string } & ({ readonly question: Question } | { readonly code: BrokenCode });

/** How often a model is right where the right code is in its prompt; without it, it never is. */
const SKILL = {
	local: { definition: 0.92, change: 0.6, fix: 0.6 },
	remote: { definition: 0.97, change: 0.93, fix: 0.95 },
} as const;
/** Share of the extracted patterns that are no pattern. */
const NONSENSE = 0.1;
const CODE_LINES = 8;

export interface ModelServers extends AsyncDisposable {
	readonly settings: Readonly<Record<string, unknown>>;
	wish: Wish | null;
	/** Prompts that held learned items, by heading. */
	readonly sections: Map<string, number>;
	readonly extractions: { asked: number };
	/** Restarts what follows from the seed. */
	reset(): void;
}

interface Body {
	readonly model: string;
	readonly messages: readonly { readonly role: string; readonly content: string }[];
	readonly response_format?: object;
}

/** A model of this machine and one of another, as two real servers. What they say follows from the prompt, the truth and the seed. */
export async function startModelServers(seed: number): Promise<ModelServers> {
	if (outsideAddress === undefined) throw new Error('This machine has no address but the loopback, so no server can count as another machine’s.');
	const countTokens = await loadTokenCounter();
	const attempts = new Map<string, number>();
	const state = { wish: null as Wish | null, sections: new Map<string, number>(), extractions: { asked: 0 } };

	function reply(tier: 'local' | 'remote', { messages, response_format }: Body): string {
		const prompt = messages.map(({ content }) => content).join('\n\n');
		if (response_format) {
			state.extractions.asked++;
			return patternFrom(prompt, seed);
		}
		for (const [heading] of prompt.matchAll(/^## (?:Related Skills|Similar Error|Best Practices).*$/gm))
			state.sections.set(heading, (state.sections.get(heading) ?? 0) + 1);
		const { wish } = state;
		if (!wish) return 'I do not know what this is about.';
		const attempt = attempts.get(`${tier} ${wish.key}`) ?? 0;
		attempts.set(`${tier} ${wish.key}`, attempt + 1);
		const luck = chance(seed, tier, wish.key, attempt);
		return 'code' in wish ? fixFrom(wish.code, luck < SKILL[tier].fix) : answerFrom(prompt, wish.question, luck < SKILL[tier][wish.question.kind]);
	}

	const serve =
		(tier: 'local' | 'remote', model: string): Answer =>
		(response, request, body) => {
			if (request.url === '/v1/models') return json(200, { object: 'list', data: [{ id: model, object: 'model' }] })(response, request, body);
			if (request.url !== '/v1/chat/completions') return json(404, {})(response, request, body);
			const asked = JSON.parse(body) as Body;
			const text = reply(tier, asked);
			const prompt_tokens = countTokens(asked.messages.map(({ content }) => content).join('\n'));
			stream(response, text, { prompt_tokens, completion_tokens: countTokens(text) });
		};
	const local = await startModelServer(serve('local', 'qwen2.5-coder-7b'));
	const remote = await startModelServer(serve('remote', 'gpt-4.1'), outsideAddress);
	return Object.assign(state, {
		settings: {
			openaiUrls: [`${local.origin}/v1`, `${remote.origin}/v1`],
			prices: { 'gpt-4.1': { inputUsdPerMillion: 2, outputUsdPerMillion: 8, asOf: '2026-03-21' } },
		},
		reset: () => {
			attempts.clear();
			state.sections.clear();
			state.extractions.asked = 0;
		},
		[Symbol.asyncDispose]: async () => {
			await (local as ModelServer)[Symbol.asyncDispose]();
			await (remote as ModelServer)[Symbol.asyncDispose]();
		},
	});
}

function stream(response: ServerResponse, text: string, usage: object): void {
	const chunk = (value: object) => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', ...value })}\n\n`;
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	response.write(chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: text }, finish_reason: null }] }));
	response.write(chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
	response.end(`${chunk({ choices: [], usage })}data: [DONE]\n\n`);
}

/** Names the file that is right, where it is in the prompt and the model is able; else the first that is not. */
function answerFrom(prompt: string, { truth }: Question, isAble: boolean): string {
	const pieces = [...prompt.matchAll(/^### (\S+?):(\d+)-\d+[^\n]*\n(`{3,})\w*\n([\s\S]*?)\n\3$/gm)].map(([, file = '', line = '', , code = '']) => ({
		file,
		line,
		code,
	}));
	const right = pieces.find(({ file }) => truth.includes(file));
	const wrong = pieces.find(({ file }) => !truth.includes(file));
	const named = isAble ? (right ?? wrong) : (wrong ?? right);
	if (!named) return 'I cannot tell this from what I see.';
	const code = named.code.split('\n').slice(0, CODE_LINES).join('\n');
	return `1. This is done in \`${named.file}\`, from line ${named.line} on.\n2. The code in question:\n\n\`\`\`\n${code}\n\`\`\`\n\n3. Change it there, and run the tests beside it.`;
}

/** The lines that were broken, put right; or taken out, by a model that is not able. */
function fixFrom({ right, broken, problem }: BrokenCode, isAble: boolean): string {
	const [rightLines, brokenLines] = [right.split('\n'), broken.split('\n')];
	const at = brokenLines.findIndex((line, index) => line !== rightLines[index]);
	const first = Math.max(0, Math.min(at, problem.line - 1) - 3);
	const lines = (all: readonly string[]) => all.slice(first, at + 4);
	const wrong = lines(brokenLines).filter((_, index) => first + index !== at);
	return `This line is wrong.\n\n\`\`\`\n<<<<<<< SEARCH\n${lines(brokenLines).join('\n')}\n=======\n${(isAble ? lines(rightLines) : wrong).join('\n')}\n>>>>>>> REPLACE\n\`\`\``;
}

/** What an able model might make of an interaction: where questions of this kind are answered. */
function patternFrom(prompt: string, seed: number): string {
	const query = /Query:\n<<<\n([\s\S]*?)\n>>>/.exec(prompt)?.[1] ?? '';
	if (chance(seed, 'nonsense', query) < NONSENSE) return '{"problem_type": "", "solution_approach": "", "skills_used": [], "generalizable_pattern": ""}';
	const file = /is done in `([^`]+)`/.exec(prompt)?.[1];
	const folder = file?.split('/').slice(0, -1).join('/') ?? 'the file of the error';
	const work = /^Fix what/.test(query) ? 'Fixing what a tool reports' : /change/i.test(query) ? 'Finding where to begin a change' : 'Finding the code behind a behaviour';
	return JSON.stringify({
		problem_type: `${work} in ${folder}`,
		solution_approach: `Read the files of ${folder}, beginning with the one whose name fits the question, and change the code where it is defined.`,
		skills_used: ['reading code', folder],
		generalizable_pattern: `Questions of this kind are answered by one file of ${folder}; its neighbours show the conventions to keep to.`,
	});
}
