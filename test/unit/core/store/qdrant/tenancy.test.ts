import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readableTenants, serverId, tenantOf, uuidOf } from '#core/store/qdrant/tenancy';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('tenants of a Qdrant server', () => {
	test('share with the team what the user shared with all, and never code or questions', () => {
		const tenancy = { user: 'ada', team: 'blue' };
		expect(tenantOf(tenancy, 'skills-patterns', { scope: 'global' })).toBe('team:blue');
		expect(tenantOf(tenancy, 'skills-patterns', { scope: 'workspace' })).toBe('user:ada');
		expect(tenantOf(tenancy, 'codebase-context', { scope: 'global' })).toBe('user:ada');
		expect(tenantOf(tenancy, 'interaction-history', { scope: 'global' })).toBe('user:ada');
		expect(tenantOf({ user: 'ada', team: null }, 'skills-patterns', { scope: 'global' })).toBe('user:ada');
		expect(readableTenants(tenancy)).toEqual(['user:ada', 'team:blue']);
	});

	test('give each user ids of their own, the same at every time', () => {
		void fc.assert(
			fc.property(fc.uuid(), fc.string(), fc.string(), (id, ada, bob) => {
				expect(serverId(ada, id)).toMatch(UUID);
				expect(serverId(ada, id)).toBe(serverId(ada, id));
				if (ada !== bob) expect(serverId(ada, id)).not.toBe(serverId(bob, id));
			}),
		);
	});

	test('keep apart what is apart, and begin as ours do', () => {
		void fc.assert(
			fc.property(fc.uuid(), fc.uuid(), (one, other) => {
				if (one !== other) expect(serverId('ada', one)).not.toBe(serverId('ada', other));
				expect(serverId('ada', one).slice(0, 24)).toBe(one.slice(0, 24));
			}),
		);
	});

	test('make a UUID of any other text', () => {
		void fc.assert(fc.property(fc.string(), (text) => void expect(uuidOf(text)).toMatch(UUID)));
		expect(serverId('ada', 'not a uuid')).toMatch(UUID);
		expect(uuidOf('a')).not.toBe(uuidOf('b'));
	});
});
