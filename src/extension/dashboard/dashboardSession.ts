import type { MessageFromPage, MessageToPage } from '#protocol/dashboardPage';
import type { ClientRequests, DashboardData, DashboardRowsPage, DashboardRowsQuery } from '#protocol/messages';
import { buildSnapshot, type DashboardChoice, type DashboardRange, pageTexts, startOfRange } from './buildSnapshot.ts';
import { figuresCsv, recordsToCsv } from './csv.ts';
import { rowsOfFigure } from './figureRows.ts';
import { rowTable } from './rowTable.ts';
import type { Words } from './words.ts';

/** What a message to the page says, without the token that every one carries. */
export type SaidToPage = MessageToPage extends infer M ? (M extends unknown ? Omit<M, 'token'> : never) : never;

export interface DashboardHost {
	readonly words: Words;
	request<R extends 'dashboard/read' | 'dashboard/rows'>(name: R, query: ClientRequests[R][0]): Promise<ClientRequests[R][1]>;
	/** The name of an open folder; null: it is none. */
	nameOf(workspaceId: string): string | null;
	explain(error: unknown): string;
	post(message: SaidToPage): void;
	/** Writes a file where the user says. False: they did not. */
	save(name: string, bytes: Uint8Array): Promise<boolean>;
	warn(text: string): void;
}

const ROWS_A_PAGE = 200;
/** Rows that an export has at most. */
const MOST_EXPORTED = 100_000;
const EXPORT_PAGE = 1_000;

/** What the page has chosen, and the answers to what it asks. Knows no editor. */
export class DashboardSession {
	readonly #host: DashboardHost;
	#choice: DashboardChoice;
	#early: Promise<DashboardData> | undefined;
	#data: DashboardData | null = null;
	/** Where the rows of a figure go on. */
	#after: { readonly figureId: string; readonly next: string | null } | null = null;
	/** Grows with every reading, so that a late one does not replace a newer. */
	#reading = 0;

	/** `choice`: what was chosen before; null: nothing yet. */
	constructor(host: DashboardHost, choice: DashboardChoice | null = null) {
		this.#host = host;
		this.#choice = choice ?? { range: 'month', workspace: '', model: '' };
	}

	/** Rejects where what was asked for could not be had; figures that cannot are said on the page. */
	async answer(message: MessageFromPage): Promise<void> {
		switch (message.type) {
			case 'ready':
				return this.read();
			case 'choose':
				this.#choice = { range: message.range as DashboardRange, workspace: message.workspace, model: message.model };
				return this.read();
			case 'rows':
				return this.#showRows(message.figureId, message.isMore);
			case 'exportFigures':
				if (this.#data) await this.#host.save('dashboard.csv', new TextEncoder().encode(figuresCsv(this.#data)));
				return;
			case 'exportRows':
				return this.#exportRows(message.figureId);
			case 'exportImage':
				await this.#host.save(
					'dashboard.png',
					Uint8Array.from(atob(message.png), (character) => character.charCodeAt(0)),
				);
		}
	}

	/** Asks for the figures before the page is there to show them: it takes them when it is. */
	begin(): void {
		this.#early = this.#figures();
		// Said on the page, once that asks.
		this.#early.catch(() => undefined);
	}

	/** Reads the figures and shows them. */
	async read(): Promise<void> {
		const { words, explain, post } = this.#host;
		const reading = ++this.#reading;
		const figures = this.#early ?? this.#figures();
		this.#early = undefined;
		try {
			const data = await figures;
			if (reading !== this.#reading) return;
			this.#data = data;
			post({ type: 'snapshot', snapshot: buildSnapshot(data, this.#choice, (id) => this.#nameOf(id), words) });
		} catch (error) {
			if (reading === this.#reading) post({ type: 'failure', text: explain(error), texts: pageTexts(words) });
		}
	}

	#figures(): Promise<DashboardData> {
		const { range, ...filter } = this.#choice;
		const fromMs = startOfRange(range, Date.now());
		return this.#host.request('dashboard/read', { ...(fromMs === undefined ? {} : { fromMs }), ...filterOf(filter) });
	}

	async #showRows(figureId: string, isMore: boolean): Promise<void> {
		const { words, request, post } = this.#host;
		const query = this.#rowsQuery(figureId);
		const after = isMore && this.#after?.figureId === figureId ? this.#after.next : null;
		if (!query || (isMore && after === null)) return;
		const page = await request('dashboard/rows', { ...query, limit: ROWS_A_PAGE, ...(after === null ? {} : { after }) });
		this.#after = { figureId, next: page.next };
		post({ type: 'rows', rows: { figureId, ...rowTable(page, (id) => this.#nameOf(id), words), hasMore: page.next !== null, isMore } });
	}

	async #exportRows(figureId: string): Promise<void> {
		const { words, request, save, warn } = this.#host;
		const query = this.#rowsQuery(figureId);
		if (!query) return;
		const rows: object[] = [];
		let after: string | null = null;
		do {
			const page: DashboardRowsPage = await request('dashboard/rows', { ...query, limit: EXPORT_PAGE, ...(after === null ? {} : { after }) });
			rows.push(...page.rows);
			after = page.next;
		} while (after !== null && rows.length < MOST_EXPORTED);
		const isSaved = await save(`dashboard-${figureId}.csv`, new TextEncoder().encode(recordsToCsv(rows)));
		const { t } = words;
		if (isSaved && after !== null) warn(t('There are more rows than an export has: these are the newest {0}.', rows.length));
	}

	/** The rows of what is shown, and of nothing else. */
	#rowsQuery(figureId: string): DashboardRowsQuery | null {
		if (!this.#data) return null;
		const { fromMs, periods, nowMs } = this.#data;
		return rowsOfFigure(figureId, { fromMs, toMs: periods.at(-1)?.toMs ?? nowMs, ...filterOf(this.#choice) });
	}

	#nameOf(workspaceId: string): string {
		const { t } = this.#host.words;
		return this.#host.nameOf(workspaceId) ?? t('Folder {0}', workspaceId.slice(0, 6));
	}
}

function filterOf({ workspace, model }: Pick<DashboardChoice, 'workspace' | 'model'>): { readonly workspaceId?: string; readonly modelId?: string } {
	return { ...(workspace === '' ? {} : { workspaceId: workspace }), ...(model === '' ? {} : { modelId: model }) };
}
