import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embedLearned } from '#core/learn/embedLearned';
import type { Diagnostic } from '#core/learn/error/errorSignature';
import { ErrorSolutions } from '#core/learn/error/errorSolutions';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import { EmbeddedVectorStore } from '#core/store/embedded/embeddedVectorStore';
import { KNOWLEDGE_MIGRATIONS } from '#core/store/embedded/schema';
import { migrate } from '#core/store/migrate';
import type { LearnedStore } from '#core/store/vectorStore';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../support/assets.ts';
import { fixParser, markedDiagnostic } from '../support/fixes.ts';
import { wordEmbedding } from '../support/knowledge.ts';
import { createManualClock } from '../support/manualClock.ts';
import { kernelModule } from '../support/stores.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const MESSAGE = 'Unexpected var, use let or const instead.';
const marked = (code: string, message = MESSAGE) => markedDiagnostic(code, message, 'typescript');

describe('error solutions over a real store', () => {
	let folder: TemporaryFolder;
	let store: LearnedStore;
	const clock = createManualClock();
	const parser = fixParser();
	const solutions = (workspaceId = 'w1') => new ErrorSolutions({ store, parser, clock, scope: { workspaceId, repositoryId: 'r' } });
	const teach = async (target: ErrorSolutions, code: string, fixed: string, message = MESSAGE) => {
		const { text, diagnostic } = marked(code, message);
		return target.recordFix({ diagnostic, before: text, after: fixed, provenance: ['interaction-1'] });
	};
	const offered = async (target: ErrorSolutions, code: string, message = MESSAGE) => {
		const { text, diagnostic } = marked(code, message);
		return target.offerFixes(diagnostic, text);
	};
	const teachVar = async (target: ErrorSolutions) => {
		await teach(target, '¦var a = 1;', 'let a = 1;');
		await teach(target, 'function f() { ¦var list = []; return list; }', 'function f() { let list = []; return list; }');
		return teach(target, 'if (x) { ¦var y = g(x), z; }', 'if (x) { let y = g(x), z; }');
	};

	beforeEach(async () => {
		folder = temporaryFolder();
		const path = folder.join('knowledge.db');
		const database = await createSqliteEngine({ assetsPath: assetsPath() }).open(path);
		migrate(database, KNOWLEDGE_MIGRATIONS, { path, backup: () => database.copyTo(`${path}.backup`) });
		store = new EmbeddedVectorStore(database, await kernelModule());
	});
	afterEach(async () => {
		await store.close();
		folder[Symbol.dispose]();
	});

	it('offer with their record what was learned, also to the next process', async () => {
		const id = await teachVar(solutions());
		const [offer, ...more] = await offered(solutions(), 'class A { m() { ¦var item = this.x; } }\n');
		expect(more).toEqual([]);
		expect(offer).toMatchObject({ solutionId: id, text: 'class A { m() { let item = this.x; } }\n', worked: 3, used: 3, edits: [{ start: 16, end: 19, text: 'let' }] });
		const [point] = await store.get('error-solutions', [id]);
		expect(point?.payload).toMatchObject({
			error_message: MESSAGE,
			solution_verified: true,
			success_count: 3,
			failure_count: 0,
			scope: 'workspace',
			provenance: ['interaction-1'],
		});
		expect(point?.payload.confidence_score).toBeCloseTo(4 / 5);
	});

	it('are one for messages that differ in names of the code', async () => {
		const target = solutions();
		const first = await teach(target, '¦let unused = 1;\nrun();', 'run();', 'Variable unused is never read');
		expect(await teach(target, 'go();\n¦let other = 2;\nrun();', 'go();\nrun();', 'Variable other is never read')).toBe(first);
	});

	it('stop offering at once what failed, and count it', async () => {
		const target = solutions();
		const id = await teachVar(target);
		const { text, diagnostic } = marked('for (;;) { ¦var n = 1; }');
		const [offer] = await target.offerFixes(diagnostic, text);
		expect(offer?.text).toBe('for (;;) { let n = 1; }');
		expect(await target.recordFailure({ diagnostic, before: text, failed: offer?.text ?? '' })).toBe(id);
		expect(await target.offerFixes(diagnostic, text)).toEqual([]);
		const [point] = await store.get('error-solutions', [id]);
		expect(point?.payload).toMatchObject({ success_count: 3, failure_count: 1 });
	});

	it('are none where only failures are known, however many', async () => {
		const target = solutions();
		const { text, diagnostic } = marked('{ ¦var q = 1; }');
		for (let time = 0; time < 3; time++) expect(await target.recordFailure({ diagnostic, before: text, failed: '{ const q = 1; }' })).toBeNull();
		expect(await store.count('error-solutions')).toBe(0);
		const id = await teachVar(target);
		expect((await store.get('error-solutions', [id]))[0]?.payload).toMatchObject({ success_count: 3, failure_count: 0 });
		expect(await target.recordFailure({ diagnostic, before: text, failed: '{ const q = 1; }' })).toBe(id);
		expect((await store.get('error-solutions', [id]))[0]?.payload).toMatchObject({ success_count: 3, failure_count: 1 });
	});

	it('stay in their workspace, and go when they are deleted or retired', async () => {
		const target = solutions();
		const id = await teachVar(target);
		const code = '{ ¦var q = 1; }';
		expect(await offered(solutions('w2'), code)).toEqual([]);
		await store.setPayload('error-solutions', [id], { status: 'retired' });
		expect(await offered(target, code)).toEqual([]);
		await teachVar(target);
		expect(await offered(target, code)).toEqual([]);
		await store.delete('error-solutions', { ids: [id] });
		expect(await store.count('error-solutions')).toBe(0);
		expect(await offered(target, code)).toEqual([]);
	});

	it('learn nothing from code that holds a secret, and keep none of it', async () => {
		const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
		const id = await teach(solutions(), `¦var token = '${secret}';`, `let token = '${secret}';`);
		const [point] = await store.get('error-solutions', [id]);
		expect(JSON.stringify(point)).not.toContain(secret);
		expect(point?.payload).toMatchObject({ success_count: 1, solution: '' });
	});

	it('keep only the surroundings of a fix in a large file', async () => {
		const large = Array.from({ length: 400 }, (_, index) => `function f${index}() { return ${index}; }`).join('\n');
		const id = await teach(solutions(), `${large}\nfunction last() { ¦var a = 1; }\n`, `${large}\nfunction last() { let a = 1; }\n`);
		const [point] = await store.get('error-solutions', [id]);
		expect(point?.payload.solution).toContain('function last() { var a = 1; }');
		expect(point?.payload.learned_fix).not.toContain('f300');
	});

	it('take a damaged record, or one of another version, for nothing learned', async () => {
		const target = solutions();
		const id = await teachVar(target);
		for (const damaged of ['{', '{"version":99}', '[]']) {
			await store.setPayload('error-solutions', [id], { learned_fix: damaged });
			expect(await offered(target, '{ ¦var q = 1; }')).toEqual([]);
		}
		await teach(target, '{ ¦var r = 1; }', '{ let r = 1; }');
		expect((await store.get('error-solutions', [id]))[0]?.payload.success_count).toBe(4);
		const unknown: Diagnostic = { message: 'never seen', source: '', code: '', languageId: 'typescript' };
		expect(await target.offerFixes(unknown, 'x')).toEqual([]);
	});

	it('of a local-only file are marked for good, and lend their words to no other of that kind', async () => {
		const texts: string[] = [];
		const elsewhere: EmbeddingModel = {
			...wordEmbedding(),
			isRemote: true,
			embed: async (given) => {
				texts.push(...given);
				return wordEmbedding().embed(given, { purpose: 'document' });
			},
		};
		const learn = async (workspaceId: string, name: string, isLocalOnly: boolean) => {
			const { text, diagnostic } = marked(`¦var ${name} = 1;`, `'${name}' is declared with var.`);
			return solutions(workspaceId).recordFix({ diagnostic, before: text, after: `let ${name} = 1;`, provenance: ['user'], isLocalOnly });
		};
		const id = await learn('w1', 'vaultKey', true);
		await learn('w2', 'plainName', false);
		await learn('w1', 'otherName', false);
		const { points } = await store.scroll('error-solutions', { limit: 9 });
		expect(points.map(({ payload }) => [payload.workspace_id, payload.local_only ?? false]).sort()).toEqual([
			['w1', true],
			['w2', false],
		]);
		expect(await embedLearned(store, elsewhere)).toBe(1);
		expect(texts).toEqual([expect.stringContaining('plainName')]);
		expect(await embedLearned(store, wordEmbedding())).toBe(1);
		expect((await store.get('error-solutions', [id]))[0]?.hasVector).toBe(true);
	});
});
