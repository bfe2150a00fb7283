import type { MessageToPage } from '#protocol/dashboardPage';

/** The message, where it is one of the extension for this page; else null: whatever else is posted to a window is ignored. */
export function readMessage(data: unknown, token: string): MessageToPage | null {
	if (!isRecord(data) || token === '' || data.token !== token) return null;
	switch (data.type) {
		case 'snapshot':
			return isRecord(data.snapshot) && Array.isArray(data.snapshot.groups) ? (data as unknown as MessageToPage) : null;
		case 'failure':
			return typeof data.text === 'string' && isRecord(data.texts) ? (data as unknown as MessageToPage) : null;
		case 'rows':
			return isRecord(data.rows) && Array.isArray(data.rows.rows) ? (data as unknown as MessageToPage) : null;
		default:
			return null;
	}
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
