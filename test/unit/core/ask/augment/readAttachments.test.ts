import { describe, expect, test } from 'vitest';
import { readAttachments } from '#core/ask/augment/readAttachments';
import type { AskQuery } from '#core/domain/requests';
import { createMemoryFiles } from '../../../../support/memoryFiles.ts';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const files = createMemoryFiles(
	{
		'/w/a.ts': 'one\ntwo\nthree\nfour',
		'/w/token.ts': `const token = '${TOKEN}';`,
		'/w/key.ts': `const key = \`-----BEGIN PRIVATE KEY-----\n${'MIIEvQIB'.repeat(8)}\n${'ADANBgkq'.repeat(8)}\n-----END PRIVATE KEY-----\`;\nuse(key);`,
		'/w/.env': 'PLAIN=word',
		'/w/big.txt': 'x'.repeat(50_000),
		'/w/locked.ts': 'closed',
	},
	{ unreadable: ['/w/locked.ts'] },
);
const ROOTS = [{ id: 'w1', path: '/w' }];
const read = (question: AskQuery) => readAttachments(question, files, ROOTS);
const query = (more: Partial<AskQuery>): AskQuery => ({ interactionId: 'i', prompt: 'what is this?', history: [], attachments: [], signals: {}, ...more });

describe('attachments', () => {
	test('are the lines asked for, with their place', async () => {
		const { texts } = await read(query({ attachments: [{ path: '/w/a.ts', startLine: 2, endLine: 3 }] }));
		expect(texts).toEqual([{ title: 'a.ts:2-3', language: '', text: 'two\nthree' }]);
	});

	test('of code that failed know the line that did, unless it is not among theirs', async () => {
		const at = async (path: string, failedLine: number) => (await read(query({ attachments: [{ path, startLine: 2, endLine: 3, failedLine }] }))).texts[0]?.failure;
		expect([await at('/w/a.ts', 1), await at('/w/a.ts', 2), await at('/w/a.ts', 3), await at('/w/a.ts', 4)]).toEqual([
			undefined,
			{ file: 'a.ts', firstLine: 2, line: 2 },
			{ file: 'a.ts', firstLine: 2, line: 3 },
			undefined,
		]);
		const { texts } = await read(query({ attachments: [{ path: '/w/key.ts', failedLine: 5 }] }));
		expect(texts.map(({ text, failure }) => text.split('\n')[(failure?.line ?? 0) - (failure?.firstLine ?? 0)])).toEqual(['use(key);']);
	});

	test('lose their secrets', async () => {
		const { texts } = await read(query({ attachments: [{ path: '/w/token.ts' }] }));
		expect(texts[0]?.text).toContain('const token');
		expect(texts[0]?.text).not.toContain(TOKEN);
	});

	test('of secret files are withheld: attached, selected, or open while explaining, on any platform', async () => {
		const selection = { path: 'C:\\work\\.env', startLine: 1, endLine: 1, text: 'PLAIN=word' };
		expect(await read(query({ attachments: [{ path: '/w/.env' }] }))).toMatchObject({ texts: [], withheld: ['/w/.env'] });
		expect(await read(query({ signals: { selection } }))).toMatchObject({ texts: [], withheld: ['C:\\work\\.env'] });
		expect(await read(query({ command: 'explain', signals: { activeFile: '/w/.env' } }))).toMatchObject({ texts: [], withheld: ['/w/.env'] });
	});

	test('together have a size, and what cannot be read is left out', async () => {
		const { texts } = await read(query({ attachments: [{ path: '/w/missing.ts' }, { path: '/w/locked.ts' }, { path: '/w/big.txt' }, { path: '/w/big.txt' }] }));
		expect(texts.reduce((sum, { text }) => sum + text.length, 0)).toBe(12_000);
	});

	test('with /explain and nothing else is the open file', async () => {
		const { texts } = await read(query({ command: 'explain', signals: { activeFile: '/w/a.ts' } }));
		expect(texts[0]?.title).toBe('a.ts:1-4');
		expect((await read(query({ signals: { activeFile: '/w/a.ts' } }))).texts).toEqual([]);
	});

	test('are named from the nearest folder of the workspace, and by their path outside of any', async () => {
		const attachments = [{ path: '/w/a.ts' }];
		const titles = async (...roots: { readonly id: string; readonly path: string }[]) =>
			(await readAttachments(query({ attachments }), files, roots)).texts.map(({ title }) => title);
		expect(await titles({ id: 'x', path: '/' }, { id: 'w', path: '/w' })).toEqual(['a.ts:1-4']);
		expect(await titles({ id: 'x', path: '/w/a' })).toEqual(['/w/a.ts:1-4']);
	});

	test('carry the language of the open file', async () => {
		const { texts } = await read(query({ command: 'explain', signals: { activeFile: '/w/a.ts', activeLanguage: 'typescript' } }));
		expect(texts[0]?.language).toBe('typescript');
	});

	test('hold the hits that lie in them', async () => {
		const { holds } = await read(query({ attachments: [{ path: '/w/a.ts', startLine: 2, endLine: 3 }] }));
		const hit = { workspaceId: 'w1', filePath: 'a.ts', startLine: 2, endLine: 3 };
		expect([holds(hit), holds({ ...hit, endLine: 4 }), holds({ ...hit, filePath: 'b.ts' }), holds({ ...hit, workspaceId: 'w2' })]).toEqual([true, false, false, false]);
	});
});
