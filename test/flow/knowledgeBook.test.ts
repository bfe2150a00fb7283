import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKnowledgeBook, type KnowledgeBook } from '#core/learn/book/knowledgeBook';
import { enforceRetention } from '#core/learn/book/retention';
import { ErrorSolutions } from '#core/learn/error/errorSolutions';
import { createSolutionKeeper, type SolutionKeeper } from '#core/learn/error/solutionKeeper';
import { createLearningLoop, type LearningLoop } from '#core/learn/learningLoop';
import { createSkillKeeper, type SkillKeeper } from '#core/learn/pattern/skillKeeper';
import { DEFAULT_SETTINGS } from '#core/settings';
import type { OthersReader } from '#core/store/vectorStore';
import { createLog } from '#node/log';
import { fixParser, markedDiagnostic } from '../support/fixes.ts';
import { codeContext, interaction, signalOn } from '../support/interactions.ts';
import { isInDatabase, openTestKnowledge, type TestKnowledge, wordVector } from '../support/knowledge.ts';
import { createManualClock, type ManualClock } from '../support/manualClock.ts';
import { errorPoint, practicePoint, skillPoint } from '../support/skills.ts';
import { uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const DAY_MS = 86_400_000;

describe('the book of what was learned', () => {
	let folder: TemporaryFolder;
	let knowledge: TestKnowledge;
	let clock: ManualClock;
	let skills: SkillKeeper;
	let solutions: SolutionKeeper;
	let loop: LearningLoop;
	let book: KnowledgeBook;
	let forgotten: string[];

	beforeEach(async () => {
		folder = temporaryFolder();
		knowledge = await openTestKnowledge(folder.join('knowledge.db'));
		await knowledge.store.useEmbeddingModel('words-64', 64);
		clock = createManualClock();
		forgotten = [];
		const { store, outcomes, rankings, extractions, eraser } = knowledge;
		skills = createSkillKeeper({ store, outcomes, extractions, settings: () => DEFAULT_SETTINGS, clock });
		solutions = createSolutionKeeper({ store, parser: fixParser(), clock });
		loop = createLearningLoop({
			history: store,
			outcomes,
			rankings,
			settings: () => DEFAULT_SETTINGS,
			log: createLog(() => undefined, 'off'),
			onSettled: (settled) => skills.settled(settled),
		});
		book = createKnowledgeBook({
			store,
			outcomes,
			rankings,
			extractions,
			eraser,
			skills,
			solutions,
			clock,
			settings: () => DEFAULT_SETTINGS,
			onRemove: async (collection, ids) => void forgotten.push(...ids.map((id) => `${collection} ${id}`)),
		});
	});
	afterEach(async () => {
		await knowledge.store.close();
		folder[Symbol.dispose]();
	});
	const list = (more: Partial<Parameters<KnowledgeBook['list']>[0]> = {}) => book.list({ limit: 100, ...more });
	const idsOf = async (more: Parameters<typeof list>[0] = {}) => (await list(more)).items.map(({ id }) => id);

	test('lists all four collections, newest first, by filter, by words and by pages', async () => {
		await knowledge.store.upsert('skills-patterns', [skillPoint(1), skillPoint(2, { status: 'proposed' }), skillPoint(3, { workspace_id: 'w2' })]);
		await knowledge.store.upsert('skills-patterns', [skillPoint(4, { workspace_id: null, scope: 'global', description: 'Retry with BACK-OFF and a limit' })]);
		await knowledge.store.upsert('error-solutions', [errorPoint(5)]);
		await knowledge.store.upsert('best-practices', [practicePoint(6, { status: 'retired' })]);
		await loop.remember(interaction(7, { timeMs: 7_000, query: 'how are retries limited?' }));
		expect(await idsOf()).toEqual([7, 6, 5, 4, 3, 2, 1].map(uuid));
		expect(await idsOf({ workspaceId: 'w1' })).toEqual([7, 6, 5, 4, 2, 1].map(uuid));
		expect(await idsOf({ statuses: ['proposed', 'retired'] })).toEqual([6, 2].map(uuid));
		expect(await idsOf({ collections: ['skills-patterns'], text: 'limit back-off' })).toEqual([uuid(4)]);
		expect(await idsOf({ text: 'limit' })).toEqual([7, 4].map(uuid));
		const first = await list({ limit: 3 });
		expect([first.total, first.nextOffset]).toEqual([7, 3]);
		const second = await list({ limit: 4, offset: 3 });
		expect([second.items.length, second.nextOffset]).toEqual([4, null]);
	});

	describe('what teammates share', () => {
		/** What a server would page: two at a time. */
		const shared = [
			{ ...skillPoint(20, { scope: 'global', workspace_id: '', pinned: true }), owner: 'ada', hasVector: true },
			{ ...skillPoint(1, { scope: 'global', workspace_id: '' }), owner: 'ada', hasVector: true },
			{ ...skillPoint(21, { scope: 'global', workspace_id: '', status: 'proposed', description: 'Retry with back-off' }), owner: 'eve', hasVector: true },
		];
		let isAway = false;
		const others: OthersReader = {
			scrollOthers: async (collection, { filter, offset = '0', limit }) => {
				if (isAway) return null;
				const [condition] = filter?.must ?? [];
				const found = collection === 'skills-patterns' ? shared.filter(({ id }) => !condition || !('has_id' in condition) || condition.has_id.includes(id)) : [];
				const start = Number(offset || '0');
				const end = start + Math.min(limit, 2);
				return { points: found.slice(start, end) as never, nextOffset: end < found.length ? String(end) : null };
			},
		};
		beforeEach(async () => {
			isAway = false;
			const { store, outcomes, rankings, extractions, eraser } = knowledge;
			book = createKnowledgeBook({ store, others, outcomes, rankings, extractions, eraser, skills, solutions, clock, settings: () => DEFAULT_SETTINGS });
			await store.upsert('skills-patterns', [skillPoint(1), skillPoint(2)]);
		});

		test('is listed among what is here, with whose it is, once, and by the same filters', async () => {
			const owners = async (more: Parameters<typeof list>[0] = {}) => (await list(more)).items.map(({ id, owner, isPinned }) => [id, owner, isPinned]);
			expect(await owners()).toEqual([
				[uuid(21), 'eve', false],
				[uuid(20), 'ada', false],
				[uuid(2), null, false],
				[uuid(1), null, false],
			]);
			expect(await owners({ workspaceId: 'w1', statuses: ['proposed'] })).toEqual([[uuid(21), 'eve', false]]);
			expect(await owners({ text: 'back-off' })).toEqual([[uuid(21), 'eve', false]]);
			expect(await owners({ isPinned: true })).toEqual([]);
			expect((await list({ limit: 1, offset: 1 })).total).toBe(4);
		});

		test('can be read and not changed, and is forgotten by nobody here', async () => {
			const detail = await book.detail(uuid(20));
			expect(detail.item).toMatchObject({ owner: 'ada', title: 'skill 20' });
			expect(detail.fields.length).toBeGreaterThan(0);
			expect(detail.fields.some(({ isEditable }) => isEditable)).toBe(false);
			// An empty field is shown to who could fill it.
			const hasPrerequisites = async (id: number) => (await book.detail(uuid(id))).fields.some(({ name }) => name === 'prerequisites');
			expect([await hasPrerequisites(1), await hasPrerequisites(20)]).toEqual([true, false]);
			expect((await book.detail(uuid(1))).item.owner).toBeNull();
			for (const change of [{ action: 'retire' }, { action: 'pin' }, { action: 'edit', fields: { description: 'mine' } }] as const)
				await expect(book.change(uuid(20), change)).rejects.toMatchObject({ code: 'invalid-argument', details: { owner: 'ada' } });
			expect((await book.remove([uuid(20)]))['skills-patterns']).toBe(0);
			await book.forget({ everything: true });
			expect((await list()).items.map(({ owner }) => owner)).toEqual(['eve', 'ada', 'ada']);
		});

		test('is missing while the server is away, and nothing else is', async () => {
			isAway = true;
			expect(await idsOf()).toEqual([2, 1].map(uuid));
			await expect(book.detail(uuid(20))).rejects.toMatchObject({ code: 'not-found' });
			expect((await book.change(uuid(1), { action: 'pin' })).isPinned).toBe(true);
		});
	});

	test('tells where a skill comes from, where it was used, and what became of it', async () => {
		await loop.remember(interaction(1, { query: 'the source', agent: 'claude', timeMs: 1_000 }));
		await knowledge.store.upsert('skills-patterns', [skillPoint(50, { provenance: [uuid(1), 'agent:claude', uuid(99)] })]);
		const context = { pointId: uuid(50), collection: 'skills-patterns', workspaceId: '', filePath: '', symbol: null, text: 'carefully stepwise' } as const;
		await loop.remember(interaction(2, { query: 'the use', response: 'carefully and stepwise', contexts: [context], timeMs: 2_000 }));
		await loop.report([signalOn(2, 'a', 'thumbs', 1)]);
		const detail = await book.detail(uuid(50));
		expect(detail.sources).toEqual([
			{ interactionId: uuid(2), role: 'used-in', query: 'the use', timeMs: 2_000, agent: 'user', modelId: 'ollama:qwen', outcome: 'success' },
			{ interactionId: uuid(1), role: 'learned-from', query: 'the source', timeMs: 1_000, agent: 'claude', modelId: 'ollama:qwen', outcome: null },
			{ interactionId: uuid(99), role: 'learned-from', query: null, timeMs: null, agent: null, modelId: null, outcome: null },
		]);
		expect(detail.item).toMatchObject({ timesUsed: 1 });
		expect(detail.item.successRate).toBeGreaterThan(0.5);
		const asked = await book.detail(uuid(1));
		expect(asked.derived).toEqual([{ id: uuid(50), title: 'skill 50' }]);
		expect((await book.detail(uuid(2))).signals).toHaveLength(1);
		await expect(book.detail(uuid(98))).rejects.toMatchObject({ code: 'not-found' });
	});

	test('an edit is found by its new words, in its new meaning, and nothing is left of the old text', async () => {
		await knowledge.store.upsert('skills-patterns', [skillPoint(1, { description: 'obsolete wording' })]);
		await knowledge.store.setPayload('skills-patterns', [uuid(1)], { value_score: 0.9 });
		const item = await book.change(uuid(1), {
			action: 'edit',
			fields: { description: 'rewritten with token = "ghp_0123456789abcdefghijABCDEFGHIJ012345"', related_skills: ['a', ' ', 'b'] },
		});
		expect(item.text).toContain('rewritten with token = "[REDACTED]"');
		const [point] = await knowledge.store.get('skills-patterns', [uuid(1)]);
		expect(point?.payload).toMatchObject({ value_score: 0.9, provenance: ['user'], related_skills: ['a', 'b'], skill_name: 'skill 1' });
		expect(await idsOf({ text: 'obsolete' })).toEqual([]);
		expect(isInDatabase(knowledge.database, 'obsolete wording')).toBe(false);
		// The vector of the old text is not the new text's.
		expect((await knowledge.store.missingVectors('skills-patterns', { limit: 9 })).map(({ text }) => text)).toEqual([expect.stringContaining('rewritten')]);
		await expect(book.change(uuid(1), { action: 'edit', fields: { value_score: '1' } })).rejects.toMatchObject({ code: 'invalid-argument' });
		await expect(book.change(uuid(1), { action: 'edit', fields: { skill_name: ' ' } })).rejects.toMatchObject({ code: 'invalid-argument' });
		await expect(book.change(uuid(1), { action: 'edit', fields: { related_skills: 'a' } })).rejects.toMatchObject({ code: 'invalid-argument' });
	});

	test('the user confirms, retires, restores, pins and shares, and takes each back', async () => {
		await knowledge.store.upsert('skills-patterns', [skillPoint(1, { status: 'proposed', anchors: ['w1\na.ts\nf'] })]);
		expect(await book.change(uuid(1), { action: 'confirm' })).toMatchObject({ status: 'active' });
		await expect(book.change(uuid(1), { action: 'confirm' })).rejects.toMatchObject({ code: 'invalid-argument' });
		expect(await book.change(uuid(1), { action: 'retire' })).toMatchObject({ status: 'retired' });
		expect(await book.change(uuid(1), { action: 'restore' })).toMatchObject({ status: 'active' });
		expect(await book.change(uuid(1), { action: 'pin' })).toMatchObject({ isPinned: true });
		expect(await idsOf({ isPinned: true })).toEqual([uuid(1)]);
		expect(await book.change(uuid(1), { action: 'unpin' })).toMatchObject({ isPinned: false });
		expect(await book.change(uuid(1), { action: 'share' })).toMatchObject({ scope: 'global', workspaceId: null, status: 'active' });
		expect((await knowledge.store.get('skills-patterns', [uuid(1)]))[0]?.payload.anchors).toEqual([]);
		expect(await idsOf({ workspaceId: 'w9' })).toEqual([uuid(1)]);
		expect(await book.change(uuid(1), { action: 'unshare' })).toMatchObject({ scope: 'workspace', workspaceId: 'w1' });
		expect(await idsOf({ workspaceId: 'w9' })).toEqual([]);
		await loop.remember(interaction(2));
		await expect(book.change(uuid(2), { action: 'share' })).rejects.toMatchObject({ code: 'invalid-argument' });
		await knowledge.store.upsert('best-practices', [practicePoint(3)]);
		await expect(book.change(uuid(3), { action: 'edit', fields: { title: 'x' } })).rejects.toMatchObject({ code: 'invalid-argument' });
	});

	/** A question with a vector, an outcome, a skill learned from it and one that took an example from it. */
	async function learnFrom(number: number, query: string, workspaceId = 'w1') {
		await loop.remember(
			interaction(number, {
				query,
				workspaceId,
				response: `an answer to ${query}: parcelShipment`,
				embedding: { model: 'words-64', vector: wordVector(query) },
				contexts: [{ ...codeContext(500, 'src/a.ts', 'parcelShipment', 'function parcelShipment() {}'), workspaceId }],
			}),
		);
		await knowledge.extractions.enqueue(uuid(number), 1);
		await knowledge.extractions.finish(uuid(number), { skillId: uuid(number + 200) });
		await knowledge.store.upsert('skills-patterns', [
			skillPoint(number + 100, { provenance: [uuid(number)], description: `derived from ${query}`, workspace_id: workspaceId, status: 'proposed' }),
			skillPoint(number + 200, { provenance: [uuid(number), uuid(90)], workspace_id: workspaceId }),
		]);
		await loop.report([signalOn(number, `thumb-${number}`, 'thumbs', 1)]);
	}

	test('a deleted interaction is nowhere any more: not in tables, examples, vectors, nor in the bytes of the file', async () => {
		await learnFrom(1, 'zanzibar question');
		await learnFrom(2, 'lisbon question');
		expect((await knowledge.store.get('skills-patterns', [uuid(201)]))[0]?.payload.success_examples).toEqual(['zanzibar question']);
		expect(await book.remove([uuid(1), uuid(77)])).toMatchObject({ 'interaction-history': 1, 'skills-patterns': 1 });
		expect(forgotten).toEqual([`skills-patterns ${uuid(101)}`, `interaction-history ${uuid(1)}`]);
		expect(isInDatabase(knowledge.database, 'zanzibar')).toBe(false);
		expect(isInDatabase(knowledge.database, uuid(1))).toBe(false);
		expect(isInDatabase(knowledge.database, uuid(101))).toBe(false);
		expect(isInDatabase(knowledge.database, 'lisbon')).toBe(true);
		expect((await knowledge.store.get('skills-patterns', [uuid(201)]))[0]?.payload).toMatchObject({ success_examples: [], provenance: [uuid(90)] });
		expect(await loop.report([signalOn(1, 'late', 'thumbs', 1)])).toBe(0);
		await knowledge.store.close();
		const bytes = readFileSync(folder.join('knowledge.db')).toString('latin1');
		expect(bytes.includes('zanzibar')).toBe(false);
		expect(bytes.includes('lisbon')).toBe(true);
		knowledge = await openTestKnowledge(folder.join('knowledge.db'));
	});

	test('a skill that the user has taken for their own outlives its interaction, without its example', async () => {
		await learnFrom(1, 'zanzibar question');
		await book.change(uuid(101), { action: 'confirm' });
		await book.change(uuid(101), { action: 'edit', fields: { description: 'in my own words' } });
		await book.remove([uuid(1)]);
		expect((await knowledge.store.get('skills-patterns', [uuid(101)]))[0]?.payload).toMatchObject({ status: 'active', success_examples: [], provenance: ['user'] });
		expect(isInDatabase(knowledge.database, 'zanzibar')).toBe(false);
	});

	describe('error solutions learned from what is deleted', () => {
		const solutionOf = async (id: number) => (await knowledge.store.get('error-solutions', [uuid(id)]))[0]?.payload;
		const remember = async (...numbers: readonly number[]) => {
			for (const number of numbers) await loop.remember(interaction(number));
		};
		const told = (id: number, solution: string, more: Parameters<typeof errorPoint>[1] = {}) =>
			errorPoint(id, { solution, error_type: 'terminal pytest:KeyError', ...more });

		test('are gone where they have no other source, and are listed as learned from it before', async () => {
			await remember(1, 2);
			await knowledge.store.upsert('error-solutions', [
				told(50, 'zanzibar words', { provenance: [uuid(1)], solution_provenance: [uuid(1)] }),
				told(51, 'lisbon words', { provenance: [uuid(2)], solution_provenance: [uuid(2)] }),
				// As older versions wrote it.
				told(52, 'older zanzibar words', { provenance: [uuid(1)] }),
			]);
			expect((await book.detail(uuid(1))).derived.map(({ id }) => id).sort()).toEqual([uuid(50), uuid(52)]);
			expect(await book.remove([uuid(1)])).toMatchObject({ 'interaction-history': 1, 'error-solutions': 2 });
			expect(forgotten).toEqual([`error-solutions ${uuid(50)}`, `error-solutions ${uuid(52)}`, `interaction-history ${uuid(1)}`]);
			for (const text of ['zanzibar', uuid(1), uuid(50)]) expect(isInDatabase(knowledge.database, text)).toBe(false);
			expect(await solutionOf(51)).toMatchObject({ solution: 'lisbon words', provenance: [uuid(2)], content_hash: 'error-51' });
		});

		test('keep the words of others, and go where whose words they are is not known', async () => {
			await remember(1, 2);
			const provenance = [uuid(1), uuid(2), 'user'];
			await knowledge.store.upsert('error-solutions', [
				told(50, 'lisbon words', { provenance, solution_provenance: [uuid(2)] }),
				told(51, 'words typed by hand', { provenance, solution_provenance: ['user'] }),
				told(52, 'zanzibar words', { provenance, solution_provenance: [uuid(1)] }),
				told(53, 'perhaps zanzibar words', { provenance }),
				told(54, '', { provenance: [uuid(1), 'user'] }),
			]);
			expect((await book.remove([uuid(1)]))['error-solutions']).toBe(2);
			expect(await solutionOf(50)).toMatchObject({ solution: 'lisbon words', provenance: [uuid(2), 'user'], solution_verified: true, success_count: 3 });
			expect(await solutionOf(51)).toMatchObject({ solution: 'words typed by hand' });
			expect(await solutionOf(54)).toMatchObject({ provenance: ['user'] });
			for (const text of ['zanzibar', uuid(1)]) expect(isInDatabase(knowledge.database, text)).toBe(false);
		});

		test('stay in their words where the user pinned or edited them, and only then', async () => {
			await remember(1);
			const of = { provenance: [uuid(1)], solution_provenance: [uuid(1)] };
			await knowledge.store.upsert('error-solutions', [
				told(50, 'pinned words', of),
				told(51, 'zanzibar words', of),
				told(52, 'edited, then learned over: zanzibar', of),
			]);
			await book.change(uuid(50), { action: 'pin' });
			await book.change(uuid(51), { action: 'edit', fields: { solution: 'my own words' } });
			await book.change(uuid(52), { action: 'edit', fields: { solution: 'soon overwritten' } });
			await knowledge.store.upsert('error-solutions', [told(52, 'edited, then learned over: zanzibar', { ...of, provenance: [uuid(1), 'user'] })]);
			expect((await book.remove([uuid(1)]))['error-solutions']).toBe(1);
			expect(await solutionOf(50)).toMatchObject({ solution: 'pinned words', provenance: [] });
			expect(await solutionOf(51)).toMatchObject({ solution: 'my own words', provenance: ['user'] });
			for (const text of ['zanzibar', uuid(1)]) expect(isInDatabase(knowledge.database, text)).toBe(false);
		});

		test('lose their examples, and what edits were learned from these; they learn anew from the others', async () => {
			await remember(1, 2);
			const inEditor = new ErrorSolutions({ store: knowledge.store, parser: fixParser(), clock, scope: { workspaceId: 'w1', repositoryId: null } });
			const fix = async (code: string, sources: readonly string[]) => {
				const { text, diagnostic } = markedDiagnostic(code, 'Unexpected var.', 'typescript');
				return inEditor.recordFix({ diagnostic, before: text, after: text.replace('var', 'let'), provenance: sources });
			};
			const failure = markedDiagnostic('{ ¦var zanzibarFailed = 1; }', 'Unexpected var.', 'typescript');
			const id = await fix('¦var lisbon = 1;', [uuid(2)]);
			await fix('function f() { ¦var list = []; return list; }', ['user']);
			await fix('if (x) { ¦var y = g(x), z; }', ['user']);
			await fix('while (go) { ¦var zanzibar = go(); }', [uuid(1)]);
			await inEditor.recordFailure({ diagnostic: failure.diagnostic, before: failure.text, failed: '{ let zanzibarFailed = 2; }', sources: [uuid(1)] });
			await fix('{ ¦var andZanzibar = 1; }', [uuid(1), 'user']);
			expect(isInDatabase(knowledge.database, 'zanzibar')).toBe(true);
			expect((await book.remove([uuid(1)]))['error-solutions']).toBe(0);
			for (const text of ['zanzibar', 'Zanzibar', uuid(1)]) expect(isInDatabase(knowledge.database, text)).toBe(false);
			const [point] = await knowledge.store.get('error-solutions', [id]);
			expect(point?.payload).toMatchObject({ provenance: [uuid(2), 'user'], solution: 'Before:\nif (x) { var y = g(x), z; }\nAfter:\nif (x) { let y = g(x), z; }' });
			const other = markedDiagnostic('class A { m() { ¦var item = this.x; } }', 'Unexpected var.', 'typescript');
			expect(await inEditor.offerFixes(other.diagnostic, other.text)).toMatchObject([{ text: 'class A { m() { let item = this.x; } }' }]);
			// A retired one is cleaned as well, and can be restored.
			await book.change(id, { action: 'retire' });
			expect((await book.remove([uuid(2)]))['error-solutions']).toBe(0);
			for (const text of ['lisbon', uuid(2)]) expect(isInDatabase(knowledge.database, text)).toBe(false);
			expect(await inEditor.offerFixes(other.diagnostic, other.text)).toEqual([]);
			await book.change(id, { action: 'restore' });
			expect(await inEditor.offerFixes(other.diagnostic, other.text)).toHaveLength(1);
		});

		test('of another workspace go with the workspace that the question was asked in', async () => {
			await remember(1);
			await knowledge.store.upsert('error-solutions', [
				told(50, 'zanzibar words', { provenance: [uuid(1)], workspace_id: 'w2' }),
				told(51, 'others', { workspace_id: 'w2' }),
			]);
			expect(await book.forget({ workspaceId: 'w1' })).toMatchObject({ 'interaction-history': 1, 'error-solutions': 1 });
			expect(isInDatabase(knowledge.database, 'zanzibar')).toBe(false);
			expect(await idsOf()).toEqual([uuid(51)]);
		});
	});

	test('a deleted skill takes what it earned with it, and a deleted practice is remembered as deleted', async () => {
		await knowledge.store.upsert('skills-patterns', [skillPoint(50)]);
		await knowledge.store.upsert('best-practices', [practicePoint(60)]);
		const sent = (id: number) => ({ pointId: uuid(id), collection: 'skills-patterns', workspaceId: '', filePath: '', symbol: null, text: 'carefully stepwise' }) as const;
		await loop.remember(interaction(1, { response: 'carefully and stepwise', contexts: [sent(50)] }));
		await loop.report([signalOn(1, 'a', 'thumbs', 1)]);
		expect(isInDatabase(knowledge.database, uuid(50))).toBe(true);
		expect(await book.remove([uuid(50), uuid(60)])).toMatchObject({ 'skills-patterns': 1, 'best-practices': 1 });
		expect((await knowledge.outcomes.creditsAt([uuid(50)])).size).toBe(0);
		expect(await knowledge.outcomes.contexts(uuid(1))).toEqual([]);
		expect([...(await knowledge.eraser.deletedAmong([uuid(50), uuid(60)]))]).toEqual([uuid(60)]);
	});

	test('forgetting a workspace takes all of it, what was shared from it too, and nothing of others', async () => {
		await learnFrom(1, 'zanzibar question', 'w1');
		await learnFrom(2, 'lisbon question', 'w2');
		await book.change(uuid(101), { action: 'confirm' });
		await book.change(uuid(101), { action: 'share' });
		const removed = await book.forget({ workspaceId: 'w1' });
		expect(removed).toEqual({ 'skills-patterns': 2, 'error-solutions': 0, 'best-practices': 0, 'interaction-history': 1 });
		expect(isInDatabase(knowledge.database, 'zanzibar')).toBe(false);
		for (const table of ['points', 'signals', 'contexts', 'credits']) {
			const rows = JSON.stringify(knowledge.database.prepare(`SELECT * FROM ${table}`).all());
			expect([table, rows.includes('w1'), rows.includes(uuid(1))]).toEqual([table, false, false]);
		}
		expect(await idsOf()).toHaveLength(3);
		expect(await knowledge.outcomes.creditsOf([uuid(2)])).not.toEqual([]);
	});

	test('forgetting everything leaves empty tables', async () => {
		await learnFrom(1, 'zanzibar question');
		await learnFrom(2, 'lisbon question', 'w2');
		await knowledge.store.upsert('error-solutions', [errorPoint(5)]);
		await knowledge.store.upsert('best-practices', [practicePoint(6)]);
		await book.remove([uuid(6)]);
		await book.forget({ everything: true });
		for (const table of ['points', 'bodies', 'vectors', 'signals', 'contexts', 'credits', 'pending', 'extractions', 'deleted_items']) {
			expect([table, knowledge.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n]).toEqual([table, 0]);
		}
	});

	test('retention forgets the old and the many, keeps what is pinned, and keeps skills', async () => {
		for (const day of [1, 2, 3, 4, 5]) await loop.remember(interaction(day, { timeMs: day * DAY_MS, query: `question of day ${day}` }));
		await knowledge.store.upsert('skills-patterns', [skillPoint(50, { provenance: [uuid(1)] })]);
		await book.change(uuid(1), { action: 'pin' });
		clock.advance(10 * DAY_MS);
		const stores = { ...knowledge, skills };
		expect(await enforceRetention(stores, { keepInteractionsDays: 7, maxInteractions: 100 }, clock)).toBe(1);
		expect(await idsOf({ collections: ['interaction-history'] })).toEqual([5, 4, 3, 1].map(uuid));
		expect(await enforceRetention(stores, { keepInteractionsDays: 0, maxInteractions: 2 }, clock)).toBe(1);
		expect(await idsOf({ collections: ['interaction-history'] })).toEqual([5, 4, 1].map(uuid));
		expect(await enforceRetention(stores, { keepInteractionsDays: 0, maxInteractions: 100 }, clock)).toBe(0);
		// A clock that was set to another decade takes nothing that was asked within the time to keep.
		clock.advance(5_000 * DAY_MS);
		expect(await enforceRetention(stores, { keepInteractionsDays: 365, maxInteractions: 100 }, clock)).toBe(0);
		expect(isInDatabase(knowledge.database, 'question of day 2')).toBe(false);
		expect(await idsOf({ collections: ['skills-patterns'] })).toEqual([uuid(50)]);
	});

	test('agents that ask without end drive out their own questions, and none of the user’s', async () => {
		for (const number of [1, 2, 3]) await loop.remember(interaction(number, { timeMs: number * DAY_MS }));
		for (const number of [11, 12, 13, 14, 15, 16]) await loop.remember(interaction(number, { timeMs: number * DAY_MS, agent: `agent:${number}` }));
		clock.advance(20 * DAY_MS);
		await enforceRetention({ ...knowledge, skills }, { keepInteractionsDays: 0, maxInteractions: 6 }, clock);
		expect(await idsOf({ collections: ['interaction-history'] })).toEqual([16, 15, 14, 3, 2, 1].map(uuid));
	});
});
