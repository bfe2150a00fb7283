import { describe, expect, it } from 'vitest';
import { checkFix } from '#core/ask/fix/checkFix';
import type { FindFixFile } from '#core/ask/fix/findFixFile';
import { codeAround } from '#core/ask/fix/fixQuestion';
import { syntaxCheck } from '#core/ask/fix/keepsSyntax';
import { parseFix } from '#core/ask/fix/parseFix';
import { proposeFix } from '#core/ask/fix/proposeFix';
import type { AnswerSummary } from '#core/domain/answer';
import type { FixRequest } from '#core/domain/fix';
import type { AskQuery } from '#core/domain/requests';
import { fixParser } from '../../../../support/fixes.ts';

const parser = fixParser();
const ofUnknown = syntaxCheck(parser, 'plaintext');

const text = 'export function half(amount: number): string {\n\treturn amount / 2;\n}\n\nexport const name = "a";\n';
const diagnostic = { path: '/w/half.ts', line: 2, severity: 'error', message: "Type 'number' is not assignable to type 'string'.", source: 'ts', code: '2322' } as const;
const request: FixRequest = { interactionId: 'one', path: '/w/half.ts', text, language: 'typescript', diagnostics: [diagnostic] };
const edit = (search: string, replace: string) => `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE`;
const good = `Convert it.\n\n\`\`\`ts\n${edit('\treturn amount / 2;', '\treturn String(amount / 2);')}\n\`\`\`\n`;

/** A coordinator's ask that says one text after the other. */
function scripted(...answers: readonly string[]) {
	const asked: AskQuery[] = [];
	const ask = async (query: AskQuery): Promise<AnswerSummary> => {
		const answer = answers[asked.length] ?? '';
		asked.push(query);
		return {
			interactionId: query.interactionId,
			sentTo: [],
			isLocalOnly: false,
			model: { id: 'm', label: 'Model', destination: 'this machine', isRemote: false },
			usage: null,
			context: { chunks: 0, files: 0, tokens: 0 },
			timings: { searchMs: 0, firstTokenMs: null, totalMs: 0 },
			route: null,
			money: { costUsd: 0, isEstimate: false, elsewhere: null },
			notices: [],
			endReason: answer === 'CANCELLED' ? 'cancelled' : 'stop',
			text: answer,
		};
	};
	const findFile: FindFixFile = async (name) => (name === request.path ? { file: request } : { refused: 'not-indexed' });
	return { asked, ask, syntaxCheck: (language: string) => syntaxCheck(parser, language), findFile, uuid: () => `again-${asked.length}` };
}

