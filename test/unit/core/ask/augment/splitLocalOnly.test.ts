import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPrompt } from '#core/ask/augment/buildPrompt';
import { LocalOnlyMemory } from '#core/ask/augment/localOnlyMemory';
import { readAttachments } from '#core/ask/augment/readAttachments';
import { splitLocalOnly } from '#core/ask/augment/splitLocalOnly';
import { buildMessages } from '#core/ask/respond/messages';
import type { Hit } from '#core/domain/hit';
import type { AskQuery } from '#core/domain/requests';
import { createLocalOnlyCheck } from '#core/ingest/scan/localOnlyRules';
import { hit } from '../../../../support/hits.ts';
import { createMemoryFiles } from '../../../../support/memoryFiles.ts';

const FOLDER = '/w';
const query = (more: Partial<AskQuery> = {}): AskQuery => ({ interactionId: 'i', prompt: 'How is it done?', history: [], attachments: [], signals: {}, ...more });
const pathOf = ({ workspaceId, filePath }: Hit) => (workspaceId === 'w1' ? `${FOLDER}/${filePath}` : null);

function split(tree: Record<string, string>, asked: AskQuery, hits: readonly Hit[] = [], memory = new LocalOnlyMemory()) {
	const check = createLocalOnlyCheck({ files: createMemoryFiles(tree), folders: () => [FOLDER], patterns: () => ['setting/'] });
	return splitLocalOnly({ query: asked, hits, pathOf, check, memory });
}

