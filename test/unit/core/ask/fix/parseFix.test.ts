import { describe, expect, it } from 'vitest';
import { parseFix } from '#core/ask/fix/parseFix';

const edit = (search: string, replace: string) => `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE`;
const paths = (answer: string) => parseFix(answer)?.edits.map(({ path }) => path);

describe('the edits of an answer about several files', () => {
	it('are each of the file that is named before them, inside of the fence or before it', () => {
		const inside = parseFix(`Add it.\n\n\`\`\`ts\n${edit('a', 'b')}\nsrc/item.ts\n${edit('c', 'd')}\n\`\`\`\n`);
		expect(inside?.edits).toEqual([
			{ path: null, search: ['a'], replace: ['b'] },
			{ path: 'src/item.ts', search: ['c'], replace: ['d'] },
		]);
		expect(inside?.explanation).toBe('Add it.');
		expect(parseFix(`Add it.\n\nsrc/item.ts\n\`\`\`ts\n${edit('c', 'd')}\n\`\`\`\nThat is all.`)).toEqual({
			edits: [{ path: 'src/item.ts', search: ['c'], replace: ['d'] }],
			explanation: 'Add it.\n\nThat is all.',
		});
	});

	it('are of the file that was named last where nothing is between them', () => {
		expect(paths(`src/item.ts\n${edit('a', 'b')}\n${edit('c', 'd')}\nsrc/cart.ts\n${edit('e', 'f')}\n`)).toEqual(['src/item.ts', 'src/item.ts', 'src/cart.ts']);
	});

	it('do not take a path that is said further above, or in an edit', () => {
		expect(paths(`src/item.ts\nThe type lacks it.\n${edit('a', 'b')}`)).toEqual([null]);
		expect(paths(`${edit('a', 'src/item.ts')}\n${edit('c', 'd')}`)).toEqual([null, null]);
	});

	it('are read as ever where they name no file, and with the line ends of any machine', () => {
		expect(parseFix(`Convert it.\r\n\`\`\`\r\n${edit('a', 'b').replaceAll('\n', '\r\n')}\r\n\`\`\``)).toEqual({
			edits: [{ path: null, search: ['a'], replace: ['b'] }],
			explanation: 'Convert it.',
		});
	});

	it('may search for nothing only where they name a file, to make it', () => {
		expect(parseFix(`src/new.ts\n${edit('', 'a')}`)?.edits).toEqual([{ path: 'src/new.ts', search: [], replace: ['a'] }]);
		expect(parseFix(edit('', 'a'))).toBeNull();
	});
});
