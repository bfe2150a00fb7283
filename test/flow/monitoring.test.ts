import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '#core/metrics/monitor/metricTable';
import { dashboard, FILES, queriesOf } from '../../scripts/monitoring.mjs';
import { repositoryRoot } from '../support/assets.ts';
import { type McpProcess, startMcpProcess } from '../support/mcpProcess.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const isInstalled = (program: string) => spawnSync(program, ['--version']).status === 0;
const hasPromtool = isInstalled('promtool');
const hasPrometheus = isInstalled('prometheus');
const withRange = (expression: string) => expression.replaceAll('$__rate_interval', '5m');
const expressions = METRICS.flatMap((metric) => queriesOf(metric).map(({ expr }) => withRange(expr)));

describe('what Prometheus and Grafana are given', () => {
	it('is what the table of metrics makes', () => {
		for (const [path, text] of Object.entries(FILES)) expect(readFileSync(join(repositoryRoot, path), 'utf8'), `${path}: run scripts/monitoring.mjs`).toBe(text());
	});

	it('shows every metric in a panel of its own, none over another', () => {
		const panels = dashboard().panels.filter(({ type }) => type !== 'row');
		expect(panels.map(({ description }) => description).sort()).toEqual(METRICS.map(({ name }) => name).sort());
		const places = dashboard().panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
		expect(new Set(places).size).toBe(places.length);
	});

	it('has a test of every alert, of when it fires and of when it does not', () => {
		const read = (name: string) => readFileSync(join(repositoryRoot, 'deploy/prometheus', name), 'utf8');
		const cases = [...read('rules.test.yml').matchAll(/alertname: (\w+)\n\s+exp_alerts:( \[\])?/g)].map(([, name, none]) => `${name} ${none ? 'silent' : 'fires'}`);
		const alerts = [...read('rules.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
		expect(alerts.length).toBeGreaterThan(0);
		for (const name of alerts) for (const end of ['fires', 'silent']) expect(cases).toContain(`${name} ${end}`);
	});

	it('names only files, secrets and volumes that there are', () => {
		const compose = readFileSync(join(repositoryRoot, 'deploy/compose.yaml'), 'utf8');
		for (const [, path = ''] of compose.matchAll(/- \.\/([a-z/]+):/g)) expect(existsSync(join(repositoryRoot, 'deploy', path)), path).toBe(true);
		const declared = [...compose.matchAll(/^ {2}([a-z_]+): \{ file: \.\/secrets\/([a-z_]+) \}$/gm)].map(([, name]) => name);
		const made = readFileSync(join(repositoryRoot, 'deploy/scripts/make-secrets.sh'), 'utf8');
		for (const name of declared) expect(made).toContain(name);
		for (const [, used = ''] of compose.matchAll(/secrets: \[([a-z_, ]+)\]/g)) for (const name of used.split(', ')) expect(declared).toContain(name);
		for (const [, name] of compose.matchAll(/\$\{([A-Z_]+)/g))
			expect(readFileSync(join(repositoryRoot, 'deploy/.env.example'), 'utf8')).toMatch(new RegExp(`^${name}=`, 'm'));
		const published = [...compose.matchAll(/ports: \[["']([^"']+)["']\]/g)].map(([, port = '']) => port);
		expect(published).toHaveLength(compose.split('ports:').length - 1);
		expect(published.length).toBeGreaterThan(0);
		for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
		expect(readdirSync(join(repositoryRoot, 'deploy/secrets'))).toEqual(['.gitignore']);
	});

	it.skipIf(!hasPromtool)('has rules and queries that promtool takes, and rules that do what their tests say (needs promtool)', () => {
		using folder = temporaryFolder();
		const at = (path: string) => join(repositoryRoot, 'deploy/prometheus', path);
		execFileSync('promtool', ['check', 'rules', at('rules.yml')]);
		execFileSync('promtool', ['test', 'rules', at('rules.test.yml')]);
		const records = expressions.map((expr, i) => `      - record: query:${i}\n        expr: ${JSON.stringify(expr)}\n`).join('');
		folder.write({ 'queries.yml': `groups:\n  - name: queries\n    rules:\n${records}` });
		execFileSync('promtool', ['check', 'rules', folder.join('queries.yml')]);
		const config = readFileSync(at('prometheus.yml'), 'utf8')
			.replace(/\/run\/secrets\/\w+/g, folder.join('token'))
			.replace('rules.yml', at('rules.yml'));
		folder.write({ 'prometheus.yml': config, 'token': 'x' });
		execFileSync('promtool', ['check', 'config', folder.join('prometheus.yml')]);
	});
});

describe.skipIf(!hasPrometheus)('a real Prometheus (needs prometheus)', () => {
	let folder: TemporaryFolder;
	let server: McpProcess;
	let prometheus: ChildProcess;
	let origin = '';
	beforeAll(async () => {
		folder = temporaryFolder();
		folder.write({ 'code/a.ts': 'export const a = 1;\n', 'users': '', 'token': 'a-token-for-the-scrape' });
		const words = ['--users', folder.join('users'), '--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0', '--metrics-token-file', folder.join('token')];
		server = startMcpProcess({ folder: folder.join('code'), data: folder.join('data'), program: ['cli.mjs', 'serve'], words });
		const found = async () => /Metrics http:\/\/(\S+)\/metrics/.exec(server.errors())?.[1];
		const target = await until(found);
		const config = `global: { scrape_interval: 1s }\nscrape_configs:\n  - job_name: hybrid-coordinator\n    authorization: { credentials_file: ${folder.join('token')} }\n    static_configs: [{ targets: ['${target}'] }]\n`;
		writeFileSync(folder.join('prometheus.yml'), config);
		const port = 20_000 + Math.floor(Math.random() * 20_000);
		origin = `http://127.0.0.1:${port}`;
		prometheus = spawn(
			'prometheus',
			[`--config.file=${folder.join('prometheus.yml')}`, `--storage.tsdb.path=${folder.join('tsdb')}`, `--web.listen-address=127.0.0.1:${port}`],
			{
				stdio: 'ignore',
			},
		);
	}, 60_000);
	afterAll(async () => {
		prometheus?.kill('SIGKILL');
		server?.child.kill('SIGTERM');
		await server?.exit;
		folder?.[Symbol.dispose]();
	});
	const query = async (
		expression: string,
	): Promise<{ readonly status: string; readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] } }> =>
		(await fetch(`${origin}/api/v1/query?query=${encodeURIComponent(expression)}`)).json() as never;

	it('scrapes a served workspace, and answers every query of the dashboard', async () => {
		await until(async () => {
			const answer = await query('up{job="hybrid-coordinator"}').catch(() => null);
			return answer?.data.result[0]?.value[1] === '1' || undefined;
		});
		await until(async () => ((await query('hybrid_index_chunks')).data.result[0]?.value[1] === '1' ? true : undefined));
		for (const expression of expressions) expect((await query(expression)).status, expression).toBe('success');
	}, 60_000);
});

async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
	for (let i = 0; i < 500; i++) {
		const found = await read();
		if (found !== undefined) return found;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error('It did not come about.');
}
