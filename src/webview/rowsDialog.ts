import type { PageRows, PageTexts } from '#protocol/dashboardPage';
import { element } from './elements.ts';

/** Height of a row, as the style sheet has it. */
const ROW_PX = 26;
/** Rows that are drawn beyond what is seen. */
const MARGIN = 8;
/** Rows before the end at which more are asked for. */
const AHEAD = 60;

export interface RowsDialog {
	show(figureId: string, title: string): void;
	/** Rows that came; those of another figure are ignored. */
	add(rows: PageRows): void;
}

/** The rows of a figure in a window of their own. Only those in sight are in the page, so that a year of calls is no burden. */
export function createRowsDialog(texts: () => PageTexts, ask: (figureId: string, isMore: boolean) => void, exportRows: (figureId: string) => void): RowsDialog {
	const title = element('h2', { id: 'rows-title' });
	const head = element('div', { class: 'row head', role: 'row' });
	const body = element('div', { class: 'rows-body', role: 'rowgroup' });
	const grid = element('div', { role: 'table' }, element('div', { role: 'rowgroup', class: 'rows-head' }, head), body);
	const scroller = element('div', { 'class': 'rows-scroll', 'tabindex': 0, 'role': 'region', 'aria-labelledby': 'rows-title' }, grid);
	const state = element('p', { role: 'status' });
	const save = element('button', { type: 'button', onclick: () => exportRows(figureId) });
	const close = element('button', { type: 'button', onclick: () => dialog.close() });
	const dialog: HTMLDialogElement = element('dialog', { 'aria-labelledby': 'rows-title' }, element('header', {}, title, save, close), state, scroller);
	document.body.append(dialog);
	let figureId = '';
	let rows: (readonly string[])[] = [];
	let hasMore = false;
	let isAsking = false;

	const draw = () => {
		const first = Math.max(0, Math.floor(scroller.scrollTop / ROW_PX) - MARGIN);
		const last = Math.min(rows.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / ROW_PX) + MARGIN);
		body.style.height = `${rows.length * ROW_PX}px`;
		body.replaceChildren(
			...rows.slice(first, last).map((cells, index) => {
				const row = element(
					'div',
					{ 'class': 'row', 'role': 'row', 'aria-rowindex': first + index + 2 },
					...cells.map((text) => element('span', { role: 'cell', title: text }, text)),
				);
				row.style.top = `${(first + index) * ROW_PX}px`;
				return row;
			}),
		);
		if (hasMore && !isAsking && last > rows.length - AHEAD) {
			isAsking = true;
			ask(figureId, true);
		}
	};
	scroller.addEventListener('scroll', draw);
	new ResizeObserver(draw).observe(scroller);

	return {
		show(id, label) {
			figureId = id;
			rows = [];
			hasMore = false;
			isAsking = true;
			title.textContent = label;
			state.textContent = texts().loading;
			save.textContent = texts().exportRows;
			close.textContent = texts().close;
			head.replaceChildren();
			scroller.scrollTop = 0;
			draw();
			dialog.showModal();
			ask(id, false);
		},
		add(page) {
			if (page.figureId !== figureId || !dialog.open) return;
			isAsking = false;
			hasMore = page.hasMore;
			rows = page.isMore ? [...rows, ...page.rows] : [...page.rows];
			head.replaceChildren(...page.head.map((text) => element('span', { role: 'columnheader' }, text)));
			grid.setAttribute('aria-rowcount', hasMore ? '-1' : String(rows.length + 1));
			state.textContent = rows.length === 0 ? texts().noRows : '';
			draw();
		},
	};
}