describe('parting local-only text', () => {
	const tree = { '/w/.hybridlocal': 'secret/\n', '/w/secret/a.ts': 'x', '/w/open/b.ts': 'x', '/w/open/c.ts': 'x' };

	it('leaves all as it is where nothing is local-only', async () => {
		const asked = query({ attachments: [{ path: '/w/open/b.ts' }], signals: { activeFile: '/w/open/c.ts' } });
		const hits = [hit(20, { filePath: 'open/b.ts' })];
		expect(await split(tree, asked, hits)).toEqual({ mustStayLocal: false, remoteQuery: asked, remoteHits: hits, withheld: [], withheldTurns: 0 });
	});

	it('drops a lesser hit, and keeps a question here whose best hit is local-only', async () => {
		const open = hit(20, { filePath: 'open/b.ts' });
		const secret = hit(20, { filePath: 'secret/a.ts' });
		expect(await split(tree, query(), [open, secret])).toMatchObject({
			mustStayLocal: false,
			remoteHits: [open],
			withheld: [{ path: '/w/secret/a.ts', reason: 'rule-file' }],
		});
		expect(await split(tree, query(), [secret, open])).toMatchObject({ mustStayLocal: true, remoteHits: [open] });
	});

	it('keeps a question here that has local-only text attached, selected, or to explain', async () => {
		const selection = { path: '/w/secret/a.ts', startLine: 50, endLine: 51, text: 'x' };
		for (const asked of [
			query({ attachments: [{ path: '/w/secret/a.ts' }] }),
			query({ signals: { selection } }),
			query({ signals: { activeFile: '/w/secret/a.ts' }, command: 'explain' }),
			query({ signals: { selection: { path: 'Untitled-1', startLine: 1, endLine: 2, text: '// hybrid:local-only\nx' } } }),
		]) {
			const { mustStayLocal, remoteQuery } = await split(tree, asked);
			expect([mustStayLocal, remoteQuery.attachments, remoteQuery.signals.selection, remoteQuery.signals.activeFile]).toEqual([true, [], undefined, undefined]);
		}
		const open = await split(tree, query({ signals: { activeFile: '/w/secret/a.ts', openFiles: ['/w/secret/a.ts', '/w/open/b.ts'] } }));
		expect([open.mustStayLocal, open.remoteQuery.signals]).toEqual([false, { openFiles: ['/w/open/b.ts'] }]);
	});

	it('keeps back a hit whose file or folder is gone', async () => {
		const { remoteHits, withheld } = await split(tree, query(), [hit(20, { filePath: 'gone.ts' }), hit(20, { workspaceId: 'w9' })]);
		expect([remoteHits, withheld.map(({ reason }) => reason)]).toEqual([[], ['unreadable', 'unreadable']]);
	});

	it('keeps back turns that are marked, and turns that quote what was remembered', async () => {
		const memory = new LocalOnlyMemory();
		memory.remember('short\nconst margin = price * secretFactor;\n');
		const history = [
			{ role: 'user' as const, text: 'What is the margin?' },
			{ role: 'assistant' as const, text: 'It is made so:\n```ts\n  const  margin = price * secretFactor;\n```' },
			{ role: 'assistant' as const, text: 'It is high.', isLocalOnly: true },
			{ role: 'assistant' as const, text: 'short' },
		];
		const { remoteQuery, withheldTurns } = await split(tree, query({ history }), [], memory);
		expect([remoteQuery.history.map(({ text }) => text), withheldTurns]).toEqual([['What is the margin?', 'short'], 2]);
	});

	it('lets no local-only text into what a remote model would get', async () => {
		const folderName = fc.constantFrom('secret', 'open', 'setting', 'deep/secret', 'marked');
		const file = fc.tuple(folderName, fc.nat(3)).map(([folder, number]) => `${folder}/f${number}.ts`);
		const isLocal = (path: string) => /secret|setting|marked/.test(path);
		// Every text names its file, so that it can be known again.
		const textOf = (path: string, more = '') => `const ${path.replaceAll(/\W/g, '_')}${more} = computeSomething();`;
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(file, fc.integer({ min: 1, max: 90 })), { maxLength: 6 }),
				fc.array(file, { maxLength: 3 }),
				fc.option(file, { nil: undefined }),
				fc.option(file, { nil: undefined }),
				fc.array(file, { maxLength: 3 }),
				fc.constantFrom('explain' as const, undefined),
				async (found, attached, selected, active, turns, command) => {
					const paths = [...found.map(([path]) => path), ...attached, ...turns, ...(selected ? [selected] : []), ...(active ? [active] : [])];
					const files = createMemoryFiles({
						'/w/.hybridlocal': 'secret\n',
						...Object.fromEntries(paths.map((path) => [`/w/${path}`, `${path.startsWith('marked') ? '// hybrid:local-only' : '//'}\n${textOf(path)}`])),
					});
					const memory = new LocalOnlyMemory();
					for (const path of turns.filter(isLocal)) memory.remember(textOf(path));
					const asked = query({
						...(command ? { command } : {}),
						attachments: attached.map((path) => ({ path: `/w/${path}` })),
						history: turns.map((path) => ({ role: 'assistant' as const, text: `See:\n${textOf(path)}` })),
						signals: {
							...(selected ? { selection: { path: `/w/${selected}`, startLine: 7, endLine: 7, text: textOf(selected, '_selected') } } : {}),
							...(active ? { activeFile: `/w/${active}` } : {}),
						},
					});
					const hits = found.map(([filePath, startLine]) => hit(startLine, { filePath, text: textOf(filePath, `_${startLine}`) }));
					const check = createLocalOnlyCheck({ files, folders: () => [FOLDER], patterns: () => ['setting/'] });
					const { remoteQuery, remoteHits, mustStayLocal } = await splitLocalOnly({ query: asked, hits, pathOf, check, memory });
					const { texts } = await readAttachments(remoteQuery, files, []);
					const sent = JSON.stringify(buildMessages(buildPrompt(remoteQuery.prompt, texts, remoteHits, []), remoteQuery.history));
					for (const path of paths) {
						if (isLocal(path)) expect(sent).not.toContain(path.replaceAll(/\W/g, '_'));
					}
					for (const [path, startLine] of found) if (!isLocal(path)) expect(sent).toContain(textOf(path, `_${startLine}`));
					if (paths.every((path) => !isLocal(path))) expect(mustStayLocal).toBe(false);
				},
			),
			{ numRuns: 300 },
		);
	});
});
