import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Hit } from '#protocol/messages';
import { editorSignals } from '../chat/chatRequest.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import { LANGUAGE_TOOLS } from '../ids.ts';
import { explainFailure } from '../messages.ts';
import { EDITOR_AGENT } from './editorAgent.ts';
import { fitBudget } from './toolText.ts';

const VALUES = { success: 1, partial: 0, failure: -1 } as const;
const PIECES = 12;
const LONGEST_SHOWN = 120;

interface SearchInput {
	readonly query: string;
}
interface ErrorInput {
	readonly error: string;
}
interface OutcomeInput {
	readonly question: string;
	readonly answer: string;
	readonly outcome: keyof typeof VALUES;
	readonly context_ids?: readonly string[];
}

/** The tools of the editor's agent mode, where the editor has one. */
export function registerLanguageTools(client: CoordinatorClient): vscode.Disposable {
	const { t } = vscode.l10n;
	if (typeof vscode.lm?.registerTool !== 'function') return vscode.Disposable.from();

	const search = tool<SearchInput>({
		running: ({ query }) => t('Searching the workspace for “{0}”', shown(query)),
		title: () => t('Search the workspace'),
		question: ({ query }) => t('Let the agent see the code that fits “{0}”? It goes to the model that the agent uses.', shown(query)),
		run: async ({ query }, token) => {
			if (!client.status?.isSearchable)
				return ['The workspace is not indexed yet. Ask the user to run the command "Hybrid: Index Workspace", and use other tools meanwhile.'];
			const { hits, withheld = 0 } = await client.request('search', { query, limit: PIECES, signals: editorSignals(), leavesMachine: true }, token);
			if (hits.length === 0) return ['Nothing in the workspace fits. Try words that the code itself would use, a symbol, or a file name.'];
			const kept = withheld > 0 ? [`${withheld} results were left out: the user keeps them on this machine.`] : [];
			return [...hits.map(describe), ...kept];
		},
	});
	const findSolution = tool<ErrorInput>({
		running: () => t('Looking up how this error was solved before'),
		title: () => t('Look up an error'),
		question: ({ error }) => t('Let the agent see how errors like “{0}” were solved before? It goes to the model that the agent uses.', shown(error)),
		run: async ({ error }, token) => {
			const found = await client.request('knowledge/find', { text: error, collections: ['error-solutions'], limit: 5 }, token);
			if (found.length === 0) return ['No solution of such an error is known here. Once it is solved, report it with record_outcome.'];
			return found.map(({ title, text, relevance }) => `${title} (${Math.round(relevance * 100)}%)\n${text}`);
		},
	});
	const record = tool<OutcomeInput>({
		running: () => t('Noting how this went'),
		title: () => t('Remember how this went'),
		question: ({ question, outcome }) =>
			outcome === 'failure'
				? t('Remember that “{0}” did not work out? It counts as the agent’s word.', shown(question))
				: t('Remember that “{0}” worked out? It counts as the agent’s word.', shown(question)),
		run: async ({ question, answer, outcome, context_ids: contextIds = [] }) => {
			const id = randomUUID();
			const tracked = {
				id,
				query: question,
				response: answer,
				modelId: 'unknown',
				isRemote: true,
				contextIds,
				tokensUsed: 0,
				latencyMs: 0,
				follows: null,
				agent: EDITOR_AGENT,
			};
			if (!(await client.request('interaction/track', tracked))) return ['The user has switched learning off, so nothing was kept. Go on without it.'];
			const signal = {
				id: randomUUID(),
				interactionId: id,
				kind: 'agent-report',
				value: VALUES[outcome],
				subject: null,
				source: EDITOR_AGENT,
				timeMs: Date.now(),
			} as const;
			await client.request('outcome/report', { signals: [signal] });
			return [`Noted as ${id}.`];
		},
	});
	return vscode.Disposable.from(
		vscode.lm.registerTool(LANGUAGE_TOOLS.searchContext, search),
		vscode.lm.registerTool(LANGUAGE_TOOLS.findErrorSolution, findSolution),
		vscode.lm.registerTool(LANGUAGE_TOOLS.recordOutcome, record),
	);
}

/** A tool whose parts go to the model as far as its budget allows, and whose failure is told in words that it can act on. */
function tool<Input>(options: {
	readonly running: (input: Input) => string;
	readonly title: (input: Input) => string;
	readonly question: (input: Input) => string;
	readonly run: (input: Input, token: vscode.CancellationToken) => Promise<readonly string[]>;
}): vscode.LanguageModelTool<Input> {
	return {
		prepareInvocation: ({ input }) => ({
			invocationMessage: options.running(input),
			confirmationMessages: { title: options.title(input), message: options.question(input) },
		}),
		async invoke({ input, tokenizationOptions }, token) {
			if (!vscode.workspace.isTrusted) return result('The workspace is not trusted, so nothing of it is given away. Ask the user to trust it.');
			try {
				return result(await fitBudget(await options.run(input, token), tokenizationOptions, token));
			} catch (error) {
				if (token.isCancellationRequested) throw new vscode.CancellationError();
				throw new Error(explainFailure(error).text);
			}
		},
	};
}

function result(text: string): vscode.LanguageModelToolResult {
	return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
}

function describe({ ids, filePath, startLine, endLine, symbol, text }: Hit): string {
	return `${filePath}:${startLine}-${endLine}${symbol ? ` ${symbol}` : ''} [${ids.join(' ')}]\n${text}`;
}

function shown(text: string | undefined): string {
	const line = String(text ?? '')
		.replace(/\s+/g, ' ')
		.trim();
	return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line;
}
