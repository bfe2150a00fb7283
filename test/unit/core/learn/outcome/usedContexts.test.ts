import { describe, expect, test } from 'vitest';
import { usedContexts } from '#core/learn/outcome/usedContexts';

const piece = (filePath: string, symbol: string | null, text: string) => ({ filePath, symbol, text });
const REFUND = piece('src/billing/refund.ts', 'refundInvoice', 'function refundInvoice() { ledgerReverse(originalEntry); }');
const SHIP = piece('src/ship.ts', 'shipParcel', 'function shipParcel() { carrierBook(labelFormat); }');

describe('usedContexts', () => {
	test('a cited file, by path or by its name, was used', () => {
		expect(usedContexts('q', 'Look at src/billing/refund.ts.', [REFUND, SHIP])).toEqual([true, false]);
		expect(usedContexts('q', 'It is in `refund.ts`, line 3.', [REFUND, SHIP])).toEqual([true, false]);
	});

	test('a file name that every folder has says nothing', () => {
		expect(usedContexts('q', 'See index.ts.', [piece('src/a/index.ts', null, ''), piece('src/b/index.ts', null, '')])).toEqual([false, false]);
	});

	test('a named symbol was used', () => {
		expect(usedContexts('q', 'Call `shipParcel` first.', [REFUND, SHIP])).toEqual([false, true]);
	});

	test('two names that only this piece has show that it was used', () => {
		expect(usedContexts('q', 'First ledgerReverse, then the originalEntry.', [REFUND, SHIP])).toEqual([true, false]);
		expect(usedContexts('q', 'First ledgerReverse.', [REFUND, SHIP])).toEqual([false, false]);
	});

	test('names that the question brought show nothing', () => {
		expect(usedContexts('what do ledgerReverse and originalEntry do?', 'ledgerReverse and originalEntry are unknown to me.', [REFUND, SHIP])).toEqual([false, false]);
	});
});
