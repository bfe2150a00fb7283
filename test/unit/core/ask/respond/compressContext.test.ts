import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CompressionOptions, compressContext } from '#core/ask/respond/compressContext';
import { inventedPlaces } from '#core/ask/respond/compressionNames';
import { CoordinatorError } from '#core/base/errors';
import type { Hit } from '#core/domain/hit';
import { loadTokenCounter } from '#core/domain/tokenCount';
import { hit } from '../../../../support/hits.ts';
import { scriptedModel } from '../../../../support/scriptedModel.ts';

const filler = (name: string, lines: number) => Array.from({ length: lines }, (_, i) => `  const ${name}Step${i} = applyRule(${i}, previous, "${name}");`).join('\n');
const piece = (filePath: string, symbol: string, lines: number, startLine = 10): Hit =>
	hit(startLine, { filePath, symbol, endLine: startLine + lines + 1, text: `function ${symbol}(previous) {\n${filler(symbol, lines)}\n}` });

const PIECES = [piece('src/cart/total.ts', 'computeTotal', 6), piece('src/cart/lines.ts', 'mergeLines', 60), piece('src/tax/rates.ts', 'lookUpRate', 60)];
const NOTES = 'src/cart/lines.ts:10-71\nmergeLines(previous) applies rules 0 to 59 in turn and calls `lookUpRate`.\n';

