import { expect, test } from 'vitest';
import { parseFilter } from '#extension/views/learnedFilter';

test('a filter of the learned items asks for words, and by its marks for status and pins', () => {
	expect(parseFilter('  ')).toEqual({});
	expect(parseFilter('tax is:pinned Rounding')).toEqual({ text: 'tax Rounding', isPinned: true });
	expect(parseFilter('is:Proposed is:retired')).toEqual({ statuses: ['proposed', 'retired'] });
	expect(parseFilter('is:odd')).toEqual({ text: 'is:odd' });
});
