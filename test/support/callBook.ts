import { randomUUID } from 'node:crypto';
import type { CallBook, LedgerRow } from '#core/metrics/ledger';
import { SideCalls } from '#core/models/sideCalls';
import { createClock } from '#node/clock';

/** A book that keeps the rows in memory and refuses nothing. */
export function callBook(): CallBook & { readonly rows: LedgerRow[] } {
	const rows: LedgerRow[] = [];
	return { rows, record: (more) => void rows.push(...more), allow: async () => ({ maxOutputTokens: null }) };
}

export function sideCalls(book: CallBook = callBook()): SideCalls {
	return new SideCalls(book, createClock(), randomUUID);
}
