// The whole contract of the dashboard page and the extension. The page gets ready snapshots: texts, figures in words, series; it computes nothing.

/** Something to choose one of. */
export interface PageChoice {
	readonly label: string;
	readonly chosen: string;
	readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** One number, in words. */
export interface PageFigure {
	/** What rows are asked for by. */
	readonly id: string;
	readonly label: string;
	readonly value: string;
	/** A second line: a share, a median, what it is compared with. Empty: none. */
	readonly detail: string;
	/** What it counts, from when, and how it is computed. */
	readonly explanation: string;
	/** Whether there are rows behind it. */
	readonly hasRows: boolean;
}

export type PageColor = 'blue' | 'green' | 'orange' | 'red' | 'purple' | 'grey';

/** A chart, and the table that says the same. */
export interface PageChart {
	readonly id: string;
	readonly title: string;
	/** What it shows, in a sentence, for who does not see it. */
	readonly description: string;
	readonly kind: 'bars' | 'lines' | 'calibration';
	/** Text of the upright axis. */
	readonly axis: string;
	/** Largest value of the upright axis; absent: as the values have it. */
	readonly most?: number;
	readonly labels: readonly string[];
	readonly series: readonly {
		readonly label: string;
		readonly color: PageColor;
		/** Null: nothing is known. */
		readonly values: readonly (number | null)[];
		/** The values in words. */
		readonly texts: readonly string[];
	}[];
}

export interface PageTable {
	readonly title: string;
	readonly head: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

export interface PageGroup {
	readonly id: 'cost' | 'learning' | 'performance' | 'quality';
	readonly title: string;
	readonly figures: readonly PageFigure[];
	readonly charts: readonly PageChart[];
	readonly tables: readonly PageTable[];
}

/** Texts of the page's own controls. */
export interface PageTexts {
	readonly title: string;
	readonly loading: string;
	readonly refresh: string;
	readonly exportFigures: string;
	readonly exportImage: string;
	readonly exportRows: string;
	readonly showRows: string;
	readonly showTable: string;
	readonly explain: string;
	readonly close: string;
	readonly period: string;
	readonly noRows: string;
	readonly retry: string;
}

export interface DashboardSnapshot {
	/** BCP 47. */
	readonly language: string;
	readonly texts: PageTexts;
	/** When and of what it is. */
	readonly subtitle: string;
	readonly range: PageChoice;
	readonly workspace: PageChoice;
	readonly model: PageChoice;
	/** Where there is nothing to show: what to do to have something. */
	readonly empty: { readonly title: string; readonly text: string } | null;
	readonly groups: readonly PageGroup[];
}

/** What the editor keeps for the page, so that its tab is restored with its window: what is chosen. */
export interface KeptChoice {
	readonly range: string;
	readonly workspace: string;
	readonly model: string;
}

/** Rows of a figure; the first page has the head. */
export interface PageRows {
	readonly figureId: string;
	readonly head: readonly string[];
	readonly rows: readonly (readonly string[])[];
	/** Whether there are more: asked for by `rows` with `isMore`. */
	readonly hasMore: boolean;
	readonly isMore: boolean;
}

/** Every message carries the token of the page that it is for, or from: one without it comes from nowhere, and is ignored. */
export type MessageToPage = { readonly token: string } & (
	| { readonly type: 'snapshot'; readonly snapshot: DashboardSnapshot }
	| { readonly type: 'failure'; readonly text: string; readonly texts: PageTexts }
	| { readonly type: 'rows'; readonly rows: PageRows }
);

export type MessageFromPage = { readonly token: string } & (
	| { readonly type: 'ready' }
	| { readonly type: 'choose'; readonly range: string; readonly workspace: string; readonly model: string }
	| { readonly type: 'rows'; readonly figureId: string; readonly isMore: boolean }
	| { readonly type: 'exportRows'; readonly figureId: string }
	| { readonly type: 'exportFigures' }
	/** A picture of the page as base64 of a PNG. */
	| { readonly type: 'exportImage'; readonly png: string }
);
