import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../workspace.ts';
import { freePort } from './llamaServer.ts';

/** A real Ollama server of its own, with SmolLM2 as `smollm2:135m` unless it is to have none. */
export interface OllamaServer extends AsyncDisposable {
	readonly url: string;
	/** The folder of its models. */
	readonly models: string;
	/** Takes the model from it, as `ollama rm` does, and gives it back. */
	removeModel(): void;
	createModel(): void;
	/** Ends it; its models stay where they are. */
	stop(): Promise<void>;
}

const MODEL = 'smollm2:135m';
const START_LIMIT_MS = 30_000;
const TEMPLATE = `{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
`;

/** Resolves when the model is there. Its home and models are in a temporary folder; nothing is fetched. */
export async function startOllamaServer(options: {
	readonly binary: string;
	/** Null: it has no model. */
	readonly gguf: string | null;
	readonly contextTokens: number;
	readonly maxOutputTokens?: number;
	/** What every answer begins with, unseen: a model this small then goes on with it. */
	readonly opening?: string;
	/** Lines of the model file besides. */
	readonly lines?: readonly string[];
}): Promise<OllamaServer> {
	const folder = temporaryFolder('hybrid-ollama-');
	const models = folder.join('models');
	const host = `127.0.0.1:${await freePort()}`;
	const env = { ...process.env, HOME: folder.path, OLLAMA_HOST: host, OLLAMA_MODELS: models, OLLAMA_NUM_PARALLEL: '1' };
	const child = spawn(options.binary, ['serve'], { env, stdio: 'ignore' });
	const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	const url = `http://${host}`;
	const deadline = Date.now() + START_LIMIT_MS;
	while (!(await fetch(`${url}/api/version`).catch(() => null))?.ok) {
		if (Date.now() > deadline) throw new Error('Ollama did not start.');
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	const modelfile = join(folder.path, 'Modelfile');
	const lines = [
		`FROM ${options.gguf}`,
		`TEMPLATE """${TEMPLATE}${options.opening ?? ''}"""`,
		'PARAMETER stop "<|im_end|>"',
		`PARAMETER num_ctx ${options.contextTokens}`,
		'PARAMETER num_thread 1',
		...(options.maxOutputTokens ? [`PARAMETER num_predict ${options.maxOutputTokens}`] : []),
		...(options.lines ?? []),
	];
	writeFileSync(modelfile, `${lines.join('\n')}\n`);
	const run = (...parameters: readonly string[]) => void execFileSync(options.binary, parameters, { env, stdio: 'ignore' });
	const createModel = () => run('create', MODEL, '-f', modelfile);
	if (options.gguf !== null) createModel();
	const stop = async () => {
		child.kill();
		await exited;
	};
	return {
		url,
		models,
		stop,
		createModel,
		removeModel: () => run('rm', MODEL),
		async [Symbol.asyncDispose]() {
			await stop();
			folder[Symbol.dispose]();
		},
	};
}
