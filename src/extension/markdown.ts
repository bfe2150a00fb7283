/** Text as markdown that shows as that text. `MarkdownString.appendText` would do the same with spaces that never break. */
export function escapeMarkdown(text: string): string {
	return text.replace(/[\\`*_{}[\]()#+\-!~|<>&$]/g, (character) =>
		character === '<' ? '&lt;' : character === '>' ? '&gt;' : character === '&' ? '&amp;' : `\\${character}`,
	);
}