describe('a fix by a model', () => {
	it('is asked for with the report as the question and the code around as the selection, and comes back checked', async () => {
		const world = scripted(good);
		expect(await proposeFix(request, world)).toEqual({
			status: 'proposed',
			interactionId: 'one',
			files: [{ path: '/w/half.ts', edits: [{ search: ['\treturn amount / 2;'], replace: ['\treturn String(amount / 2);'] }] }],
			explanation: 'Convert it.',
			model: 'Model',
			sentTo: [],
		});
		const [query] = world.asked;
		expect(query?.prompt).toBe("Fix what the editor reports:\n- line 2: error ts 2322: Type 'number' is not assignable to type 'string'.");
		expect(query?.signals.selection).toEqual({ path: '/w/half.ts', startLine: 1, endLine: 6, text });
	});

	it('is asked for once more, with the reason, when the edit does not apply', async () => {
		const world = scripted(edit('return amount;', 'return 1;'), good);
		expect(await proposeFix(request, world)).toMatchObject({ status: 'proposed', interactionId: 'again-1' });
		expect(world.asked[1]?.history.at(-1)?.text).toMatch(/not in the file/);
	});

	it('is refused with the reason when the second answer does not do either', async () => {
		expect(await proposeFix(request, scripted('I would convert it.', 'Really.'))).toMatchObject({ status: 'refused', reason: 'no-edit', explanation: 'Really.' });
		const breaking = edit('\treturn amount / 2;', '\treturn (amount / 2;');
		expect(await proposeFix(request, scripted(breaking, breaking))).toMatchObject({ reason: 'would-break' });
	});

	describe('that needs another file', () => {
		const item = { path: '/w/item.ts', text: 'export const price = 1;\n', language: 'typescript' };
		const findFile: FindFixFile = async (name, { model }) =>
			name.endsWith('item.ts') ? { file: item } : { refused: name.endsWith('private.ts') ? (model.isRemote ? 'local-only' : 'not-indexed') : 'not-indexed' };
		const inItem = (search: string) => `Add it.\n\nitem.ts\n\`\`\`ts\n${edit(search, 'export const price = 2;')}\n\`\`\`\n`;

		it('is of that file alone, or of both', async () => {
			expect(await proposeFix(request, { ...scripted(inItem('export const price = 1;')), findFile })).toMatchObject({
				status: 'proposed',
				files: [{ path: '/w/item.ts' }],
				explanation: 'Add it.',
			});
			expect(await proposeFix(request, { ...scripted(good + inItem('export const price = 1;')), findFile })).toMatchObject({
				files: [{ path: '/w/half.ts' }, { path: '/w/item.ts' }],
			});
		});

		it('is asked for once more with the file and the reason, and refused with both', async () => {
			const world = { ...scripted(good + inItem('no such line'), `no/such.ts\n${edit('a', 'b')}`), findFile };
			expect(await proposeFix(request, world)).toMatchObject({ status: 'refused', reason: 'not-indexed', file: 'no/such.ts' });
			expect(world.asked[1]?.history.at(-1)?.text).toMatch(/not in item\.ts\. .* Give all edits again/);
		});

		it('is told no more of a file that may not be edited than that, whatever the reason', async () => {
			for (const name of ['private.ts', '../a.ts']) {
				const world = { ...scripted(`${name}\n${edit('a', 'b')}`), findFile };
				await proposeFix(request, world);
				expect(world.asked[1]?.history.at(-1)?.text).toBe(
					`${name} is no file that may be edited: only those whose code is shown are, and none can be created. Give all edits again.`,
				);
			}
		});

		it('is shown the places that the editor relates, of files that any model may see', async () => {
			const world = { ...scripted(good), findFile };
			const related = ['/w/item.ts', '/w/private.ts', '/else/a.ts', '/w/half.ts'].map((path) => ({ path, startLine: 1, endLine: 1 }));
			await proposeFix({ ...request, related }, world);
			expect(world.asked[0]?.attachments).toEqual([{ path: '/w/item.ts', startLine: 1, endLine: 1 }]);
		});
	});

	it('that was made with local-only text stays so when it is asked for again', async () => {
		const world = scripted('no edit', good);
		await proposeFix(request, { ...world, ask: async (query) => ({ ...(await world.ask(query)), isLocalOnly: true }) });
		expect(world.asked[1]?.history.map(({ isLocalOnly }) => isLocalOnly)).toEqual([undefined, true, true]);
	});

	it('is not asked for where the file may hold secrets, and ends when it is cancelled', async () => {
		const world = scripted(good);
		expect(await proposeFix({ ...request, path: '/w/.env' }, world)).toMatchObject({ reason: 'secret-file' });
		expect(world.asked).toEqual([]);
		expect(await proposeFix(request, scripted('CANCELLED'))).toMatchObject({ reason: 'cancelled' });
	});
});

