import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KnowledgeHit } from '#core/domain/hit';
import { createLearningLoop } from '#core/learn/learningLoop';
import { endorsePractices } from '#core/learn/practice/endorse';
import { createPracticeReader, type PracticeReader, type PracticeSource } from '#core/learn/practice/practiceReader';
import { keepTrue } from '#core/learn/truth/keepTrue';
import { DEFAULT_SETTINGS } from '#core/settings';
import { createFiles } from '#node/files';
import { createLog } from '#node/log';
import { interaction, signalOn } from '../support/interactions.ts';
import { isInDatabase, openTestKnowledge, type TestKnowledge } from '../support/knowledge.ts';
import { createManualClock, type ManualClock } from '../support/manualClock.ts';
import { skillPoint } from '../support/skills.ts';
import { uuid } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const CONTRIBUTING = '# Contributing\n\nWrite a test for every change you make.\n\n## Style\n\nUse tabs, and never end a line with spaces.\n';

describe('practices', () => {
	let folder: TemporaryFolder;
	let workspace: TemporaryFolder;
	let knowledge: TestKnowledge;
	let clock: ManualClock;
	let practices: PracticeReader;
	let source: PracticeSource;
	let indexed: (path: string) => boolean;

	beforeEach(async () => {
		folder = temporaryFolder();
		workspace = temporaryFolder();
		knowledge = await openTestKnowledge(folder.join('knowledge.db'));
		await knowledge.store.useEmbeddingModel('words-64', 64);
		clock = createManualClock();
		practices = createPracticeReader({ store: knowledge.store, eraser: knowledge.eraser, files: createFiles(), clock, log: createLog(() => undefined, 'off') });
		indexed = () => true;
		const entry = { sizeBytes: 1, mtimeMs: 1, contentHash: 'h', language: 'markdown', skipReason: null, failureCount: 0, lineCount: 1, chunkCount: 1 };
		source = {
			worktree: { id: 'w1', repositoryId: 'r1', path: workspace.path, name: 'sample' },
			manifest: { entries: async (_, paths = []) => new Map(paths.filter(indexed).map((path) => [path, { path, ...entry }])) },
		};
		workspace.write({
			'CONTRIBUTING.md': CONTRIBUTING,
			'.editorconfig': '[*]\nindent_style = tab\n',
			'README.md': '# Not rules at all\n\nJust words about this project.\n',
		});
	});
	afterEach(async () => {
		await knowledge.store.close();
		folder[Symbol.dispose]();
		workspace[Symbol.dispose]();
	});
	const all = async () => (await knowledge.store.scroll('best-practices', { limit: 100 })).points;
	const byTitle = async (title: string) => (await all()).find(({ payload }) => payload.title === title);
	const hit = (id: string, collection: KnowledgeHit['collection'] = 'best-practices'): KnowledgeHit => ({ id, collection, title: '', text: '', relevance: 1 });
	const kept = async (id: string, collection?: KnowledgeHit['collection']) =>
		(await keepTrue({ store: knowledge.store, practices, files: createFiles(), clock }, [hit(id, collection)], [source])).length === 1;

	test('are read from the rules of the repository, with references, and the same again changes nothing', async () => {
		expect(await practices.refresh(source)).toBe(3);
		expect((await byTitle('Contributing › Style'))?.payload).toMatchObject({
			description: 'Use tabs, and never end a line with spaces.',
			category: 'contributing',
			references: ['CONTRIBUTING.md:7-7'],
			workspace_id: 'w1',
			scope: 'workspace',
			status: 'active',
			provenance: ['repository'],
		});
		expect((await byTitle('Editor settings of files *'))?.payload.description).toBe('indent_style = tab');
		const before = await all();
		expect(await practices.refresh(source)).toBe(0);
		expect(await all()).toEqual(before);
	});

	test('are not read from files that the index leaves out', async () => {
		indexed = (path) => path !== 'CONTRIBUTING.md';
		expect(await practices.refresh(source)).toBe(1);
		expect(isInDatabase(knowledge.database, 'every change')).toBe(false);
	});

	test('are not read from local-only files, and are put away when a file becomes one', async () => {
		let localOnly: readonly string[] = [];
		const isLocalOnly = async (paths: readonly string[]) => paths.map((path) => localOnly.includes(path));
		const careful = createPracticeReader({ ...knowledge, files: createFiles(), clock, log: createLog(() => undefined, 'off'), isLocalOnly });
		localOnly = [workspace.join('CONTRIBUTING.md')];
		expect(await careful.refresh(source)).toBe(1);
		expect(isInDatabase(knowledge.database, 'every change')).toBe(false);
		localOnly = [];
		await careful.refresh(source);
		const style = await byTitle('Contributing › Style');
		localOnly = [workspace.join('CONTRIBUTING.md')];
		const hits = [hit(style?.id ?? '')];
		expect(await keepTrue({ store: knowledge.store, practices: careful, files: createFiles(), clock }, hits, [source])).toEqual([]);
		expect((await byTitle('Contributing › Style'))?.payload.status).toBe('retired');
	});

	test('follow their file: changed text stays the same item, removed text is retired, and returns', async () => {
		await practices.refresh(source);
		const style = await byTitle('Contributing › Style');
		workspace.write({ 'CONTRIBUTING.md': '# Contributing\n\n## Style\n\nUse two spaces, and never tabs, anywhere.\n' });
		expect(await practices.refresh(source)).toBe(2);
		const after = await byTitle('Contributing › Style');
		expect(after?.id).toBe(style?.id);
		expect(after?.payload.description).toContain('two spaces');
		expect(isInDatabase(knowledge.database, 'Use tabs')).toBe(false);
		expect((await byTitle('Contributing'))?.payload).toMatchObject({ status: 'retired', status_by: 'tree' });
		rmSync(workspace.join('CONTRIBUTING.md'));
		await practices.refresh(source);
		expect((await all()).filter(({ payload }) => payload.status === 'active')).toHaveLength(1);
		workspace.write({ 'CONTRIBUTING.md': CONTRIBUTING });
		await practices.refresh(source);
		expect((await all()).filter(({ payload }) => payload.status === 'active')).toHaveLength(3);
	});

	test('a deleted or retired one does not come back with its file', async () => {
		await practices.refresh(source);
		const [first, second] = [await byTitle('Contributing'), await byTitle('Contributing › Style')];
		await knowledge.eraser.noteDeleted([first?.id ?? '']);
		await knowledge.store.delete('best-practices', { ids: [first?.id ?? ''] });
		await knowledge.store.setPayload('best-practices', [second?.id ?? ''], { status: 'retired', status_by: 'user' });
		workspace.write({ 'CONTRIBUTING.md': `${CONTRIBUTING}\n## More\n\nSign off each commit you make.\n` });
		await practices.refresh(source);
		expect(await byTitle('Contributing')).toBeUndefined();
		expect((await byTitle('Contributing › Style'))?.payload.status).toBe('retired');
		expect((await byTitle('Contributing › More'))?.payload.status).toBe('active');
	});

	test('are held against their file when they are used', async () => {
		await practices.refresh(source);
		const style = (await byTitle('Contributing › Style'))?.id ?? '';
		const first = (await byTitle('Contributing'))?.id ?? '';
		expect(await kept(style)).toBe(true);
		workspace.write({ 'CONTRIBUTING.md': CONTRIBUTING.replace('Use tabs', 'Use spaces') });
		expect(await kept(style)).toBe(false);
		expect(await kept(style)).toBe(true);
		expect(await kept(first)).toBe(true);
		expect((await byTitle('Contributing › Style'))?.payload.description).toContain('Use spaces');
		rmSync(workspace.join('CONTRIBUTING.md'));
		expect(await kept(style)).toBe(false);
		expect((await byTitle('Contributing › Style'))?.payload).toMatchObject({ status: 'retired', status_by: 'tree' });
	});

	test('secrets in a rules file are blanked', async () => {
		workspace.write({ 'AGENTS.md': '# Deploy\n\nLog in with token = "ghp_0123456789abcdefghijABCDEFGHIJ012345" before you deploy.\n' });
		await practices.refresh(source);
		expect((await byTitle('Deploy'))?.payload.description).toContain('[REDACTED]');
		expect(isInDatabase(knowledge.database, 'ghp_')).toBe(false);
	});

	test('count the interactions that went well with them', async () => {
		await practices.refresh(source);
		const style = (await byTitle('Contributing › Style'))?.id ?? '';
		const { store, outcomes, rankings } = knowledge;
		const loop = createLearningLoop({
			history: store,
			outcomes,
			rankings,
			settings: () => DEFAULT_SETTINGS,
			log: createLog(() => undefined, 'off'),
			onSettled: (settled) => endorsePractices(knowledge, settled),
		});
		const context = { pointId: style, collection: 'best-practices', workspaceId: '', filePath: '', symbol: null, text: 'indentation whitespace' } as const;
		for (const [number, thumb] of [
			[1, 1],
			[2, 1],
			[3, -1],
		] as const) {
			await loop.remember(interaction(number, { response: 'mind indentation and whitespace', contexts: [context] }));
			await loop.report([signalOn(number, `a${number}`, 'thumbs', thumb)]);
		}
		expect((await byTitle('Contributing › Style'))?.payload.endorsement_count).toBe(2);
		await loop.report([signalOn(2, 'b', 'thumbs', -1, { timeMs: 5 })]);
		expect((await byTitle('Contributing › Style'))?.payload.endorsement_count).toBe(1);
	});

	test('a skill whose code is gone is left out and demoted, then retired; a pinned one is believed', async () => {
		workspace.write({ 'src/cart.ts': 'export function addItem() {}\n' });
		const anchors = ['w1\nsrc/cart.ts\naddItem'];
		await knowledge.store.upsert('skills-patterns', [skillPoint(1, { anchors }), skillPoint(2, { anchors, pinned: true })]);
		expect(await kept(uuid(1), 'skills-patterns')).toBe(true);
		rmSync(workspace.join('src/cart.ts'));
		const statuses: (string | undefined)[] = [];
		for (let check = 0; check < 3; check++) {
			clock.advance(2 * 3_600_000);
			expect(await kept(uuid(1), 'skills-patterns')).toBe(false);
			statuses.push((await knowledge.store.get('skills-patterns', [uuid(1)]))[0]?.payload.status);
		}
		expect(statuses).toEqual(['proposed', 'proposed', 'retired']);
		expect(await kept(uuid(2), 'skills-patterns')).toBe(true);
	});
});
