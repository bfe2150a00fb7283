import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { assetsPath } from '../support/assets.ts';
import { json, startModelServer } from '../support/modelServer.ts';
import { startPostgres } from '../support/postgres/postgresServer.ts';
import { temporaryFolder } from '../support/workspace.ts';

const started = await startPostgres();
if ('reason' in started) test.skip(`a team over the command line (${started.reason})`, () => undefined);
else {
	afterAll(() => started.dispose());

	test('two users ask, each on a data directory of their own, and the report has both, with figures alone', async () => {
		using workspace = temporaryFolder();
		using first = temporaryFolder();
		using second = temporaryFolder();
		workspace.write({ 'src/lighthouse.ts': '/** Turns the lamp on at dusk. */\nexport function lightLamp(hour: number): boolean {\n\treturn hour > 18;\n}\n' });
		const place = await started.createDatabase();
		const chunk = (delta: object, finish: string | null) =>
			`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
		await using server = await startModelServer((response, request, body) => {
			if (request.url?.endsWith('/models')) return json(200, { object: 'list', data: [{ id: 'm', object: 'model' }] })(response, request, body);
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.end(`${chunk({ role: 'assistant', content: 'At dusk.' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`);
		});
		const password = encodeURIComponent(started.password);
		const url = (secret: string) => `postgres://${place.user}:${secret}@${place.host}:${place.port}/${place.database}`;
		const run = (data: string, words: readonly string[], more: Readonly<Record<string, string>> = {}) =>
			new Promise<{ readonly code: number; readonly output: string; readonly errors: string }>((resolve) => {
				const env = { ...process.env, HYBRID_OPENAI_URLS: `${server.origin}/v1`, HYBRID_DATA_DIRECTORY: data, HYBRID_DATABASE_URL: url(password), ...more };
				const child = execFile(
					process.execPath,
					['--no-warnings', join(assetsPath(), 'cli.mjs'), ...words],
					{ cwd: workspace.path, env, timeout: 50_000 },
					(_, output, errors) => resolve({ code: child.exitCode ?? -1, output, errors }),
				);
			});
		expect(await run(first.path, ['ask', 'when is the lamp lit?'], { HYBRID_TEAM_NAME: 'Ada' })).toMatchObject({ output: expect.stringContaining('At dusk.') });
		expect(await run(second.path, ['ask', 'when is the lamp lit?'])).toMatchObject({ output: expect.stringContaining('At dusk.') });
		await expect.poll(async () => (await run(second.path, ['report', '--team', '--json'])).output, { timeout: 50_000 }).toContain('"calls": 1');
		const report = await run(second.path, ['report', '--team', '--json']);
		expect(report).toMatchObject({ code: 0, errors: '' });
		const { members, models, own } = JSON.parse(report.output);
		expect(members.map(({ name, isNamed, isOwn, calls }: Record<string, unknown>) => [isNamed ? name : 'someone', isOwn, calls]).sort()).toEqual([
			['Ada', false, 1],
			['someone', true, 1],
		]);
		expect(models).toMatchObject([{ modelLabel: expect.stringContaining('m'), users: 2, calls: 2 }]);
		expect(own).toMatchObject({ waiting: 0, refused: 0, problem: null });
		const text = await run(first.path, ['report', '--team', '--days', '7'], { HYBRID_TEAM_NAME: 'Ada' });
		expect(text).toMatchObject({ code: 0, output: expect.stringMatching(/Ada \(you\) +1 /) });
		const rows = await started.query(place.database, 'SELECT c::text AS all_of_it FROM hybrid_coordinator.calls c');
		for (const secret of ['lamp', 'dusk', workspace.path]) expect(JSON.stringify(rows)).not.toContain(secret);
		await started.query(place.database, 'DELETE FROM hybrid_coordinator.calls');
		for (const data of [first.path, first.path, second.path]) expect(await run(data, ['resend'])).toMatchObject({ code: 0, output: 'calls: 1, yet to be sent: 0\n' });
		expect(await started.query(place.database, 'SELECT count(*)::int AS n FROM hybrid_coordinator.calls')).toEqual([{ n: 2 }]);
		const refused = await run(first.path, ['report', '--team', '--verbose'], { HYBRID_DATABASE_URL: url('wrong-secret') });
		expect(refused).toMatchObject({ code: 1, output: '', errors: expect.stringMatching(/does not let this user in.*\nSet HYBRID_DATABASE_PASSWORD/) });
		expect(refused.errors).not.toContain('wrong-secret');
		expect(await run(first.path, ['report', '--team'], { HYBRID_DATABASE_URL: '' })).toMatchObject({
			code: 2,
			errors: expect.stringContaining('No database of a team is set'),
		});
	}, 120_000);
}