describe('compressing context', () => {
	let countTokens: (text: string) => number;
	beforeAll(async () => {
		countTokens = await loadTokenCounter();
	});
	const compress = (model: CompressionOptions['model'], more: Partial<CompressionOptions> = {}) =>
		compressContext({
			model,
			question: 'Why does computeTotal() differ from mergeLines?',
			hits: PIECES,
			countTokens,
			thresholdTokens: 1_000,
			budgetTokens: 800,
			...more,
		});
	const saying = (...script: ReturnType<Parameters<typeof scriptedModel>[0]>) => scriptedModel(() => script);

	it('keeps the code that the question names, takes notes of the rest, and tells what was left out and what it took', async () => {
		const model = saying(NOTES);
		const { compressed, failure, usage } = await compress(model);
		expect(failure).toBeNull();
		expect(usage).toEqual({ inputTokens: 900, outputTokens: 50, isEstimate: false });
		expect(compressed?.kept).toEqual([PIECES[0]]);
		expect(compressed?.text).toContain(PIECES[0]?.text);
		expect(compressed?.text).toContain(NOTES.trim());
		expect(compressed?.text).toMatch(/Found as well, left out\n```text\nsrc\/tax\/rates\.ts:10-71\n```$/);
		expect(compressed?.tokensAfter).toBe(countTokens(compressed?.text ?? ''));
		expect(compressed?.tokensAfter).toBeLessThan((compressed?.tokensBefore ?? 0) / 3);
		// What is kept word by word is not sent to be shortened.
		expect(JSON.stringify(model.sent)).not.toContain('computeTotalStep1');
	});

	it('asks no model where the context is light, too large for it, or named as a whole', async () => {
		const model = saying(NOTES);
		expect((await compress(model, { thresholdTokens: 100_000 })).failure).toMatchObject({ code: 'below-threshold' });
		expect((await compress({ ...model, contextTokens: 1_000 })).failure).toMatchObject({ code: 'too-large-for-model', contextTokens: 1_000 });
		const hits = [piece('src/a.ts', 'computeTotal', 60)];
		expect((await compress(model, { hits, budgetTokens: 5_000 })).failure).toEqual({ code: 'nothing-to-compress' });
		expect((await compress(model, { budgetTokens: 60 })).failure).toEqual({ code: 'nothing-to-compress' });
		expect(model.sent).toEqual([]);
	});

	it('refuses notes that lost a name or path of the question, also when a longer word has it inside', async () => {
		const { compressed, failure, usage } = await compress(saying('src/cart/lines.ts:10-71\nremergeLines2 applies rules.'));
		expect([compressed, failure]).toEqual([null, { code: 'lost-name', names: ['mergeLines'] }]);
		expect(usage).not.toBeNull();
		const question = 'What do computeTotal() and src/tax/rates.ts do?';
		expect((await compress(saying('src/cart/lines.ts:10-71 is about mergeLines.'), { question, budgetTokens: 400 })).failure).toMatchObject({
			code: 'lost-name',
			names: ['src/tax/rates.ts'],
		});
	});

	it('asks for no name that the context never had', async () => {
		const question = 'Why does computeTotal() ignore applyVoucher from src/none.ts?';
		expect((await compress(saying(NOTES), { question })).failure).toBeNull();
	});

	it('refuses notes on places that were not there', async () => {
		for (const place of ['src/cart/other.ts:3-9', 'src/cart/lines.ts:10-900', 'src/cart/lines.ts:1']) {
			expect((await compress(saying(`${NOTES}${place} has more.`))).failure).toEqual({ code: 'invented-place', places: [place] });
		}
		expect(inventedPlaces('lines.ts:12 and src/cart/lines.ts:10-71, http://x.example:80', [...PIECES, hit(1, { text: 'get("http://x.example:80")' })])).toEqual([]);
	});

	it('refuses what is not shorter, was cut off, or is empty', async () => {
		expect((await compress(saying(NOTES, filler('more', 200)))).failure).toMatchObject({ code: 'did-not-shrink' });
		const usage = { inputTokens: 900, outputTokens: 500, isEstimate: true };
		expect(await compress(saying(NOTES, { type: 'end', reason: 'length', usage }))).toEqual({
			compressed: null,
			failure: { code: 'incomplete', endReason: 'length' },
			usage,
		});
		expect((await compress(saying(' \n'))).failure).toEqual({ code: 'incomplete', endReason: 'stop' });
	});

	it('tells why the model failed, before its first word or after', async () => {
		const unreachable = new CoordinatorError('server-unreachable', 'No answer.');
		expect(await compress(saying(unreachable))).toEqual({ compressed: null, failure: { code: 'model-failed', errorCode: 'server-unreachable' }, usage: null });
		expect((await compress(saying(NOTES, new Error('socket')))).failure).toEqual({ code: 'model-failed', errorCode: 'server-error' });
	});

	it('is cancelled, before and meanwhile', async () => {
		const controller = new AbortController();
		const model = scriptedModel(() => {
			controller.abort();
			return [NOTES];
		});
		await expect(compress(model, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
		await expect(compress(model, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
		expect(model.sent).toHaveLength(1);
	});

	it('gives nothing back that lost a name or grew, whatever the model says', async () => {
		const word = fc.constantFrom(
			'mergeLines',
			'computeTotal',
			'lookUpRate',
			'src/cart/lines.ts:10-71',
			'src/tax/rates.ts:20',
			'src/x.ts:1',
			'```',
			'\n',
			'because',
			' '.repeat(9),
		);
		let accepted = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.oneof(fc.array(word, { maxLength: 12 }), fc.array(word, { maxLength: 400 })),
				fc.constantFrom('mergeLines', 'src/tax/rates.ts', 'computeTotal() and lookUpRate()'),
				async (words, name) => {
					const { compressed, failure } = await compress(saying(words.join(' ')), { question: `What about \`${name}\` here?` });
					expect((compressed === null) !== (failure === null)).toBe(true);
					if (!compressed) return;
					accepted++;
					for (const wanted of name.replaceAll('()', '').split(' and ')) expect(compressed.text).toContain(wanted);
					expect(compressed.text).not.toContain('rates.ts:990');
					expect(compressed.tokensAfter).toBeLessThan(compressed.tokensBefore);
				},
			),
			{ numRuns: 200 },
		);
		expect(accepted).toBeGreaterThan(5);
	});
});
