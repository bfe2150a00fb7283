import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assetsPath, repositoryRoot } from '../support/assets.ts';
import { json, startModelServer } from '../support/modelServer.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

interface Ended {
	readonly code: number;
	readonly output: string;
	readonly errors: string;
}

describe('the command line', () => {
	let workspace: TemporaryFolder;
	let data: TemporaryFolder;
	beforeEach(() => {
		workspace = temporaryFolder();
		data = temporaryFolder();
		workspace.write({
			'src/lighthouse.ts': '/** Turns the lamp on at dusk. */\nexport function lightLamp(hour: number): boolean {\n\treturn hour > 18;\n}\n',
			'src/harbour.py': 'def moor(ship):\n    return ship.rope\n',
			'.env': 'KEY=never-read\n',
		});
	});
	afterEach(() => {
		workspace[Symbol.dispose]();
		data[Symbol.dispose]();
	});

	/** Runs the built bundle as a user does, in the workspace. */
	function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
		const { HYBRID_OLLAMA_URL: _ollama, HYBRID_OPENAI_URLS: _openai, ...inherited } = process.env;
		const env = { ...inherited, HYBRID_DATA_DIRECTORY: data.path, ...environment };
		return new Promise((resolve) => {
			const child = execFile(
				process.execPath,
				['--no-warnings', join(assetsPath(), 'cli.mjs'), ...words],
				{ cwd: workspace.path, env, timeout: 50_000 },
				(_, output, errors) => resolve({ code: child.exitCode ?? -1, output, errors }),
			);
		});
	}

	it('indexes, finds and answers without a model, and tells what it left out', async () => {
		const index = await run(['index']);
		expect(index).toMatchObject({ code: 0, errors: '' });
		expect(index.output).toMatch(/2 files, 6 lines, \d+ pieces\n {2}skipped, secret-file: 1\nvectors: (\d+) of \1\n/);
		const found = await run(['search', 'lightLamp', '--limit', '1']);
		expect(found.code).toBe(0);
		expect(found.output).toContain('src/lighthouse.ts:1-4  lightLamp');
		expect(JSON.parse((await run(['search', 'lightLamp', '--json'])).output).hits[0]).toMatchObject({ filePath: 'src/lighthouse.ts' });
		const answer = await run(['ask', 'when', 'is', 'the', 'lamp', 'lit?']);
		expect(answer.code).toBe(0);
		expect(answer.output).toContain('hour > 18');
		expect(answer.output).toContain('References\n  src/lighthouse.ts:1-4\n');
		expect(answer.output).toContain('There is no model to ask');
		expect(answer.output).not.toContain('never-read');
	});

	it('asks a model that it was told of, and names one that is not there', async () => {
		const chunk = (delta: object, finish: string | null) =>
			`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
		await using server = await startModelServer((response, request, body) => {
			if (request.url?.endsWith('/models')) return json(200, { object: 'list', data: [{ id: 'm', object: 'model' }] })(response, request, body);
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.end(`${chunk({ role: 'assistant', content: 'At dusk.' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`);
		});
		const environment = { HYBRID_OPENAI_URLS: `${server.origin}/v1` };
		const models = await run(['models'], environment);
		expect(models).toMatchObject({ code: 0, output: expect.stringContaining('m') });
		const [id = ''] = models.output.split('\t');
		const ask = async () => {
			const answer = await run(['ask', 'when is the lamp lit?', '--model', id], environment);
			expect(answer).toMatchObject({ code: 0, output: expect.stringContaining('At dusk.') });
			return answer.output;
		};
		// A random share is sent without code, which the answer says; four in a row are not.
		for (let times = 0; (await ask()).includes('Sent without code') && times < 3; times++);
		expect(server.requests.at(-1)?.body).toContain('hour > 18');
		const missing = await run(['ask', 'when?', '--model', 'nobody'], environment);
		expect(missing).toMatchObject({ code: 1, output: '', errors: 'No model nobody answers here.\nSee `models` for what is there.\n' });
		expect(await run(['models'])).toMatchObject({ code: 0, output: expect.stringContaining('No model answers.') });
	});

	it('says in the report what it knows, and nothing of paths or code', async () => {
		await run(['index', '--no-vectors']);
		const [report, version] = [await run(['report']), await run(['--version'])];
		expect(version).toMatchObject({ code: 0, output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
		expect(report).toMatchObject({ code: 0, output: expect.stringContaining(`Hybrid Coordinator ${version.output}`) });
		expect(report.output).not.toContain(workspace.path);
	});

	it('lists stored indexes and clears them', async () => {
		expect((await run(['indexes'])).output).toBe('No index is stored.\n');
		await run(['index', '--no-vectors']);
		const [index] = JSON.parse((await run(['indexes', '--json'])).output);
		expect(index.folders).toEqual([workspace.path]);
		expect(await run(['clear', index.repositoryId])).toMatchObject({ code: 0, output: `removed ${index.repositoryId}\n` });
		expect((await run(['indexes'])).output).toBe('No index is stored.\n');
		expect((await run(['search', 'moor'])).output).toContain('src/harbour.py');
	});

	it.each<[string, readonly string[], string]>([
		['an unknown command', ['destroy'], 'There is no command “destroy”.\nSee --help.\n'],
		['an unknown option', ['search', 'x', '--fast'], 'See --help.\n'],
		['no words', ['search'], 'search needs words to look for.\nSee --help.\n'],
		['no question', ['ask', ' '], 'ask needs words to look for.\nSee --help.\n'],
		['a limit that is no number', ['search', 'x', '--limit', 'ten'], '--limit needs a whole number from 1 on, not “ten”.\nSee --help.\n'],
		['a folder that is not there', ['index', '--workspace', 'nowhere'], 'nowhere.\nSee --help.\n'],
		['a file in place of a folder', ['index', '--workspace', 'src/harbour.py'], 'harbour.py.\nSee --help.\n'],
		['an index that is not stored', ['clear', 'nothing'], 'There is no stored index nothing; `indexes` lists those there are.\nSee --help.\n'],
	])('refuses %s with the reason and exit code 2', async (_, words, errors) => {
		const ended = await run(words);
		expect(ended.code).toBe(2);
		expect(ended.output).toBe('');
		expect(ended.errors.endsWith(errors), ended.errors).toBe(true);
	});

	it('shows its usage: asked for, as a success; without a command, as a failure', async () => {
		const [help, bare] = [await run(['--help']), await run([])];
		expect([help.code, bare.code]).toEqual([0, 2]);
		for (const command of ['index', 'search', 'ask', 'models', 'indexes', 'clear', 'report']) expect(help.output).toMatch(new RegExp(`^ {2}${command} `, 'm'));
		expect(bare.output).toBe(help.output);
	});

	it('says that nothing was found where there is nothing, and fails', async () => {
		mkdirSync(workspace.join('empty'));
		expect(await run(['search', 'zeppelin', '--no-vectors', '--workspace', 'empty'])).toEqual({
			code: 1,
			output: '',
			errors: expect.stringContaining('Nothing in the workspace fits the question.'),
		});
		const answer = await run(['ask', 'zeppelin', '--no-vectors', '--workspace', 'empty']);
		expect(answer.code).toBe(1);
		expect(answer.output).not.toMatch(/References|the code found/);
	});

	it('says what to do when another program has locked the index', async () => {
		await run(['index', '--no-vectors']);
		const [repository = ''] = readdirSync(data.join('repositories'));
		const database = new DatabaseSync(data.join('repositories', repository, 'index.db'));
		database.exec('BEGIN EXCLUSIVE');
		expect(await run(['index', '--no-vectors'])).toEqual({
			code: 1,
			output: '',
			errors: expect.stringMatching(/index\.db is locked by another program\.\nAnother program holds it/),
		});
		database.close();
	});

	it('says what to do when the data directory cannot be made, or holds what is newer', async () => {
		writeFileSync(data.join('file'), '');
		expect(await run(['index', '--data-directory', data.join('file', 'below')])).toMatchObject({
			code: 1,
			errors: expect.stringContaining('name another with --data-directory'),
		});
		if (process.platform === 'linux') expect((await run(['index', '--data-directory', '/proc/nowhere'])).errors).toContain('cannot be made');
	});

	it('finds everything again in a data directory that was moved', async () => {
		await run(['index', '--no-vectors']);
		const moved = join(data.path, 'moved here');
		mkdirSync(moved);
		for (const name of readdirSync(data.path)) if (name !== 'moved here') renameSync(data.join(name), join(moved, name));
		const found = await run(['search', 'moor', '--no-vectors', '--data-directory', moved]);
		expect(found).toMatchObject({ code: 0, output: expect.stringContaining('src/harbour.py') });
		expect(existsSync(data.join('knowledge.db'))).toBe(false);
		expect(JSON.parse((await run(['indexes', '--json', '--data-directory', moved])).output)).toHaveLength(1);
	});

	it('waits for another process that indexes the folder, and takes over when that one is killed', async () => {
		workspace.write(Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`many/f${i}.ts`, `export const value${i} = ${i};\n`])));
		const other: ChildProcess = fork(join(repositoryRoot, 'test/support/ingestChild.ts'), [workspace.path, data.path, '0'], {
			execArgv: [],
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
		});
		await once(other, 'message');
		other.kill('SIGSTOP');
		const index = run(['index', '--no-vectors', '--json']);
		// The first is stopped in its work and has the lease: this one can only wait.
		const early = await Promise.race([index, new Promise((resolve) => setTimeout(resolve, 3_000, 'waiting'))]);
		expect(early).toBe('waiting');
		other.kill('SIGKILL');
		const ended = await index;
		expect(ended).toMatchObject({ code: 0, errors: '' });
		expect(JSON.parse(ended.output).folders[0].files).toBe(1_502);
	});
});
