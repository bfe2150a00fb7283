import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImportRequest } from '#core/domain/knowledge';
import { readBundle, toBundleItem, writeBundle } from '#core/learn/book/bundle';
import { exportBundle } from '#core/learn/book/exportBundle';
import { type ImportPlace, importBundle } from '#core/learn/book/importBundle';
import { readAll } from '#core/learn/book/readAll';
import { embedLearned } from '#core/learn/embedLearned';
import { interactionPoint } from '#core/learn/outcome/interactionPoint';
import { interaction } from '../support/interactions.ts';
import { isInDatabase, openTestKnowledge, type TestKnowledge, wordEmbedding } from '../support/knowledge.ts';
import { errorPoint, practicePoint, skillPoint } from '../support/skills.ts';
import { uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const ALL = ['skills-patterns', 'error-solutions', 'best-practices', 'interaction-history'] as const;
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

describe('a bundle of what was learned', () => {
	let folder: TemporaryFolder;
	let here: TestKnowledge;
	let there: TestKnowledge;
	const open = async (name: string) => {
		const knowledge = await openTestKnowledge(folder.join(name));
		await knowledge.store.useEmbeddingModel('words-64', 64);
		return knowledge;
	};
	beforeEach(async () => {
		folder = temporaryFolder();
		here = await open('here.db');
		there = await open('there.db');
	});
	afterEach(async () => {
		await here.store.close();
		await there.store.close();
		folder[Symbol.dispose]();
	});
	const take = (text: string, more: Partial<ImportRequest & ImportPlace> = {}) =>
		importBundle(there.store, { text, workspaceId: 'w2', repositoryId: 'r2', isApplied: true, isTrusted: false, ...more });
	const dump = async ({ store }: TestKnowledge) => {
		const rows: string[] = [];
		for (const collection of ALL) {
			for await (const { payload } of readAll(store, collection)) {
				const { content_hash, last_updated, provenance, evidence, ...rest } = payload as unknown as Record<string, unknown>;
				rows.push(JSON.stringify({ collection, ...rest, provenance: [...(provenance as string[])].sort() }));
			}
		}
		return rows.sort();
	};

	async function fill() {
		await here.store.upsert('skills-patterns', [
			skillPoint(1, { provenance: [uuid(9), 'agent:claude'], success_examples: ['how?'], anchors: ['w1\nsecret/place.ts\n'] }),
			skillPoint(2, { workspace_id: null, scope: 'global' }),
			skillPoint(3, { workspace_id: 'other' }),
		]);
		await here.store.upsert('error-solutions', [errorPoint(4, { solution: `use token = "${TOKEN}"` })]);
		await here.store.upsert('best-practices', [practicePoint(5)]);
		await here.store.upsert('interaction-history', [interactionPoint(interaction(6, { query: 'asked', response: 'answered' }))]);
	}

	test('carries what was asked for, redacted, and nothing of this machine', async () => {
		await fill();
		const usual = await exportBundle(here.store, { workspaceId: 'w1' });
		expect(usual.counts).toEqual({ 'skills-patterns': 2, 'error-solutions': 1, 'best-practices': 1, 'interaction-history': 0 });
		expect(usual.redactions).toBe(1);
		expect(usual.text).not.toMatch(/ghp_|secret\/place|workspace_id|embedding_model|content_hash/);
		const everything = await exportBundle(here.store, { collections: ALL });
		expect(everything.counts).toMatchObject({ 'skills-patterns': 3, 'interaction-history': 1 });
		expect(readBundle(everything.text)).toHaveLength(6);
		await here.store.setPayload('interaction-history', [uuid(6)], { local_only: true });
		expect((await exportBundle(here.store, { collections: ALL })).counts['interaction-history']).toBe(0);
	});

	test('counts what it leaves out, and carries of a fix its words alone', async () => {
		await fill();
		expect((await exportBundle(here.store, { collections: ALL })).omitted).toEqual({ localOnly: 0, unfit: 0 });
		await here.store.upsert('error-solutions', [errorPoint(7, { solution: 'long '.repeat(5_000) }), errorPoint(8, { learned_fix: '{"version":1}' })]);
		await here.store.upsert('skills-patterns', [skillPoint(9, { local_only: true })]);
		const bundle = await exportBundle(here.store, { collections: ALL });
		expect(bundle.omitted).toEqual({ localOnly: 1, unfit: 1 });
		expect(bundle.counts).toMatchObject({ 'error-solutions': 2, 'skills-patterns': 3 });
		expect(bundle.text).toContain('fix 8');
		expect(bundle.text).not.toContain('learned_fix');
		expect((await exportBundle(here.store, { collections: ['best-practices'] })).omitted).toEqual({ localOnly: 0, unfit: 0 });
	});

	test('is previewed without a change, and then taken in as proposals without a record', async () => {
		await fill();
		const { text } = await exportBundle(here.store, { collections: ALL, workspaceId: 'w1' });
		const preview = await take(text, { isApplied: false });
		expect(await dump(there)).toEqual([]);
		expect(await take(text)).toEqual(preview);
		expect(preview.added).toEqual({ 'skills-patterns': 2, 'error-solutions': 1, 'best-practices': 1, 'interaction-history': 1 });
		for (const collection of ALL) {
			for await (const { payload } of readAll(there.store, collection)) {
				expect(payload).toMatchObject({ status: 'proposed', scope: 'workspace', workspace_id: 'w2', repository_id: 'r2' });
				expect(payload.provenance).toContain('import');
			}
		}
		const [error] = (await there.store.scroll('error-solutions', { limit: 1 })).points;
		expect(error?.payload).toMatchObject({ solution_verified: false, success_count: 0 });
		expect(isInDatabase(there.database, TOKEN)).toBe(false);
		expect(await embedLearned(there.store, wordEmbedding())).toBe(5);
		const found = await there.store.search('skills-patterns', { dense: { vector: skillPoint(1).vector ?? new Float32Array(64) }, limit: 1 });
		expect(found[0]?.payload.skill_name).toBe('skill 1');
	});

	test('comes back whole where it is trusted, and the second time changes nothing', async () => {
		await fill();
		const { text } = await exportBundle(here.store, { collections: ALL });
		await take(text, { isTrusted: true, workspaceId: 'w1', repositoryId: 'r1' });
		const second = await take(text, { isTrusted: true, workspaceId: 'w1', repositoryId: 'r1' });
		expect(second.added).toEqual({ 'skills-patterns': 0, 'error-solutions': 0, 'best-practices': 0, 'interaction-history': 0 });
		expect(second.merged).toEqual(second.added);
		expect(second.unchanged).toMatchObject({ 'skills-patterns': 3, 'interaction-history': 1 });
		const skill = (await there.store.scroll('skills-patterns', { limit: 9 })).points.find(({ payload }) => payload.skill_name === 'skill 1');
		expect(skill?.payload).toMatchObject({ status: 'active', value_score: 0.8, success_examples: ['how?'], provenance: [uuid(9), 'agent:claude', 'import'] });
		// At home everything is known.
		const home = await importBundle(here.store, { text, workspaceId: 'w1', repositoryId: 'r1', isApplied: true, isTrusted: true });
		expect(home.merged).toMatchObject({ 'error-solutions': 0, 'best-practices': 0, 'interaction-history': 0 });
	});

	test('cannot choose what it replaces, nor wake or end what is here', async () => {
		await there.store.upsert('skills-patterns', [skillPoint(1, { workspace_id: 'w2', status: 'retired' }), skillPoint(2, { workspace_id: 'w2', status: 'proposed' })]);
		await there.store.upsert('error-solutions', [errorPoint(7, { workspace_id: 'w2' })]);
		const hostile = [
			toBundleItem('skills-patterns', uuid(7), skillPoint(7).payload),
			toBundleItem('skills-patterns', uuid(1), skillPoint(1, { provenance: ['user'] }).payload),
			toBundleItem('skills-patterns', uuid(2), skillPoint(2, { status: 'retired' }).payload),
			toBundleItem('interaction-history', uuid(7), interactionPoint(interaction(7)).payload),
		].flatMap((item) => item ?? []);
		expect(hostile).toHaveLength(4);
		await take(writeBundle(hostile));
		expect((await there.store.get('error-solutions', [uuid(7)]))[0]?.payload.error_message).toBe('error 7');
		expect((await there.store.get('skills-patterns', [uuid(1)]))[0]?.payload).toMatchObject({ status: 'retired', provenance: [] });
		expect((await there.store.get('skills-patterns', [uuid(2)]))[0]?.payload.status).toBe('proposed');
		expect(await there.store.count('skills-patterns')).toBe(3);
		expect(await there.store.count('interaction-history')).toBe(1);
	});

	const good = () => toBundleItem('skills-patterns', uuid(1), skillPoint(1).payload);
	const line = (value: unknown) => `${JSON.stringify(value)}\n`;
	const header = (items: number, more: object = {}) => line({ format: 'hybrid-knowledge', version: 1, items, ...more });
	test.each([
		['empty', () => '', 'bundle-invalid'],
		['not JSON', () => 'PK\u0003\u0004…', 'bundle-invalid'],
		['another format', () => line({ format: 'other', version: 1, items: 0 }), 'bundle-invalid'],
		['a newer version', () => header(1, { version: 2, compression: 'x' }) + line({ what: 'ever' }), 'bundle-newer'],
		['cut off', () => header(2) + line(good()), 'bundle-invalid'],
		['broken in its last line', () => header(2) + line(good()) + line(good()).slice(0, -9), 'bundle-invalid'],
		['with an unknown collection', () => header(2) + line(good()) + line({ ...good(), collection: 'codebase-context' }), 'bundle-invalid'],
		['with an id that is none', () => header(2) + line(good()) + line({ ...good(), id: "'; DROP TABLE points; --" }), 'bundle-invalid'],
		['with a number out of range', () => header(2) + line(good()) + line({ ...good(), payload: { ...good()?.payload, value_score: 1e308 } }), 'bundle-invalid'],
		[
			'with a text that is huge',
			() => header(2) + line(good()) + line({ ...good(), payload: { ...good()?.payload, description: 'x'.repeat(30_000) } }),
			'bundle-invalid',
		],
		['with a million lines', () => header(1_000_000) + '{}\n'.repeat(1_000_000), 'bundle-invalid'],
	])('one that is %s is refused whole, with nothing changed', async (_, text, code) => {
		await expect(take(text())).rejects.toMatchObject({ code });
		expect(await dump(there)).toEqual([]);
	});

	test('deep nesting and names of prototypes are just not an item', async () => {
		const nested = `{"collection":"skills-patterns","id":"${uuid(1)}","payload":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
		await expect(take(header(1) + nested)).rejects.toMatchObject({ code: 'bundle-invalid' });
		const item = JSON.stringify(good()).replace('"skill_name"', '"__proto__":{"polluted":true},"skill_name"');
		await take(header(1) + item);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		expect(isInDatabase(there.database, 'polluted')).toBe(false);
	});

	test('any two bundles give the same, whichever comes first and however often, and no two equal items', async () => {
		const item = fc.record({
			name: fc.constantFrom('Alpha', 'Beta', 'Gamma'),
			text: fc.constantFrom('one way', 'another way'),
			status: fc.constantFrom('proposed' as const, 'active' as const),
			examples: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
			agents: fc.uniqueArray(fc.constantFrom('agent:x', 'agent:y'), { maxLength: 2 }),
			id: fc.integer({ min: 1, max: 50 }),
		});
		const bundleOf = (items: readonly { name: string; text: string; status: 'proposed' | 'active'; examples: string[]; agents: string[]; id: number }[]) =>
			writeBundle(
				items.flatMap(({ name, text, status, examples, agents, id }) => {
					const { payload } = skillPoint(1, { skill_name: name, description: text, status, success_examples: examples, provenance: agents });
					return toBundleItem('skills-patterns', uuid(id), payload) ?? [];
				}),
			);
		let run = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(item, { maxLength: 6 }), fc.array(item, { maxLength: 6 }), fc.boolean(), async (first, second, isTrusted) => {
				run++;
				const [one, other] = [await open(`one${run}.db`), await open(`other${run}.db`)];
				const into = (knowledge: TestKnowledge, text: string) =>
					importBundle(knowledge.store, { text, workspaceId: 'w', repositoryId: null, isApplied: true, isTrusted });
				await into(one, bundleOf(first));
				await into(one, bundleOf(second));
				await into(other, bundleOf(second));
				await into(other, bundleOf(first));
				const again = await into(other, bundleOf([...first, ...second]));
				const normal = (rows: readonly string[]) =>
					rows.map((row) => {
						const { success_examples, ...rest } = JSON.parse(row);
						return { ...rest, success_examples: success_examples.sort() };
					});
				expect(normal(await dump(one))).toEqual(normal(await dump(other)));
				expect(again.added['skills-patterns'] + again.merged['skills-patterns']).toBe(0);
				const keys = normal(await dump(one)).map(({ skill_name, description }) => `${skill_name} ${description}`);
				expect(new Set(keys).size).toBe(keys.length);
				await one.store.close();
				await other.store.close();
			}),
			{ numRuns: 15 },
		);
	});
});
