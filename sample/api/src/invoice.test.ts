import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grossTotal, nextInvoiceNumber } from './invoice.js';

test('tax is rounded once per invoice', () => {
	const lines = [{ description: 'parcel', quantity: 3, unitPrice: 333 }];
	assert.equal(grossTotal({ number: '2026-000001', customerId: 'c1', lines, vatRate: 0.19, dueAt: new Date() }), 1189);
});

test('numbers start again every year', () => {
	assert.equal(nextInvoiceNumber(2027, '2026-000042'), '2027-000001');
});
