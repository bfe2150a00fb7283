type Child = Node | string | null;

/** An element with attributes, listeners (`onclick` and the like, set as properties: nothing is inline) and children; texts stay texts. */
export function element<K extends keyof HTMLElementTagNameMap>(
	name: K,
	attributes: Readonly<Record<string, string | number | boolean | (() => void)>> = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[K] {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (typeof value === 'function') made.addEventListener(key.replace(/^on/, ''), value);
		else if (value === true) made.setAttribute(key, '');
		else if (value !== false) made.setAttribute(key, String(value));
	}
	made.append(...children.filter((child) => child !== null));
	return made;
}

/** A table with a caption for who does not see it. */
export function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLTableElement {
	return element(
		'table',
		{},
		element('caption', {}, caption),
		element('thead', {}, element('tr', {}, ...head.map((text) => element('th', { scope: 'col' }, text)))),
		element(
			'tbody',
			{},
			...rows.map((cells) => element('tr', {}, ...cells.map((text, index) => (index === 0 ? element('th', { scope: 'row' }, text) : element('td', {}, text))))),
		),
	);
}
