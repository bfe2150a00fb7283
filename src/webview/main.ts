import type { DashboardSnapshot, KeptChoice, MessageFromPage, PageChoice, PageTexts } from '#protocol/dashboardPage';
import './dashboard.css';
import { element } from './elements.ts';
import { type ShownGroups, showGroups } from './groups.ts';
import { pictureOf } from './picture.ts';
import { readMessage } from './readMessage.ts';
import { createRowsDialog } from './rowsDialog.ts';
import { onThemeChange, readTheme } from './theme.ts';

declare function acquireVsCodeApi(): { postMessage(message: MessageFromPage): void; setState(choice: KeptChoice): void };

type Sent = MessageFromPage extends infer M ? (M extends { token: string } ? Omit<M, 'token'> : never) : never;

const host = acquireVsCodeApi();
const token = document.body.dataset.token ?? '';
const page = document.getElementById('page') ?? document.body;
const send = (message: Sent) => host.postMessage({ ...message, token } as MessageFromPage);

let texts: PageTexts | undefined;
let current: { readonly snapshot: DashboardSnapshot; readonly groups: ShownGroups } | undefined;
const rows = createRowsDialog(
	() => texts ?? ({ loading: '…' } as PageTexts),
	(figureId, isMore) => send({ type: 'rows', figureId, isMore }),
	(figureId) => send({ type: 'exportRows', figureId }),
);

function showSnapshot(snapshot: DashboardSnapshot): void {
	const focused = document.activeElement?.id;
	current?.groups.dispose();
	texts = snapshot.texts;
	document.documentElement.lang = snapshot.language;
	const groups = showGroups(snapshot, ({ id, label }) => rows.show(id, label));
	current = { snapshot, groups };
	host.setState({ range: snapshot.range.chosen, workspace: snapshot.workspace.chosen, model: snapshot.model.chosen });
	page.setAttribute('aria-busy', 'false');
	page.replaceChildren(
		element('h1', {}, snapshot.texts.title),
		element('p', { class: 'detail', role: 'status' }, snapshot.subtitle),
		controlsOf(snapshot),
		snapshot.empty ? element('div', { class: 'empty' }, element('h2', {}, snapshot.empty.title), element('p', {}, snapshot.empty.text)) : groups.element,
	);
	if (!snapshot.empty) groups.draw(readTheme());
	// For who measures: the figures are painted before the next frame but one.
	requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('figures')));
	// What had the focus is another element now.
	if (focused) document.getElementById(focused)?.focus();
}

function controlsOf(snapshot: DashboardSnapshot): HTMLElement {
	const { range, workspace, model, texts: words } = snapshot;
	const selects = { range: selectOf('range', range), workspace: selectOf('workspace', workspace), model: selectOf('model', model) };
	const choose = () => {
		page.setAttribute('aria-busy', 'true');
		send({ type: 'choose', range: selects.range.value, workspace: selects.workspace.value, model: selects.model.value });
	};
	const labelled = ([key, choice]: [keyof typeof selects, PageChoice]) => {
		selects[key].addEventListener('change', choose);
		return element('label', {}, `${choice.label} `, selects[key]);
	};
	const button = (id: string, text: string, onclick: () => void) => element('button', { id, type: 'button', onclick }, text);
	return element(
		'div',
		{ class: 'controls', role: 'toolbar' },
		...(Object.entries({ range, workspace, model }) as [keyof typeof selects, PageChoice][]).map(labelled),
		button('refresh', words.refresh, choose),
		...(snapshot.empty
			? []
			: [
					button('export-figures', words.exportFigures, () => send({ type: 'exportFigures' })),
					button('export-image', words.exportImage, () => {
						if (!current) return;
						current.groups.finish();
						send({ type: 'exportImage', png: pictureOf(current.snapshot, current.groups.canvasOf, readTheme()) });
					}),
				]),
	);
}

function selectOf(id: string, { chosen, options }: PageChoice): HTMLSelectElement {
	return element('select', { id }, ...options.map(({ value, label }) => element('option', { value, selected: value === chosen }, label)));
}

window.addEventListener('message', ({ data }) => {
	const message = readMessage(data, token);
	if (message?.type === 'snapshot') showSnapshot(message.snapshot);
	else if (message?.type === 'rows') rows.add(message.rows);
	else if (message?.type === 'failure') {
		current?.groups.dispose();
		current = undefined;
		page.setAttribute('aria-busy', 'false');
		page.replaceChildren(
			element('h1', {}, message.texts.title),
			element('div', { class: 'failure', role: 'alert' }, element('p', {}, message.text)),
			element('button', { id: 'retry', type: 'button', onclick: () => send({ type: 'ready' }) }, message.texts.retry),
		);
	}
});
onThemeChange(() => current && !current.snapshot.empty && current.groups.draw(readTheme()));
performance.mark('ready');
send({ type: 'ready' });
