import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { interactionPoint } from '#core/learn/outcome/interactionPoint';
import { extractPattern } from '#core/learn/pattern/extractPattern';
import type { Pattern } from '#core/learn/pattern/pattern';
import { createModelCatalogue } from '#core/models/modelCatalogue';
import { settingsFromWire } from '#core/settingsFromWire';
import { callBook } from '../test/support/callBook.ts';
import { installPython } from '../test/support/realModels/install.ts';
import { startLlamaServer } from '../test/support/realModels/llamaServer.ts';
import { benchPorts } from './support/benchPorts.ts';
import { idOf } from './support/week/chance.ts';
import { phrase, type Question, questionsOf } from './support/week/questions.ts';
import { copyWorkspace, type WorkspaceCopy } from './support/week/workspaceCopy.ts';

const CODE_LINES = 12;
const CONTEXT_TOKENS = 4_096;

/**
 * Patterns by a real model: questions about `--workspace DIR` (a git repository) with right answers, extracted as the product does, by the model at
 * `--url URL` (OpenAI's protocol, ending in `/v1`), else by SmolLM2-135M under llama.cpp, which is installed for that. `--count N` (default 20),
 * `--seed N`, `--records FILE` for the patterns themselves. A pattern is valid by its form; whether it says something is for a reader.
 */
export async function run(args: readonly string[]) {
	const { values } = parseArgs({
		args: [...args],
		options: {
			workspace: { type: 'string' },
			url: { type: 'string' },
			count: { type: 'string', default: '20' },
			seed: { type: 'string', default: '1' },
			records: { type: 'string' },
		},
	});
	if (!values.workspace) throw new Error('Name the data: --workspace DIR, a git repository.');
	const scratch = mkdtempSync(join(tmpdir(), 'hybrid-bench-extraction-'));
	// The clock's delays keep no process alive.
	const awake = setInterval(() => undefined, 1_000);
	await using own = values.url === undefined ? await startOwnServer() : null;
	try {
		const ports = benchPorts(1);
		const { settings } = settingsFromWire({ embedding: { provider: 'none' }, models: { openaiUrls: [values.url ?? own?.url] } });
		const catalogue = createModelCatalogue({ ports, settings, calls: callBook() });
		const [model] = await catalogue.languageModels();
		if (!model) throw new Error('The server has no model.');
		const workspace = copyWorkspace(values.workspace, scratch);
		const questions = questionsOf(workspace, Number(values.seed)).filter(({ kind }) => kind === 'definition');
		const patterns: { readonly query: string; readonly tries: number; readonly ms: number; readonly pattern: Pattern | null; readonly dropped: string | null }[] = [];
		const tokens = { in: 0, out: 0 };
		for (const question of questions.slice(0, Number(values.count))) {
			const { payload } = interactionOf(question, workspace, model.id);
			let tries = 0;
			const startedMs = performance.now();
			const result = await extractPattern({
				...{ model, payload, context: question.truth, clock: ports.clock, signal: new AbortController().signal, newId: ports.uuid },
				allow: async () => ({ maxOutputTokens: null }),
				onCall: ({ usage }) => {
					tries++;
					tokens.in += usage?.inputTokens ?? 0;
					tokens.out += usage?.outputTokens ?? 0;
				},
			});
			const [pattern, dropped] = 'pattern' in result ? [result.pattern, null] : [null, result.dropped];
			patterns.push({ query: payload.query, tries, ms: performance.now() - startedMs, pattern, dropped });
			process.stderr.write(`\r${patterns.length} of ${values.count}, valid ${patterns.filter((one) => one.pattern).length}   `);
		}
		await catalogue.close();
		if (values.records) writeFileSync(values.records, JSON.stringify(patterns, null, 1));
		const valid = patterns.filter(({ pattern }) => pattern !== null);
		const times = patterns.map(({ ms }) => ms).sort((a, b) => a - b);
		return {
			data: basename(values.workspace),
			n: patterns.length,
			figures: {
				valid: valid.length,
				validAtOnce: valid.filter(({ tries }) => tries === 1).length,
				dropped: tally(patterns.flatMap(({ dropped }) => dropped ?? [])),
				distinct: new Set(valid.map(({ pattern }) => pattern?.generalizable_pattern)).size,
				p50Seconds: Math.round((times[Math.floor(times.length / 2)] ?? 0) / 100) / 10,
				inputTokens: tokens.in,
				outputTokens: tokens.out,
			},
			settings: { model: model.label, seed: Number(values.seed) },
		};
	} finally {
		clearInterval(awake);
		rmSync(scratch, { recursive: true, force: true });
	}
}

async function startOwnServer() {
	const { value, reason } = installPython();
	if (!value) throw new Error(`There is no model, since ${reason}. Name a server: --url URL.`);
	return startLlamaServer({ ...value, contextTokens: CONTEXT_TOKENS });
}

/** The question with its right answer: where the code is, and the code. */
function interactionOf(question: Question, workspace: WorkspaceCopy, modelId: string) {
	const [file = ''] = question.truth;
	const lines = workspace.read(file).split('\n');
	const at = Math.max(
		0,
		lines.findIndex((line) => line.includes(question.symbol ?? '')),
	);
	const code = lines.slice(at, at + CODE_LINES).join('\n');
	return interactionPoint({
		...{ id: idOf(question.key), query: phrase(question, 0), embedding: null, modelId, isRemote: false, workspaceId: 'w', repositoryId: null },
		response: `1. \`${question.symbol}\` of \`${file}\` does this, from line ${at + 1} on.\n2. The code:\n\n\`\`\`\n${code}\n\`\`\`\n\n3. Change it there, and run the tests beside it.`,
		...{ contexts: [], tokensUsed: 0, latencyMs: 0, timeMs: 0, isLocalOnly: false, follows: null, retryOf: null, agent: 'user' },
	});
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
	return counts;
}
