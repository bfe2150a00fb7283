import { describe, expect, it } from 'vitest';
import { type Diagnostic, signatureOf } from '#core/learn/error/errorSignature';

const diagnostic = (message: string, rest: Partial<Diagnostic> = {}): Diagnostic => ({ message, source: 'ts', code: '2339', languageId: 'typescript', ...rest });

describe('signatureOf', () => {
	it('abstracts quoted names, types, paths, numbers and signs, and keeps them in order', () => {
		const { shape, captures } = signatureOf(diagnostic("Property 'name' does not exist on type 'Map<string, number>' in src/a/b.ts line 12, expected `x` after =>."));
		expect(shape).toBe('Property “” does not exist on type “” in PATH line NUMBER, expected “” after SIGN.');
		expect(captures).toEqual(['name', 'Map<string, number>', 'src/a/b.ts', '12', 'x', '=>']);
	});

	it('gives the same key to the same kind of error', () => {
		expect(signatureOf(diagnostic("Cannot find name 'a'.")).key).toBe(signatureOf(diagnostic("Cannot find name 'other'.")).key);
	});

	it('tells rules, sources and languages apart', () => {
		const one = diagnostic("Cannot find name 'a'.");
		const others = [{ code: '2304' }, { source: 'eslint' }, { languageId: 'tsx' }].map((rest) => signatureOf({ ...one, ...rest }).key);
		expect(new Set([signatureOf(one).key, ...others]).size).toBe(4);
	});

	it('leaves words of prose, also with an apostrophe, alone', () => {
		const { shape, captures } = signatureOf(diagnostic("Doesn't return on all paths; it's unsafe."));
		expect(shape).toBe("Doesn't return on all paths; it's unsafe.");
		expect(captures).toEqual([]);
	});
});
