import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addUser, gateOf, parseUsers } from '#mcp/http/users';
import { type TemporaryFolder, temporaryFolder } from '../../support/workspace.ts';

const DAY_MS = 86_400_000;

describe('users of a served workspace', () => {
	let folder: TemporaryFolder;
	const warnings: string[] = [];
	let nowMs = Date.parse('2026-05-01T12:00:00Z');
	const gate = () => gateOf(folder.join('users'), { log: { warn: (message) => void warnings.push(message) }, now: () => nowMs });
	beforeEach(() => {
		folder = temporaryFolder();
		warnings.length = 0;
		nowMs = Date.parse('2026-05-01T12:00:00Z');
	});
	afterEach(() => folder[Symbol.dispose]());

	it('lets in who bears a token that was given out, by the name it was given to, and keeps no token', () => {
		const file = folder.join('users');
		const [ada, grace] = [addUser(file, 'ada'), addUser(file, 'grace')];
		const admit = gate();
		expect([admit(`Bearer ${ada}`), admit(`Bearer ${grace}`)]).toEqual(['ada', 'grace']);
		expect([admit(undefined), admit(ada), admit(`Bearer ${ada}x`), admit('Bearer '), admit(`Basic ${ada}`)]).toEqual([null, null, null, null, null]);
		expect(readFileSync(file, 'utf8')).not.toContain(ada);
		if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
	});

	it('ends a token with its last day, wherever the clock goes', () => {
		const token = addUser(folder.join('users'), 'ada', '2026-05-02');
		const admit = gate();
		expect(admit(`Bearer ${token}`)).toBe('ada');
		nowMs += 1.4 * DAY_MS;
		expect(admit(`Bearer ${token}`)).toBe('ada');
		nowMs += 0.2 * DAY_MS;
		expect(admit(`Bearer ${token}`)).toBeNull();
	});

	it('puts a user out when the line is gone, and everybody when the file cannot be used, and says so', () => {
		const file = folder.join('users');
		const ada = addUser(file, 'ada');
		const one = readFileSync(file, 'utf8');
		const grace = addUser(file, 'grace');
		const admit = gate();
		expect(admit(`Bearer ${grace}`)).toBe('grace');
		writeFileSync(file, one);
		nowMs += 2_000;
		expect([admit(`Bearer ${grace}`), admit(`Bearer ${ada}`)]).toEqual([null, 'ada']);
		appendFileSync(file, 'no line of this form\n');
		nowMs += 2_000;
		expect(admit(`Bearer ${ada}`)).toBeNull();
		expect(warnings.join()).toContain('Line 2');
	});

	it.each([
		['a short digest', 'ada 00ff'],
		['a token in place of its digest', `ada ${'x'.repeat(43)}`],
		['a name with a slash', `a/da ${'0'.repeat(64)}`],
		['a day that is none', `ada ${'0'.repeat(64)} tomorrow`],
		['a fourth word', `ada ${'0'.repeat(64)} 2026-05-01 x`],
		['one token for two', `ada ${'0'.repeat(64)}\ngrace ${'0'.repeat(64)}`],
	])('refuses %s', (_, text) => {
		expect(() => parseUsers(text)).toThrow('of the users');
	});
});
