import { describe, expect, it } from 'vitest';
import { placeFix } from '#extension/fixes/placeFix';

describe('a fix in a file that may have changed', () => {
	it('is placed where its lines are now', () => {
		expect(placeFix('// new\na\nb\n', [{ search: ['a', 'b'], replace: ['c'] }])).toEqual({ kind: 'placed', edits: [{ startLine: 1, endLine: 3, lines: ['c'] }] });
	});

	it('is refused where they are gone, are there twice, or overlap', () => {
		expect(placeFix('a\n', [{ search: ['b'], replace: [] }])).toEqual({ kind: 'refused', reason: 'no-place' });
		expect(placeFix('a\na\n', [{ search: ['a'], replace: [] }])).toEqual({ kind: 'refused', reason: 'ambiguous' });
		expect(
			placeFix('a\nb\nc\n', [
				{ search: ['a', 'b'], replace: [] },
				{ search: ['b', 'c'], replace: [] },
			]),
		).toEqual({ kind: 'refused', reason: 'ambiguous' });
	});
});