describe('the edits of an answer', () => {
	it('are read strictly', () => {
		expect(parseFix(`${edit('a', 'b')}\n${edit('c', '')}`)?.edits).toEqual([
			{ path: null, search: ['a'], replace: ['b'] },
			{ path: null, search: ['c'], replace: [''] },
		]);
		expect(parseFix('<<<<<<< SEARCH\na\n=======\nb')).toBeNull();
		expect(parseFix(edit('', 'b'))).toBeNull();
		expect(parseFix(`<<<<<<< SEARCH\n${edit('a', 'b')}`)).toBeNull();
		expect(parseFix('nothing')).toBeNull();
	});

	it('lose what the sanitiser put into them outside of a fence', () => {
		expect(parseFix(edit('<\u200bdiv>', '<\u200bp>'))?.edits).toEqual([{ path: null, search: ['<div>'], replace: ['<p>'] }]);
	});

	it('apply where their lines are exactly once, also with another indentation and line end', async () => {
		expect(await checkFix('if x:\r\n    a()\r\n    b()\r\n', [{ search: ['a()', 'b()'], replace: ['a()', 'c()'] }], ofUnknown)).toEqual({
			edits: [{ search: ['    a()', '    b()'], replace: ['    a()', '    c()'] }],
			text: 'if x:\n    a()\n    c()\n',
		});
		expect(await checkFix('a\nb\na\n', [{ search: ['a'], replace: ['c'] }], ofUnknown)).toEqual({ refused: 'ambiguous' });
		expect(await checkFix('a\nb\n', [{ search: ['c'], replace: ['d'] }], ofUnknown)).toEqual({ refused: 'not-found' });
		expect(await checkFix('a\nb\n', [{ search: ['a'], replace: ['a'] }], ofUnknown)).toEqual({ refused: 'no-change' });
		expect(
			await checkFix(
				'a\nb\nc\n',
				[
					{ search: ['a', 'b'], replace: ['x'] },
					{ search: ['b', 'c'], replace: ['y'] },
				],
				ofUnknown,
			),
		).toEqual({ refused: 'ambiguous' });
	});

	it('are refused where the grammar finds more errors than before, brackets or not', async () => {
		const check = (language: string, before: string, after: string) => syntaxCheck(parser, language)(before, after);
		expect(await check('typescript', 'const a = 1;\n', 'const = 1;\n')).toBe(false);
		expect(await check('python', 'def f():\n    return 1\n', 'def f()\n    return 1\n')).toBe(false);
		expect(await check('typescriptreact', 'const a = <p>x</p>;\n', 'const a = <p>x;\n')).toBe(false);
	});

	it('are fine where the grammar finds nothing wrong, whatever the brackets look like, and where an error goes', async () => {
		const check = (language: string, before: string, after: string) => syntaxCheck(parser, language)(before, after);
		expect(await check('python', 'a = 1\n', 'a = 1  # (\n')).toBe(true);
		expect(await ofUnknown('a = 1\n', 'a = 1  # (\n')).toBe(false);
		expect(await check('typescriptreact', 'const a = <p>x</p>;\n', 'const a = <p>y</p>;\n')).toBe(true);
		expect(await check('typescript', 'const a = ;\n', 'const a = 1;\n')).toBe(true);
	});

	it('are judged by brackets where there is no grammar or errors remain', async () => {
		expect(await ofUnknown('a(b)\n', 'a(b\n')).toBe(false);
		expect(await ofUnknown('a(b\n', 'a(c)\n')).toBe(true);
		const check = syntaxCheck(parser, 'typescript');
		expect(await check('const a = ;\nb(c);\n', 'const a = ;\nb(d);\n')).toBe(true);
	});
});

describe('the code around diagnostics', () => {
	it('is cut to a size, and leaves out diagnostics that do not fit', () => {
		const long = Array.from({ length: 2_000 }, (_, index) => `const line${index + 1} = ${'x'.repeat(40)};`).join('\n');
		const around = codeAround(long, [
			{ ...diagnostic, line: 1_900 },
			{ ...diagnostic, line: 50 },
		]);
		expect(around.diagnostics.map(({ line }) => line)).toEqual([50]);
		expect([around.startLine, around.endLine]).toEqual([10, 90]);
		expect(around.text.length).toBeLessThanOrEqual(9_000);
	});

	it('is there for a line that the file does not have', () => {
		expect(codeAround('a\n', [{ ...diagnostic, line: 99 }])).toMatchObject({ startLine: 1, endLine: 2 });
	});
});
