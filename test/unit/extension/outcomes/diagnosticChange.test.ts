import { describe, expect, it } from 'vitest';
import { compareDiagnostics, diagnosticValue, type SeenDiagnostic, valueAtEnd } from '#extension/outcomes/diagnosticChange';

const seen = (message: string, isSevere = true, file = 'a.ts'): SeenDiagnostic => ({ file, source: 'ts', code: '1', message, isSevere });
const view = (ofFiles: readonly SeenDiagnostic[], elsewhere = 0) => ({ ofFiles, elsewhere: new Map([['ts', elsewhere]]) });

describe('what an edit did to diagnostics', () => {
	const before = view([seen('a'), seen('b')]);

	it('is good when those in question are gone and nothing new came', () => {
		expect(diagnosticValue(compareDiagnostics(before, view([seen('b')]), [seen('a')]))).toBe(1);
		expect(diagnosticValue(compareDiagnostics(before, view([])))).toBe(1);
	});

	it('is bad when something new came, whatever is gone', () => {
		expect(diagnosticValue(compareDiagnostics(before, view([seen('b'), seen('c')]), [seen('a')]))).toBe(-1);
		expect(diagnosticValue(compareDiagnostics(view([seen('a')]), view([seen('a'), seen('a')]), [seen('a')]))).toBe(-1);
	});

	it('is open while the one in question stays, when there was none, and when only a hint came', () => {
		expect(diagnosticValue(compareDiagnostics(before, before, [seen('a')]))).toBeNull();
		expect(diagnosticValue(compareDiagnostics(view([]), view([])))).toBeNull();
		expect(diagnosticValue(compareDiagnostics(view([]), view([seen('hint', false)])))).toBeNull();
	});

	it('is bad at the end when all in question stand and were looked at again', () => {
		const standing = compareDiagnostics(before, before, [seen('a')]);
		expect(valueAtEnd(standing, true)).toBe(-1);
		expect(valueAtEnd(standing, false)).toBeNull();
		expect(valueAtEnd(compareDiagnostics(before, view([seen('b')]), [seen('a'), seen('b')]), true)).toBeNull();
		expect(valueAtEnd(compareDiagnostics(before, before), true)).toBeNull();
		expect(valueAtEnd(compareDiagnostics(before, view([seen('b')]), [seen('a')]), true)).toBe(1);
	});

	it('counts one of two alike', () => {
		expect(diagnosticValue(compareDiagnostics(view([seen('a'), seen('a')]), view([seen('a')]), [seen('a')]))).toBe(1);
	});

	it('is open when all other files lost theirs too: the language server starts anew', () => {
		expect(diagnosticValue(compareDiagnostics(view([seen('a')], 3), view([], 0), [seen('a')]))).toBeNull();
		expect(diagnosticValue(compareDiagnostics(view([seen('a')], 3), view([], 2), [seen('a')]))).toBe(1);
	});

	it('is told of several files: good when another was changed to clear it, bad when something new came in any of them', () => {
		const other = seen('a', true, 'b.ts');
		expect(diagnosticValue(compareDiagnostics(view([seen('a'), other]), view([other]), [seen('a')]))).toBe(1);
		expect(diagnosticValue(compareDiagnostics(view([seen('a')]), view([other]), [seen('a')]))).toBe(-1);
		expect(diagnosticValue(compareDiagnostics(view([seen('a'), other]), view([]), [seen('a')]))).toBe(1);
	});

	it('is open when something comes to light in a file that nobody had looked at: it may have been there', () => {
		const unknown = { ...view([seen('a')]), unknown: new Set(['b.ts']) };
		const after = view([seen('old', true, 'b.ts')]);
		expect(diagnosticValue(compareDiagnostics(unknown, after, [seen('a')]))).toBeNull();
		expect(diagnosticValue(compareDiagnostics(unknown, view([seen('old', true, 'b.ts'), seen('c')]), [seen('a')]))).toBe(-1);
		expect(diagnosticValue(compareDiagnostics(unknown, view([]), [seen('a')]))).toBe(1);
		expect(diagnosticValue(compareDiagnostics(view([seen('a')]), after, [seen('a')]))).toBe(-1);
	});
});
