import { describe, expect, test } from 'vitest';
import { readAttachments } from '#core/ask/augment/readAttachments';
import type { AskQuery } from '#core/domain/requests';
import { createMemoryFiles } from '../../../../support/memoryFiles.ts';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const files = createMemoryFiles(
	{
		'/w/a.ts': 'one\ntwo\nthree\nfour',
		'/w/token.ts': `const token = '${TOKEN}';`,
		'/w/.env': 'PLAIN=word',
		'/w/big.txt': 'x'.repeat(50_000),
		'/w/locked.ts': 'closed',
	},
	{ unreadable: ['/w/locked.ts'] },
);
const query = (more: Partial<AskQuery>): AskQuery => ({ interactionId: 'i', prompt: 'what is this?', history: [], attachments: [], signals: {}, ...more });

describe('attachments', () => {
	test('are the lines asked for, with their place', async () => {
		const { texts } = await readAttachments(query({ attachments: [{ path: '/w/a.ts', startLine: 2, endLine: 3 }] }), files);
		expect(texts).toEqual([{ title: '/w/a.ts:2-3', language: '', text: 'two\nthree' }]);
	});

	test('lose their secrets', async () => {
		const { texts } = await readAttachments(query({ attachments: [{ path: '/w/token.ts' }] }), files);
		expect(texts[0]?.text).toContain('const token');
		expect(texts[0]?.text).not.toContain(TOKEN);
	});

	test('of secret files are withheld: attached, selected, or open while explaining, on any platform', async () => {
		const selection = { path: 'C:\\work\\.env', startLine: 1, endLine: 1, text: 'PLAIN=word' };
		expect(await readAttachments(query({ attachments: [{ path: '/w/.env' }] }), files)).toEqual({ texts: [], withheld: ['/w/.env'] });
		expect(await readAttachments(query({ signals: { selection } }), files)).toEqual({ texts: [], withheld: ['C:\\work\\.env'] });
		expect(await readAttachments(query({ command: 'explain', signals: { activeFile: '/w/.env' } }), files)).toEqual({ texts: [], withheld: ['/w/.env'] });
	});

	test('together have a size, and what cannot be read is left out', async () => {
		const { texts } = await readAttachments(
			query({ attachments: [{ path: '/w/missing.ts' }, { path: '/w/locked.ts' }, { path: '/w/big.txt' }, { path: '/w/big.txt' }] }),
			files,
		);
		expect(texts.reduce((sum, { text }) => sum + text.length, 0)).toBe(12_000);
	});

	test('with /explain and nothing else is the open file', async () => {
		const { texts } = await readAttachments(query({ command: 'explain', signals: { activeFile: '/w/a.ts' } }), files);
		expect(texts[0]?.title).toBe('/w/a.ts:1-4');
		expect((await readAttachments(query({ signals: { activeFile: '/w/a.ts' } }), files)).texts).toEqual([]);
	});
});
