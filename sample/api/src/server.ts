import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { grossTotal, type Invoice } from './invoice.js';
import { formatCents } from './money.js';
import { withRetry } from './retry.js';

export interface InvoiceStore {
	find(number: string): Promise<Invoice | null>;
	save(invoice: Invoice): Promise<void>;
}

/** `GET /invoices/NUMBER` shows an invoice, `POST /invoices` writes one. */
export function startServer(store: InvoiceStore, port: number) {
	const server = createServer((request, response) => {
		handle(store, request, response).catch((error: unknown) => {
			response.writeHead(500).end(String(error));
		});
	});
	return server.listen(port);
}

async function handle(store: InvoiceStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const number = /^\/invoices\/([\d-]+)$/.exec(request.url ?? '')?.[1];
	if (request.method === 'GET' && number) {
		const invoice = await withRetry(() => store.find(number));
		if (!invoice) {
			response.writeHead(404).end('no such invoice');
			return;
		}
		response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...invoice, total: formatCents(grossTotal(invoice)) }));
		return;
	}
	response.writeHead(405).end();
}
