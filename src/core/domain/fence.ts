/** A text as a fenced block of Markdown, with a fence that is longer than any inside it. */
export function fence(text: string, language = ''): string {
	const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
	const ticks = '`'.repeat(longest + 1);
	return `${ticks}${language.replace(/[^\w+#-]/g, '')}\n${text.replace(/\n+$/, '')}\n${ticks}`;
}
