import { type Cents, roundCents } from './money.js';

export interface InvoiceLine {
	readonly description: string;
	readonly quantity: number;
	readonly unitPrice: Cents;
}

export interface Invoice {
	readonly number: string;
	readonly customerId: string;
	readonly lines: readonly InvoiceLine[];
	readonly vatRate: number;
	readonly dueAt: Date;
}

/** Sum of the lines before tax. */
export function netTotal(invoice: Invoice): Cents {
	return invoice.lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0);
}

/** Value added tax of the whole invoice, rounded once. */
export function vatAmount(invoice: Invoice): Cents {
	return roundCents(netTotal(invoice) * invoice.vatRate);
}

export function grossTotal(invoice: Invoice): Cents {
	return netTotal(invoice) + vatAmount(invoice);
}

/** Invoices are numbered per year without gaps: `2026-000042`. */
export function nextInvoiceNumber(year: number, last: string | null): string {
	const count = last?.startsWith(`${year}-`) ? Number(last.slice(5)) + 1 : 1;
	return `${year}-${String(count).padStart(6, '0')}`;
}
