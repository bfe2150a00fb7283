import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SkillEvidence } from '#core/domain/collection';
import { judgeSkill, withEvidence } from '#core/learn/pattern/judgeSkill';

const AT = { nowMs: 0, halfLifeDays: 60 };
const NEW = { status: 'proposed', value_score: 0.8 } as const;
const evidence = (id: number, more: Partial<SkillEvidence> = {}): SkillEvidence => ({
	interaction_id: `i${id}`,
	conversation_id: `c${id}`,
	role: 'used',
	outcome: 'success',
	text: `question ${id}`,
	value_score: 0.8,
	timestamp: new Date(id).toISOString(),
	...more,
});
const failures = (count: number, timeMs = 0) => Array.from({ length: count }, () => ({ success: 0.1, weight: 0.8, timeMs }));

describe('judgeSkill', () => {
	test('three conversations that went well make a proposed skill active; three turns of one do not', () => {
		expect(judgeSkill({ ...NEW, evidence: [1, 2].map((id) => evidence(id)) }, [], AT).status).toBe('proposed');
		expect(judgeSkill({ ...NEW, evidence: [1, 2, 3].map((id) => evidence(id)) }, [], AT)).toMatchObject({ status: 'active', status_by: 'evidence' });
		expect(judgeSkill({ ...NEW, evidence: [1, 2, 3, 4].map((id) => evidence(id, { conversation_id: 'c' })) }, [], AT).status).toBe('proposed');
		expect(judgeSkill({ ...NEW, evidence: [1, 2, 3].map((id) => evidence(id, { outcome: 'partial' })) }, [], AT).status).toBe('proposed');
	});

	test('what stops helping is retired, unless it is pinned, and does not return by itself', () => {
		const active = { status: 'active', value_score: 0.8, evidence: [1, 2, 3].map((id) => evidence(id)) } as const;
		expect(judgeSkill(active, failures(1), AT).status).toBe('active');
		expect(judgeSkill(active, failures(2), AT)).toMatchObject({ status: 'retired', status_by: 'evidence' });
		expect(judgeSkill({ ...active, pinned: true }, failures(9), AT).status).toBe('active');
		expect(judgeSkill({ ...active, status: 'retired' }, [], AT).status).toBe('retired');
	});

	test('what the user restored is judged by newer evidence alone', () => {
		const restored = { status: 'active', status_by: 'user', status_since: new Date(100).toISOString(), value_score: 0.8 } as const;
		expect(judgeSkill(restored, failures(5, 50), AT).status).toBe('active');
		expect(judgeSkill(restored, failures(5, 150), AT).status).toBe('retired');
	});

	test('a skill whose only source turns out wrong is retired', () => {
		expect(judgeSkill({ ...NEW, evidence: [evidence(1, { role: 'source', outcome: 'failure' })] }, [], AT).status).toBe('retired');
	});

	test('the value starts at what it was learned from and follows its use', () => {
		const source = [evidence(1, { role: 'source', value_score: 0.9 })];
		expect(judgeSkill({ ...NEW, evidence: source }, [], AT).value_score).toBeCloseTo(0.9);
		const good = Array.from({ length: 8 }, () => ({ success: 0.95, weight: 0.9, timeMs: 0 }));
		expect(judgeSkill({ ...NEW, evidence: source }, good, AT).value_score).toBeGreaterThan(0.9);
		expect(judgeSkill({ ...NEW, evidence: source }, failures(8), AT).value_score).toBeLessThan(0.35);
	});

	test('examples are the questions of each outcome, the newest five, each once', () => {
		const many = [1, 2, 3, 4, 5, 6, 7].map((id) => evidence(id));
		const judged = judgeSkill({ ...NEW, evidence: [...many, evidence(8, { text: 'question 7' }), evidence(9, { outcome: 'failure' })] }, [], AT);
		expect(judged.success_examples).toEqual(['question 3', 'question 4', 'question 5', 'question 6', 'question 7']);
		expect(judged.failure_examples).toEqual(['question 9']);
	});

	test('evidence adds up the same in any order, and the same interaction counts once', () => {
		const entry = fc.record({ id: fc.integer({ min: 1, max: 60 }), role: fc.constantFrom('source' as const, 'used' as const) });
		fc.assert(
			fc.property(fc.uniqueArray(entry, { selector: ({ id, role }) => `${id}${role}`, maxLength: 80 }), (entries) => {
				const add = (list: typeof entries) => list.reduce<readonly SkillEvidence[]>((known, { id, role }) => withEvidence(known, evidence(id, { role })), []);
				const sorted = (list: readonly SkillEvidence[]) => list.map(({ interaction_id }) => interaction_id).sort();
				expect(sorted(add([...entries].reverse()))).toEqual(sorted(add(entries)));
				expect(add([...entries, ...entries]).length).toBe(Math.min(40, entries.length));
			}),
		);
	});
});
