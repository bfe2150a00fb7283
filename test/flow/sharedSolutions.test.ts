import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KnowledgeChange } from '#core/domain/knowledge';
import { changeItem } from '#core/learn/book/changeItem';
import { ErrorSolutions } from '#core/learn/error/errorSolutions';
import { fixParser, markedDiagnostic } from '../support/fixes.ts';
import { openTestKnowledge, type TestKnowledge } from '../support/knowledge.ts';
import { createManualClock } from '../support/manualClock.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

const MESSAGE = 'Unexpected var, use let or const instead.';
const CODE = '{ ¦var q = 1; }';
const FIXED = '{ let q = 1; }';

describe('a learned fix that is shared with all workspaces', () => {
	let folder: TemporaryFolder;
	let store: TestKnowledge['store'];
	const clock = createManualClock();
	const parser = fixParser();
	const solutions = (workspaceId: string) => new ErrorSolutions({ store, parser, clock, scope: { workspaceId, repositoryId: null } });
	const teach = async (workspaceId: string, code: string, fixed: string, isLocalOnly = false) => {
		const { text, diagnostic } = markedDiagnostic(code, MESSAGE, 'typescript');
		return solutions(workspaceId).recordFix({ diagnostic, before: text, after: fixed, provenance: ['user'], isLocalOnly });
	};
	const teachVar = async (workspaceId: string, isLocalOnly = false) => {
		await teach(workspaceId, '¦var a = 1;', 'let a = 1;', isLocalOnly);
		await teach(workspaceId, 'function f() { ¦var list = []; return list; }', 'function f() { let list = []; return list; }', isLocalOnly);
		return teach(workspaceId, 'if (x) { ¦var y = g(x), z; }', 'if (x) { let y = g(x), z; }', isLocalOnly);
	};
	const offered = async (workspaceId: string, code = CODE) => {
		const { text, diagnostic } = markedDiagnostic(code, MESSAGE, 'typescript');
		return solutions(workspaceId).offerFixes(diagnostic, text);
	};
	const fail = async (workspaceId: string, code: string, failed: string, message = MESSAGE) => {
		const { text, diagnostic } = markedDiagnostic(code, message, 'typescript');
		return solutions(workspaceId).recordFailure({ diagnostic, before: text, failed });
	};
	const payloadOf = async (id: string) => (await store.get('error-solutions', [id]))[0]?.payload;
	const change = async (id: string, action: Exclude<KnowledgeChange['action'], 'edit'>) => {
		const [point] = await store.get('error-solutions', [id]);
		if (!point) throw new Error('There is no such item.');
		await changeItem(store, 'error-solutions', point, { action }, new Date(clock.nowMs()).toISOString());
	};

	beforeEach(async () => {
		folder = temporaryFolder();
		({ store } = await openTestKnowledge(folder.join('knowledge.db')));
	});
	afterEach(async () => {
		await store.close();
		folder[Symbol.dispose]();
	});

	it('is offered in its own workspace and in others, until it is taken back or retired', async () => {
		const id = await teachVar('w1');
		expect(await offered('w2')).toEqual([]);
		await change(id, 'share');
		for (const workspaceId of ['w1', 'w2']) expect(await offered(workspaceId)).toMatchObject([{ solutionId: id, text: FIXED, worked: 3, used: 3 }]);
		await change(id, 'retire');
		for (const workspaceId of ['w1', 'w2']) expect(await offered(workspaceId)).toEqual([]);
		await change(id, 'restore');
		await change(id, 'unshare');
		expect(await offered('w1')).toMatchObject([{ solutionId: id }]);
		expect(await offered('w2')).toEqual([]);
	});

	it('is the one that is counted wherever it is used, and learns no code of where it is', async () => {
		const id = await teachVar('w1');
		await change(id, 'share');
		expect(await teach('w1', '{ ¦var hereOnly = 1; }', '{ let hereOnly = 1; }')).toBe(id);
		expect(await teach('w2', '{ ¦var thereOnly = 1; }', '{ let thereOnly = 1; }')).toBe(id);
		expect(await teach('w2', '{ ¦var vaultOnly = 1; }', '{ let vaultOnly = 1; }', true)).toBe(id);
		expect(await payloadOf(id)).toMatchObject({ success_count: 6, scope: 'global', workspace_id: null, shared_from: 'w1' });
		expect(await store.count('error-solutions')).toBe(1);
		expect(JSON.stringify(await payloadOf(id))).not.toMatch(/hereOnly|thereOnly|vaultOnly/);
		expect(await offered('w2')).toMatchObject([{ solutionId: id, worked: 6, used: 6 }]);
	});

	it('is offered nowhere any more where it failed, and keeps nothing of what it failed on', async () => {
		const id = await teachVar('w1');
		await change(id, 'share');
		const code = 'function failing() { ¦var broken = 1; }';
		const [offer] = await offered('w2', code);
		expect(offer?.text).toBe('function failing() { let broken = 1; }');
		expect(await fail('w2', code, offer?.text ?? '')).toBe(id);
		expect(await payloadOf(id)).toMatchObject({ success_count: 3, failure_count: 1, solution_verified: true });
		expect(JSON.stringify(await payloadOf(id))).not.toMatch(/failing|broken/);
		for (const workspaceId of ['w1', 'w2']) expect(await offered(workspaceId, code)).toEqual([]);
	});

	it('is offered again where the failure, or a success, was taken back', async () => {
		const id = await teachVar('w1');
		await change(id, 'share');
		const code = 'function failing() { ¦var broken = 1; }';
		const after = 'function failing() { let broken = 1; }';
		const { text, diagnostic } = markedDiagnostic(code, MESSAGE, 'typescript');
		await fail('w2', code, after);
		await solutions('w2').takeBack({ diagnostic, before: text, after }, false);
		for (const workspaceId of ['w1', 'w2']) expect(await offered(workspaceId, code)).toMatchObject([{ worked: 3, used: 3 }]);
		await teach('w2', code, after);
		await solutions('w2').takeBack({ diagnostic, before: text, after }, true);
		expect(await offered('w2', code)).toMatchObject([{ solutionId: id, text: after, worked: 3, used: 3 }]);
	});

	it('stands behind what a workspace knows itself, which is counted there', async () => {
		const own = await teachVar('w2');
		const id = await teachVar('w1');
		await change(id, 'share');
		expect(await offered('w2')).toMatchObject([{ solutionId: own, text: FIXED, used: 3 }]);
		expect(await offered('w3')).toMatchObject([{ solutionId: id, text: FIXED, used: 3 }]);
		expect(await teach('w2', '{ ¦var r = 1; }', '{ let r = 1; }')).toBe(own);
		expect([(await payloadOf(own))?.success_count, (await payloadOf(id))?.success_count]).toEqual([4, 3]);
		expect((await payloadOf(id))?.learned_fix).not.toContain('let r');
	});

	it('stands before what a workspace has only seen fail', async () => {
		const own = await teachVar('w2');
		await store.setPayload('error-solutions', [own], { success_count: 0, failure_count: 1, solution: '' });
		const id = await teachVar('w1');
		await change(id, 'share');
		expect(await offered('w2')).toMatchObject([{ solutionId: id }]);
	});

	it('is counted where it fails too, and a failure of what nobody knows is not', async () => {
		expect(await fail('w2', CODE, '{ const q = 1; }')).toBeNull();
		const id = await teachVar('w1');
		await change(id, 'share');
		expect(await fail('w2', CODE, '{ const q = 1; }')).toBe(id);
		expect(await store.count('error-solutions')).toBe(1);
		expect(await offered('w2')).toMatchObject([{ solutionId: id, worked: 3, used: 4 }]);
	});

	it('never stems from local-only text', async () => {
		const id = await teachVar('w1', true);
		await expect(change(id, 'share')).rejects.toMatchObject({ code: 'invalid-argument' });
		expect(await offered('w1')).toHaveLength(1);
		expect(await offered('w2')).toEqual([]);
		// Whoever marked it so: what is local-only is nobody else's.
		await store.setPayload('error-solutions', [id], { scope: 'global', workspace_id: null, shared_from: 'w1' });
		expect(await offered('w2')).toEqual([]);
	});
});
