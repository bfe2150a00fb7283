import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandRun, printed } from '../support/commands.ts';
import { callTool, openCoordinator, startTestServer, type TestServer, teach } from '../support/mcp.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

interface Page {
	readonly pieces: readonly { readonly ids: string[]; readonly path: string; readonly start_line: number; readonly text: string; readonly is_cut: boolean }[];
	readonly withheld: number;
	readonly next_cursor: string | null;
}
interface Tracked {
	readonly interaction_id: string;
	readonly is_kept: boolean;
}

const FILES = {
	'src/invoice.ts':
		'/** Sums the lines of an invoice and adds the tax. */\nexport function invoiceTotal(lines: number[], rate: number): number {\n\treturn lines.reduce((a, b) => a + b, 0) * (1 + rate);\n}\n',
	'src/ledger.ts': '/** Books an invoice in the ledger. */\nexport function bookInvoice(total: number): string {\n\treturn String(total);\n}\n',
	'secret/pricing.ts': '/** The invoice discount that nobody else may see. */\nexport function invoiceDiscount(): number {\n\treturn 0.31415;\n}\n',
	'.hybridlocal': 'secret/\n',
	'.env': 'KEY=never-read\n',
};

describe('the tools of the server for agents', () => {
	let workspace: TemporaryFolder;
	let data: TemporaryFolder;
	let server: TestServer;
	let client: Client;
	beforeEach(async () => {
		workspace = temporaryFolder();
		data = temporaryFolder();
		workspace.write(FILES);
		server = startTestServer({ folder: workspace.path, data: data.path });
		client = await server.connect();
	});
	afterEach(async () => {
		await server.close();
		workspace[Symbol.dispose]();
		data[Symbol.dispose]();
	});
	const track = async (query = 'How is the invoice total made?', more: object = {}, as = client) =>
		(await callTool<Tracked>(as, 'track_interaction', { query, response: 'With invoiceTotal of src/invoice.ts.', ...more })).data;

	it('are listed with schemas for what goes in and comes out, before anything is opened', async () => {
		const { tools } = await client.listTools();
		expect(tools.map(({ name }) => name).sort()).toEqual([
			'augment_query',
			'find_error_solution',
			'generate_training_data',
			'hybrid_search',
			'index_status',
			'learning_feedback',
			'list_skills',
			'route_query',
			'search_context',
			'track_interaction',
			'update_outcome',
		]);
		for (const { name, inputSchema, outputSchema, description } of tools) {
			expect([name, inputSchema.type, outputSchema?.type, (description ?? '').length > 60]).toEqual([name, 'object', 'object', true]);
		}
		expect(client.getInstructions()).toContain('search_context');
		expect(server.opened()).toBe(0);
		expect(readdirSync(data.path)).toEqual([]);
	});

	it('find code, as text and as data, and one coordinator serves every connection', async () => {
		const { text, data: page } = await callTool<Page>(client, 'search_context', { query: 'where is the invoice total made?' });
		expect(page.pieces[0]).toMatchObject({ path: 'src/invoice.ts', start_line: 1, is_cut: false });
		expect(text).toContain('src/invoice.ts:1-4');
		expect(text).toContain('lines.reduce');
		const other = await server.connect('other');
		expect((await callTool<Page>(other, 'search_context', { query: 'bookInvoice' })).data.pieces[0]?.path).toBe('src/ledger.ts');
		expect(server.opened()).toBe(1);
	});

	it('never give away what the user keeps on this machine, nor secrets', async () => {
		for (const [name, more] of [['search_context'], ['hybrid_search'], ['augment_query'], ['augment_query', { files: ['secret/pricing.ts'] }]] as const) {
			const result = await client.callTool({ name, arguments: { query: 'invoice discount that nobody else may see', ...more } });
			expect(JSON.stringify(result)).not.toMatch(/0\.31415|invoiceDiscount|never-read/);
		}
		const { data: page, text } = await callTool<Page>(client, 'search_context', { query: 'invoice discount' });
		expect(page.withheld).toBeGreaterThan(0);
		expect(text).toContain('the user keeps them on this machine');
		const { data: augmented } = await callTool<{ withheld: string[] }>(client, 'augment_query', { query: 'what is the key?', files: ['.env'] });
		expect(augmented.withheld).toEqual([expect.stringContaining('.env')]);
	});

	it('page through results: every piece once, in the order of one long page, and a cursor is of its own query', async () => {
		workspace.write(
			Object.fromEntries(
				Array.from({ length: 25 }, (_, i) => [`src/parts/part${i}.ts`, `/** Ships parcel ${i}. */\nexport function shipParcel${i}() {\n\treturn ${i};\n}\n`]),
			),
		);
		const query = 'ships parcel';
		const all = (await callTool<Page>(client, 'search_context', { query, limit: 50, max_tokens: 20_000 })).data;
		const paged: Page['pieces'][number][] = [];
		let cursor: string | null | undefined;
		do {
			const page: Page = (await callTool<Page>(client, 'search_context', { query, limit: 7, ...(cursor ? { cursor } : {}) })).data;
			expect(page.pieces.length).toBeGreaterThan(0);
			paged.push(...page.pieces);
			cursor = page.next_cursor;
		} while (cursor);
		const keys = paged.map(({ ids }) => ids.join());
		expect(keys.length).toBeGreaterThanOrEqual(25);
		expect(new Set(keys).size).toBe(keys.length);
		expect(new Set(keys)).toEqual(new Set(all.pieces.map(({ ids }) => ids.join())));
		const first = (await callTool<Page>(client, 'search_context', { query, limit: 7 })).data.next_cursor;
		expect(await callTool(client, 'search_context', { query: 'other', cursor: first })).toMatchObject({ isError: true, text: expect.stringContaining('Leave it out') });
		expect(await callTool(client, 'search_context', { query, cursor: '%%%' })).toMatchObject({ isError: true });
	});

	it('keep to the tokens that were asked for, cut a piece that is longer, and go on where they stopped', async () => {
		workspace.write({
			'src/long.ts': `/** A long ballad. */\nexport const ballad = [\n${Array.from({ length: 60 }, (_, i) => `\t'stanza ${i} of the ballad that nobody sings',`).join('\n')}\n];\n`,
		});
		const input = { query: 'ballad that nobody sings', max_tokens: 200 };
		const { data: page } = await callTool<Page>(client, 'search_context', input);
		expect(page.pieces).toHaveLength(1);
		expect(page.pieces[0]).toMatchObject({ path: 'src/long.ts', is_cut: true });
		expect((page.pieces[0]?.text.length ?? 0) / 4).toBeLessThan(250);
		expect(page.next_cursor).not.toBeNull();
		const { data: next } = await callTool<Page>(client, 'search_context', { ...input, cursor: page.next_cursor });
		expect(next.pieces[0]?.ids).not.toEqual(page.pieces[0]?.ids);
	});

	it('rank with reasons', async () => {
		const { data: found } = await callTool<{ hits: { path: string; reasons: { signal: string }[] }[] }>(client, 'hybrid_search', { query: 'bookInvoice', limit: 2 });
		expect(found.hits[0]).toMatchObject({ path: 'src/ledger.ts' });
		expect(found.hits[0]?.reasons.map(({ signal }) => signal)).toContain('symbol');
	});

	it('see a file that was just written or taken away', async () => {
		expect((await callTool<Page>(client, 'search_context', { query: 'zeppelin' })).data.pieces.map(({ path }) => path)).not.toContain('src/zeppelin.ts');
		await server.close();
		workspace.write({ 'src/zeppelin.ts': 'export const zeppelin = 1;\n' });
		server = startTestServer({ folder: workspace.path, data: data.path });
		client = await server.connect();
		expect((await callTool<Page>(client, 'search_context', { query: 'zeppelin' })).data.pieces[0]?.path).toBe('src/zeppelin.ts');
	});

	it.each(['../outside.ts', '/etc/passwd', 'src/../../outside.ts', 'link.ts', 'src/nothing.ts', 'src/invoice.ts\0.png'])(
		'refuse the file %j with what to try',
		async (path) => {
			using outside = temporaryFolder();
			outside.write({ 'target.ts': 'outside-text' });
			symlinkSync(outside.join('target.ts'), workspace.join('link.ts'));
			const result = await callTool(client, 'augment_query', { query: 'what is this?', files: [path] });
			expect(result).toMatchObject({ isError: true });
			expect(result.text).toMatch(/as the search tools return it|Search for it with search_context|zero byte/);
			expect(result.text).not.toContain('outside-text');
		},
	);

	it.each<[string, string, Record<string, unknown>]>([
		['an empty query', 'search_context', { query: ' ' }],
		['a query that is too long', 'search_context', { query: 'x'.repeat(10_000) }],
		['a wrong type', 'search_context', { query: { $ne: null } }],
		['a misspelled argument', 'search_context', { query: 'x', limits: 3 }],
		['a limit beyond bounds', 'hybrid_search', { query: 'x', limit: 1e9 }],
		['an outcome that is none', 'update_outcome', { interaction_id: randomUUID(), outcome: 'great' }],
		['an id that is none', 'learning_feedback', { interaction_id: "'; DROP TABLE", rating: 1 }],
		['a deep argument', 'search_context', { query: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) }],
	])('refuse %s without opening anything', async (_, name, input) => {
		expect(await callTool(client, name, input)).toMatchObject({ isError: true, text: expect.stringMatching(/\w/) });
		expect(server.opened()).toBe(0);
	});

	it('say that there is no such tool', async () => {
		expect(await callTool(client, 'delete_everything')).toMatchObject({ isError: true, text: expect.stringContaining('not found') });
	});

	it('keep what an agent reports under its name, and another program sees it at once', async () => {
		const { interaction_id: id, is_kept } = await track();
		expect(is_kept).toBe(true);
		expect(await callTool(client, 'update_outcome', { interaction_id: id, outcome: 'success' })).toMatchObject({ data: { is_kept: true } });
		const editor = await openCoordinator(data.path);
		try {
			const { items } = await editor.knowledge.list({ collections: ['interaction-history'], limit: 10 });
			expect(items).toMatchObject([{ id, title: 'How is the invoice total made?' }]);
			const detail = await editor.knowledge.detail(id);
			expect(detail.fields).toContainEqual({ name: 'provenance', value: ['agent:tester'], isEditable: false });
			expect(detail.signals).toMatchObject([{ kind: 'agent-report', value: 1, source: 'agent:tester' }]);
		} finally {
			await editor.close();
		}
	});

	it('keep which files an agent changed for the sake of a question, until it reports a failure', async () => {
		await callTool(client, 'hybrid_search', { query: 'invoice total' });
		const { interaction_id: id } = await track();
		const report = (outcome: string) =>
			callTool(client, 'update_outcome', { interaction_id: id, outcome, files_changed: ['src/invoice.ts', 'src/nowhere.ts', '.env', '../other.ts'] });
		expect(await report('success')).toMatchObject({ data: { is_kept: true } });
		await report('failure');
		const { knowledge } = await server.workspace.coordinator();
		const edits = (await knowledge.detail(id)).signals.filter(({ kind }) => kind === 'edited-after');
		expect(edits.map(({ value, subject, source }) => [value, subject?.split('\n')[1], source])).toEqual([
			[1, 'src/invoice.ts', 'agent:tester'],
			[0, 'src/invoice.ts', 'agent:tester'],
		]);
	});

	it('let no agent decide: alone it makes no success, and against the user it changes nothing', async () => {
		const { interaction_id: id } = await track();
		const agents = await Promise.all(['a', 'b', 'c', 'user', 'editor'].map((name) => server.connect(name)));
		for (const agent of agents) {
			await callTool(agent, 'update_outcome', { interaction_id: id, outcome: 'success' });
			await callTool(agent, 'learning_feedback', { interaction_id: id, rating: 1 });
		}
		const coordinator = await server.workspace.coordinator();
		const outcomeOf = async () => (await coordinator.knowledge.detail(id)).item.outcome;
		expect(await outcomeOf()).toBe('partial');
		const thumb = (value: number) => ({ id: randomUUID(), interactionId: id, kind: 'thumbs', value, subject: null, source: 'user', timeMs: Date.now() }) as const;
		await coordinator.reportOutcome([thumb(-1)]);
		expect(await outcomeOf()).toBe('failure');
		for (const agent of agents) await callTool(agent, 'learning_feedback', { interaction_id: id, rating: 1 });
		expect(await outcomeOf()).toBe('failure');
		const { signals } = await coordinator.knowledge.detail(id);
		expect(new Set(signals.map(({ source }) => source))).toEqual(new Set(['user', 'agent:a', 'agent:b', 'agent:c', 'agent:user', 'agent:editor']));
	});

	it('take what an agent reported in full once the user confirms it', async () => {
		const { interaction_id: id } = await track();
		await callTool(client, 'update_outcome', { interaction_id: id, outcome: 'success' });
		const { knowledge } = await server.workspace.coordinator();
		expect((await knowledge.detail(id)).item).toMatchObject({ status: 'proposed', outcome: 'partial' });
		expect(await knowledge.change(id, { action: 'confirm' })).toMatchObject({ status: 'active', outcome: 'success' });
		await expect(knowledge.change(id, { action: 'confirm' })).rejects.toMatchObject({ code: 'invalid-argument' });
		const { interaction_id: failed } = await track('How is an invoice deleted?');
		await callTool(client, 'update_outcome', { interaction_id: failed, outcome: 'failure' });
		expect(await knowledge.change(failed, { action: 'confirm' })).toMatchObject({ status: 'active', outcome: 'failure' });
		const { interaction_id: heard } = await track('How is an invoice booked?');
		await (await server.workspace.coordinator()).reportOutcome([
			{ id: randomUUID(), interactionId: heard, kind: 'edit-survived', value: 1, subject: null, source: 'editor', timeMs: Date.now() },
		]);
		expect((await knowledge.detail(heard)).item.status).toBe('active');
	});

	it.each([
		['user', 'agent:user'],
		['agent:user\nuser', 'agent:agent user user'],
		['', 'agent:unknown'],
		['x'.repeat(500), `agent:${'x'.repeat(60)}`],
	])('name the agent that calls itself %j as one', async (name, source) => {
		const { interaction_id: id } = await track('How?', {}, await server.connect(name));
		const coordinator = await server.workspace.coordinator();
		expect((await coordinator.knowledge.detail(id)).fields).toContainEqual({ name: 'provenance', value: [source], isEditable: false });
	});

	it('take an id once, and only where it was given out', async () => {
		const { data: question } = await callTool<{ interaction_id: string; context_ids: string[] }>(client, 'augment_query', { query: 'How is the invoice total made?' });
		const given = { interaction_id: question.interaction_id, context_ids: question.context_ids };
		const thief = await server.connect('thief');
		const steal = () => callTool(thief, 'track_interaction', { query: 'x', response: 'y', ...given });
		expect(await steal()).toMatchObject({ isError: true, text: expect.stringContaining('Leave interaction_id out') });
		expect((await track('How is the invoice total made?', given)).interaction_id).toBe(question.interaction_id);
		const again = await callTool(client, 'track_interaction', { query: 'overwritten', response: 'y', ...given });
		expect(again.isError).toBe(true);
		const coordinator = await server.workspace.coordinator();
		expect((await coordinator.knowledge.detail(question.interaction_id)).item.title).toBe('How is the invoice total made?');
	});

	it('say that an outcome of nothing known is not noted, and keep nothing where learning is off', async () => {
		expect(await callTool(client, 'update_outcome', { interaction_id: randomUUID(), outcome: 'success' })).toMatchObject({
			data: { is_kept: false },
			text: expect.stringContaining('track_interaction'),
		});
		await server.close();
		server = startTestServer({ folder: workspace.path, data: data.path, wire: { learning: { enabled: false } } });
		client = await server.connect();
		expect(await track()).toEqual({ interaction_id: null, is_kept: false });
	});

	it('find what was learned, by meaning and by words, and show it as resources; nothing of other workspaces', async () => {
		const coordinator = await server.workspace.coordinator();
		await teach(coordinator, workspace.path);
		const error = { error: "src/app.ts(3,1): error TS2307: Cannot find module './ledger' or its corresponding type declarations." };
		expect((await callTool(client, 'find_error_solution', error)).text).toContain('Add the file extension');
		expect(await callTool(client, 'list_skills')).toMatchObject({ data: { total: 1, items: [{ title: 'Retry requests' }] } });
		expect(await callTool(client, 'list_skills', { kind: 'practices' })).toMatchObject({ data: { items: [{ title: 'Money is kept in cents' }] } });
		expect(await callTool(client, 'list_skills', { query: 'retry requests' })).toMatchObject({ data: { items: [{ title: 'Retry requests' }] } });
		const { resources } = await client.listResources();
		expect(resources.map(({ uri }) => uri.replace(/[^/]+$/, '')).sort()).toEqual(['hybrid://errors/', 'hybrid://practices/', 'hybrid://skills/']);
		const skill = resources.find(({ uri }) => uri.startsWith('hybrid://skills/'))?.uri ?? '';
		const [content] = (await client.readResource({ uri: skill })).contents;
		expect(content && 'text' in content ? content.text : '').toContain('growing waits');
		await expect(client.readResource({ uri: 'hybrid://skills/../../etc/passwd' })).rejects.toThrow(/list_skills|not found/);

		using elsewhere = temporaryFolder();
		const stranger = startTestServer({ folder: elsewhere.path, data: data.path });
		try {
			const foreign = await stranger.connect();
			expect(await callTool(foreign, 'list_skills')).toMatchObject({ data: { total: 0 } });
			expect(await callTool(foreign, 'find_error_solution', error)).toMatchObject({ data: { solutions: [] } });
			await expect(foreign.readResource({ uri: skill })).rejects.toThrow('list_skills');
			const { data: tracked } = await callTool<Tracked>(foreign, 'track_interaction', { query: 'q', response: 'r', context_ids: [skill.split('/').at(-1)] });
			const seen = await (await stranger.workspace.coordinator()).knowledge.detail(tracked.interaction_id);
			expect(seen.fields.find(({ name }) => name === 'context_provided')?.value ?? []).toEqual([]);
		} finally {
			await stranger.close();
		}
	});

	it('find what made a command pass for all that another printed', async () => {
		const coordinator = await server.workspace.coordinator();
		await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
		const failed = commandRun({
			cwd: workspace.path,
			commandLine: 'node src/ledger.ts',
			output: printed('node-type').replaceAll('/home/ada/shop/node/order.js', workspace.join('src/ledger.ts')),
		});
		await coordinator.commandEnded(failed);
		coordinator.answerEdited({ interactionId: '', path: workspace.join('src/ledger.ts'), before: 'order.lines.reduce(', after: '(order.lines ?? []).reduce(' });
		await coordinator.commandEnded({ ...failed, ...commandRun({ cwd: workspace.path, commandLine: 'node src/ledger.ts' }), exitCode: 0 });
		const { text, data } = await callTool<{ solutions: readonly { readonly relevance: number | null }[] }>(client, 'find_error_solution', { error: printed('vitest') });
		expect(text).toContain('(order.lines ?? []).reduce(');
		expect(data.solutions).toHaveLength(1);
		expect(data.solutions[0]?.relevance).toBeGreaterThan(0.8);
	});

	it('give away nothing that was learned from what the user keeps on this machine', async () => {
		const coordinator = await server.workspace.coordinator();
		await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
		const learn = (path: string, name: string) => {
			const text = `var ${name} = 1;\n`;
			const diagnostic = { message: `Unexpected var in ${name}, use let.`, source: 'eslint', code: name, offset: 0 };
			const request = { path: workspace.join(path), languageId: 'typescript', text, diagnostic };
			return coordinator.recordFix({ ...request, after: text.replace('var', 'let'), isVerified: true, interactionIds: [] });
		};
		await learn('secret/pricing.ts', 'hiddenDiscount');
		await learn('src/ledger.ts', 'openTotal');
		const find = async (name: string) => (await callTool(client, 'find_error_solution', { error: `Unexpected var in ${name}, use let.` })).text;
		expect(await find('openTotal')).toContain('let openTotal');
		expect(await find('hiddenDiscount')).not.toContain('let hiddenDiscount');
		const { resources } = await client.listResources();
		expect(resources.map(({ name }) => name)).toEqual(['Unexpected var in openTotal, use let.']);
	});

	it('show no solution where none may be told', async () => {
		const coordinator = await server.workspace.coordinator();
		await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
		const text = `var token = 'ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}';\n`;
		const diagnostic = { message: 'Unexpected var in unsaidToken, use let.', source: 'eslint', code: 'unsaidToken', offset: 0 };
		const request = { path: workspace.join('src/ledger.ts'), languageId: 'typescript', text, diagnostic };
		await coordinator.recordFix({ ...request, after: text.replace('var', 'let'), isVerified: true, interactionIds: [] });
		const { items } = await coordinator.knowledge.list({ collections: ['error-solutions'], limit: 100 });
		expect(items.find(({ title }) => title === diagnostic.message)).toMatchObject({ text: '' });
		const { data: found } = await callTool<{ solutions: readonly { title: string }[] }>(client, 'find_error_solution', { error: diagnostic.message });
		expect(found.solutions.map(({ title }) => title)).not.toContain(diagnostic.message);
		const { resources } = await client.listResources();
		expect(resources.map(({ name }) => name)).not.toContain(diagnostic.message);
	});

	it('write training data where it stays, and return none of it', async () => {
		await track('How is the invoice total made, says nobody-else?');
		const { data: written, text } = await callTool<{ folder: string; train: number }>(client, 'generate_training_data');
		expect(written.folder.startsWith(data.join('datasets'))).toBe(true);
		expect(readdirSync(written.folder).sort()).toEqual(['preferences.jsonl', 'train.jsonl', 'validation.jsonl']);
		expect(readFileSync(`${written.folder}/train.jsonl`, 'utf8').split('\n').filter(Boolean)).toHaveLength(written.train);
		if (process.platform !== 'win32') expect(statSync(`${written.folder}/train.jsonl`).mode & 0o777).toBe(0o600);
		expect(text).not.toContain('nobody-else');
		expect(existsSync(workspace.join('train.jsonl'))).toBe(false);
	});

	it('say how a question would be routed', async () => {
		expect(await callTool(client, 'route_query', { query: 'How is the invoice total made?' })).toMatchObject({
			data: { target: 'local', model: null, reasons: ['no-model'] },
		});
	});

	it('tell how complete the index is, without starting it', async () => {
		expect(await callTool(client, 'index_status')).toMatchObject({ data: { phase: 'not-indexed', notices: ['Indexing starts with the first search.'] } });
		await callTool(client, 'search_context', { query: 'invoice' });
		expect(await callTool(client, 'index_status')).toMatchObject({ data: { is_searchable: true, folders: [{ files: 4, path: workspace.path }] } });
	});

	it('bring the code along in both prompts', async () => {
		const fix = await client.getPrompt({ name: 'fix_with_what_we_know', arguments: { error: 'bookInvoice is not a function', file: 'src/ledger.ts' } });
		expect(JSON.stringify(fix.messages)).toContain('Books an invoice');
		const explain = await client.getPrompt({ name: 'explain_with_context', arguments: { question: 'how is the invoice total made?' } });
		expect(JSON.stringify(explain.messages)).toContain('invoiceTotal');
		await expect(client.getPrompt({ name: 'explain_with_context', arguments: { question: 'x', file: '../x' } })).rejects.toThrow('not in the workspace');
	});
});
