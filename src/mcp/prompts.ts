import { ErrorCode, type GetPromptResult, McpError } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { fence } from '#core/domain/fence';
import type { Served } from './tool.ts';
import { agentQuestion } from './tools/askTools.ts';
import { explainToModel } from './words.ts';

const LONGEST = 8_000;

/** Prompts that a user picks in the agent: both bring the context along. */
export function addPrompts(served: Served): void {
	const { server, workspace } = served;

	const augmented = async (prompt: string, file: string | undefined, signal: AbortSignal): Promise<string> => {
		const coordinator = await workspace.upToDate({ signal });
		const question = await agentQuestion(served, prompt, file ? [file] : []);
		return (await coordinator.augment(question, signal)).augmented_prompt;
	};

	server.registerPrompt(
		'fix_with_what_we_know',
		{
			title: 'Fix with what we know',
			description: 'An error with what solved it before and the code that it is about.',
			argsSchema: {
				error: z.string().min(1).max(LONGEST).describe('The error message.'),
				file: z.string().max(1_000).optional().describe('The file in which it appears.'),
			},
		},
		({ error, file }, { signal }) =>
			told(async () => {
				const coordinator = await workspace.coordinator();
				const known = await coordinator.findKnowledge({ text: error, collections: ['error-solutions'], limit: 3 }, signal);
				const solutions = known.map(({ title, text }) => `${title}\n${fence(text)}`);
				return [
					await augmented(`Fix this error: ${error}`, file, signal),
					solutions.length > 0 ? `Solutions of such errors that worked before:\n\n${solutions.join('\n\n')}` : 'No solution of such an error is known here yet.',
					'When it is fixed, call track_interaction with the question and the fix, then update_outcome.',
				].join('\n\n');
			}),
	);

	server.registerPrompt(
		'explain_with_context',
		{
			title: 'Explain with context',
			description: 'A question about the workspace with the code that answers it.',
			argsSchema: {
				question: z.string().min(1).max(LONGEST).describe('What is to be explained.'),
				file: z.string().max(1_000).optional().describe('A file that it is about.'),
			},
		},
		({ question, file }, { signal }) => told(() => augmented(`Explain, and name the files and lines: ${question}`, file, signal)),
	);
}

async function told(work: () => Promise<string>): Promise<GetPromptResult> {
	try {
		return { messages: [{ role: 'user', content: { type: 'text', text: await work() } }] };
	} catch (error) {
		throw new McpError(ErrorCode.InvalidParams, explainToModel(error));
	}
}
